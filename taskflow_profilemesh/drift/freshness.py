"""Whether a column of dates or moments is older than it used to be when it was profiled.

The distance is the growth of freshness (the time from the last value to the moment of the profile), in seconds. A
column that never was fresh (birthdays, a finished year) grows old by its nature: the growth must also be as large as
the freshness that the column had. Nothing of it is a sample, so there is no noise floor.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.findings import Distance, Finding, Severity

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.shares import Measured
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile

FRESHNESS: Final = "freshness_seconds"
_DAY: Final = 86_400


def compare_freshness(old: ColumnProfile, new: ColumnProfile, thresholds: Thresholds) -> Measured:
    """Return by how much staler the column is (negative: fresher) and what is remarkable about it."""
    before = old.time_span.freshness_seconds if old.time_span else None
    after = new.time_span.freshness_seconds if new.time_span else None
    if before is None or after is None:
        return None, None
    distance = Distance(
        metric=FRESHNESS,
        column=new.schema.name,
        value=after - before,
        threshold=max(thresholds.freshness_warn, abs(before)),
        noise_floor=0.0,
        judged=after > before,
    )
    if not distance.exceeded:
        return distance, None
    finding = Finding(
        metric=FRESHNESS,
        column=distance.column,
        baseline_value=before,
        current_value=after,
        distance=distance.value,
        threshold=distance.threshold,
        severity=Severity.HIGH if distance.value >= thresholds.freshness_fail else Severity.MEDIUM,
        sentence=f"The last {distance.column} is {in_words(after)} old, after {in_words(before)}.",
    )
    return distance, finding


def in_words(seconds: float) -> str:
    """Return a length of time as people say it."""
    days = seconds / _DAY
    return f"{days:,.1f} days" if abs(days) >= 1 else str(timedelta(seconds=round(seconds)))
