"""Which changes of a declaration count, and how much: what a config says under `schema_change:`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from taskflow_profilemesh.drift.findings import ChangeKind, Severity
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from taskflow_profilemesh.drift.findings import SchemaChange

_Word = TypeVar("_Word", bound="StrEnum")

_KEYS: Final = ("ignore", "ignore_columns", "severity", "breaking_only", "find_renames")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRules:
    """Which changes are told, and with which severity.

    `ignore`: kinds that are not told. `ignore_columns`: patterns (`*`, `?`) of columns whose changes are not told; of
    a renamed column either name may fit. `severity`: by kind, in place of what the change itself weighs.
    `breaking_only`: only what something could no longer rely on. `find_renames`: False takes a renamed column for one
    that went and one that came.
    """

    ignore: frozenset[ChangeKind] = frozenset()
    ignore_columns: tuple[str, ...] = ()
    severity: Mapping[ChangeKind, Severity] = field(default_factory=dict)
    breaking_only: bool = False
    find_renames: bool = True

    def changed(self, given: Mapping[str, Any]) -> Self:
        """Return the rules with what plain data says otherwise; a severity by itself, a list as a whole.

        Raises `InvalidOption` for a key, a kind or a severity that there is not.
        """
        for key in given:
            if key not in _KEYS:
                raise InvalidOption(option="schema_change", got=key, expected=f"one of {', '.join(_KEYS)}", known=_KEYS)
        said = {key: value for key, value in given.items() if value is not None}
        if "ignore" in said:
            said["ignore"] = frozenset(_one_of(ChangeKind, "ignore", kind) for kind in said["ignore"])
        if "ignore_columns" in said:
            said["ignore_columns"] = tuple(said["ignore_columns"])
        if "severity" in said:
            own = {
                _one_of(ChangeKind, "severity", kind): _one_of(Severity, "severity", word)
                for kind, word in said["severity"].items()
            }
            said["severity"] = {**self.severity, **own}
        return replace(self, **said)

    def judged(self, changes: Iterable[SchemaChange]) -> tuple[SchemaChange, ...]:
        """Return the changes that count, the worst first, each as severe as it is meant to be."""
        counted = [
            replace(change, severity=self.severity.get(change.kind, change.severity))
            for change in changes
            if change.kind not in self.ignore
            and (change.breaking or not self.breaking_only)
            and not self._is_ignored(change)
        ]
        return tuple(sorted(counted, key=lambda change: -change.severity.rank))

    def _is_ignored(self, change: SchemaChange) -> bool:
        if change.column is None:  # a key, which is the table's
            return False
        names = [change.column]
        if change.kind is ChangeKind.RENAMED and change.before is not None:
            names.append(change.before)
        return any(fnmatchcase(name, pattern) for name in names for pattern in self.ignore_columns)


def _one_of(kind: type[_Word], option: str, got: object) -> _Word:
    known = tuple(word.value for word in kind)
    if got not in known:
        raise InvalidOption(option=option, got=str(got), expected=f"one of {', '.join(known)}", known=known)
    return kind(str(got))
