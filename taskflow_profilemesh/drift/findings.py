"""The values that a comparison yields: what was measured, what is remarkable about it, and the report of both.

They carry counts and shares, never a value of a row: they travel to logs, XCom and chat.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUMMARY_SENTENCES = 3


class Severity(StrEnum):
    """How much a change matters. As texts they do not sort by weight: compare with `at_least`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high."""
        return list(Severity).index(self)

    def at_least(self, other: Severity) -> bool:
        """Tell whether this is as severe as `other` or worse."""
        return self.rank >= other.rank


def worst(severities: Iterable[Severity]) -> Severity | None:
    """Return the most severe, or None of none."""
    return max(severities, key=lambda severity: severity.rank, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far the current profile is from the baseline in one respect, remarkable or not.

    `metric`: row_count (relative change, signed); null_ratio, nan_ratio, infinite_ratio, empty_ratio, true_ratio,
    future_ratio, unique_ratio, null_overlap (change of the share, signed); earlier_ratio, unseen_ratio (share); psi,
    ks, wasserstein (in standard deviations), js, length_psi, length_ks, shapes_js; freshness_seconds (growth);
    rows_lost (share of the rows that Airbyte committed, signed). `column` is None for the table. It is remarkable from
    `threshold` and from `noise_floor` on: the most that chance alone, and the bounds of both profiles, would explain.
    Not `judged`: there are too few values to say, or the column moves by its nature (keys, counters).
    """

    metric: str
    column: str | None
    value: float
    threshold: float
    noise_floor: float
    judged: bool = True

    @property
    def exceeded(self) -> bool:
        """Whether it is remarkable."""
        return self.judged and abs(self.value) >= max(self.threshold, self.noise_floor)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON; not by `asdict`, since there are hundreds of a table."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about the data that changed more than it should.

    `baseline_value` and `current_value` are counts, shares (0 to 1) or seconds; `distance` and `threshold` are in the
    unit of the metric (see `Distance`), None where there is no number for it. `sentence` says it to a person.
    `baseline_run_ids` are the runs that the baseline was made of. `repeated`: the run before told the same, and nothing
    has changed since. `flapping`: it comes and goes, and therefore weighs little.
    """

    metric: str
    column: str | None
    baseline_value: float
    current_value: float | None  # None: not known
    distance: float | None
    threshold: float | None
    severity: Severity
    sentence: str
    baseline_run_ids: tuple[str, ...] = ()
    repeated: bool = False
    flapping: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self) | {"severity": self.severity.value, "baseline_run_ids": list(self.baseline_run_ids)}


class ChangeKind(StrEnum):
    """What can happen to a table's declaration."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    TYPE = "type"
    PRECISION = "precision"
    NULLABILITY = "nullability"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """A change of how the table is declared.

    `column` is the column's current name (its last one if it was removed; None for the key); `before` and `after` are
    names, types, "null"/"not null" or key columns, None where there was or is nothing. `breaking`: something that
    could rely on the table before can no longer.
    """

    kind: ChangeKind
    column: str | None
    before: str | None
    after: str | None
    breaking: bool
    severity: Severity
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self) | {"kind": self.kind.value, "severity": self.severity.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """What changed between two profiles of a table; the worst comes first in each list.

    Without `has_baseline` there was no profile to compare with, and what is in it is about the current one alone.
    """

    findings: tuple[Finding, ...] = ()
    schema_changes: tuple[SchemaChange, ...] = ()
    distances: tuple[Distance, ...] = ()  # everything that was measured, in table order
    baseline: str | None = None  # which kind of baseline was compared with; None: nobody said
    baseline_run_ids: tuple[str, ...] = ()  # of the runs that it was made of
    muted: tuple[Finding, ...] = ()  # found, but somebody does not want to be told now; no part of `findings`
    has_baseline: bool = True

    @property
    def detected(self) -> bool:
        """Whether anything changed that is worth telling."""
        return bool(self.findings or self.schema_changes)

    @property
    def severity(self) -> Severity | None:
        """The worst severity in it, or None when nothing was detected."""
        return worst(change.severity for change in self._changes())

    @property
    def summary(self) -> str:
        """What changed, in a few sentences, the worst first."""
        changes = sorted(self._changes(), key=lambda change: -change.severity.rank)
        if not changes:
            return "No drift."
        changes.sort(key=lambda change: isinstance(change, Finding) and change.repeated)  # what is new comes first
        told = " ".join(change.sentence for change in changes[:_SUMMARY_SENTENCES])
        left = len(changes) - _SUMMARY_SENTENCES
        return f"{told} And {left} more." if left > 0 else told

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON; no number in it is NaN or infinite."""
        return {
            "detected": self.detected,
            "severity": self.severity.value if self.severity else None,
            "summary": self.summary,
            "findings": [finding.as_dict() for finding in self.findings],
            "schema_changes": [change.as_dict() for change in self.schema_changes],
            "distances": [distance.as_dict() for distance in self.distances],
            "baseline": self.baseline,
            "baseline_run_ids": list(self.baseline_run_ids),
            "muted": [finding.as_dict() for finding in self.muted],
        }

    def _changes(self) -> list[SchemaChange | Finding]:
        return [*self.schema_changes, *self.findings]
