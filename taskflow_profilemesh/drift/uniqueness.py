"""Whether values repeat that did not, or repeat more or less often than they did.

The distance is the change of the share of different values, d/n. That share depends on how many rows there are, so it
is judged between tables of about one size only. Its floor: the test of two proportions, and the error of both
estimates. A column without any duplicate is held to a threshold of its own: it may well be somebody's key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import sampling, share_floor

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.shares import Measured
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile

UNIQUE: Final = "unique_ratio"

_ALIKE: Final = 1.25  # sizes may differ by this factor


def compare_uniqueness(old: ColumnProfile, new: ColumnProfile, thresholds: Thresholds) -> Measured:
    """Return the change of the share of different values and what is remarkable about it."""
    before, after = old.unique_ratio, new.unique_ratio
    if before is None or after is None or old.distinct is None or new.distinct is None:
        return None, None
    n, m = old.value_count, new.value_count
    was_unique = bool(old.is_key_candidate)
    warn, fail = _limits(thresholds, was_unique=was_unique)
    pooled = (old.distinct.count + new.distinct.count + 1) / (n + m + 2)
    errors = before * old.distinct.error_ratio + after * new.distinct.error_ratio
    known = not old.distinct.is_rounded and not new.distinct.is_rounded
    distance = Distance(
        metric=UNIQUE,
        column=new.schema.name,
        value=after - before,
        threshold=warn,
        noise_floor=share_floor(min(pooled, 1.0), variation=sampling(n, m), alpha=thresholds.alpha) + errors,
        judged=known and min(n, m) >= thresholds.minimum_rows and max(n, m) <= _ALIKE * min(n, m),
    )
    return distance, _finding(distance, before, after, fail, was_unique=was_unique) if distance.exceeded else None


def _limits(thresholds: Thresholds, *, was_unique: bool) -> tuple[float, float]:
    if was_unique:
        return thresholds.duplicates_warn, thresholds.duplicates_fail
    return thresholds.unique_warn, thresholds.unique_fail


def _finding(distance: Distance, before: float, after: float, fail: float, *, was_unique: bool) -> Finding:
    name = distance.column
    words = f"{name} had a value of its own in every row: now {1 - after:.1%} of its values repeat another one."
    if not was_unique:
        words = f"{after:.1%} of the values of {name} are different ones, after {before:.1%}."
    return Finding(
        metric=UNIQUE,
        column=name,
        baseline_value=before,
        current_value=after,
        distance=distance.value,
        threshold=distance.threshold,
        severity=Severity.HIGH if abs(distance.value) >= fail else Severity.MEDIUM,
        sentence=words,
    )
