"""What a config and a catalog say of the tables to profile, as hashes, and what changed between two of them. Pure.

A table counts as changed when its declaration did (columns, their order, types, nullability, key) or what is asked of
it (`where`, `columns`, `sample`, …). How many rows it has, and how large it is, is no part of it. The settings are the
sections of the config that decide what a profile holds and what counts as drift, each with a hash of its own: not the
store, the connection and the hooks, which hold secrets and change nothing of the plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from taskflow_profilemesh.profiling.privacy import Privacy

if TYPE_CHECKING:
    from taskflow_profilemesh.config import ProfileOptions
    from taskflow_profilemesh.profiling import TableSchema
    from taskflow_profilemesh.tables import TableRequest

VERSION: Final = 2
_ONE_HASH: Final = 1  # the version that had one hash for six of the settings
_NO_PART = ("table", "synced")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """Tables by name, sorted; `sections`: those of the config whose settings changed, in alphabetical order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.added or self.removed or self.changed or self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSnapshot:
    """A SHA-256 for each table and each section; `settings` is None where an earlier version knew of no sections."""

    tables: Mapping[str, str]
    settings: Mapping[str, str] | None

    @classmethod
    def of(cls, planned: Mapping[TableRequest, TableSchema], options: ProfileOptions) -> Self:
        """Take the snapshot of the tables that exist, each with what is asked of it; raises `InvalidOption`."""
        tables = {str(schema.table): _hash(_table(request, schema)) for request, schema in planned.items()}
        return cls(tables=tables, settings={name: _hash(said) for name, said in _sections(options).items()})

    @classmethod
    def from_text(cls, text: str | None) -> Self | None:
        """Read the JSON of `as_document`, of the version before too; None for anything else, as if nothing was seen."""
        try:
            told = json.loads(text or "")
            tables, settings, version = told["tables"], told["settings"], told["version"]
            is_whole = told["sha256"] == _hash({"tables": tables, "settings": settings})
        except (ValueError, KeyError, TypeError):
            return None
        if not is_whole or not _are_hashes(tables):
            return None
        if version == _ONE_HASH:
            return cls(tables=tables, settings=None)
        return cls(tables=tables, settings=settings) if version == VERSION and _are_hashes(settings) else None

    def as_document(self) -> dict[str, Any]:
        """Return it in the types of JSON."""
        return {"version": VERSION, "sha256": self.sha256, **self._plain()}

    @property
    def sha256(self) -> str:
        """The hash of all of it."""
        return _hash(self._plain())

    def since(self, before: Self | None) -> PlanChange:
        """Return what changed; before anything was seen, every table is added."""
        if before is None:
            return PlanChange(added=tuple(sorted(self.tables)))
        both = self.tables.keys() & before.tables.keys()
        return PlanChange(
            added=tuple(sorted(self.tables.keys() - before.tables.keys())),
            removed=tuple(sorted(before.tables.keys() - self.tables.keys())),
            changed=tuple(sorted(name for name in both if self.tables[name] != before.tables[name])),
            sections=_changed(before.settings, self.settings),
        )

    def _plain(self) -> dict[str, Any]:
        return {"tables": dict(self.tables), "settings": None if self.settings is None else dict(self.settings)}


def _changed(before: Mapping[str, str] | None, now: Mapping[str, str] | None) -> tuple[str, ...]:
    if before is None or now is None:
        return ()
    return tuple(sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)))


def _sections(options: ProfileOptions) -> dict[str, object]:
    """Return what is said in each section, by the name that it has in a config; no key is in it, only its name."""
    drift = dict(options.drift)
    schema_change = drift.pop("schema_change", None) or {}
    gate = {"on_drift": options.on_drift, "drift_severity": options.drift_severity}
    profiling = {"fail_on_error": options.fail_on_error, "max_rows": options.max_rows}
    return {
        "environment": options.environment,
        "profiling": profiling | {"privacy": Privacy.from_mapping(options.privacy).stamp},
        "incremental": options.incremental,
        "drift_detection": gate | {"thresholds": dict(options.thresholds), "drift": drift},
        "schema_change": schema_change,
    }


def _are_hashes(told: object) -> bool:
    return isinstance(told, dict) and all(isinstance(one, str) for one in told.values())


def _table(request: TableRequest, schema: TableSchema) -> dict[str, Any]:
    asked = {name: value for name, value in asdict(request).items() if name not in _NO_PART}
    if not request.unwanted_columns:  # so that what was seen before there was such a thing stays what it was
        del asked["unwanted_columns"]
    columns = [(column.name, column.declared_type, column.nullable) for column in schema.columns]
    return {"asked": asked, "columns": columns, "primary_key": schema.primary_key}


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
