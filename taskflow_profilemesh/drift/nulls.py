"""Whether a column has become more (or less) null than it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import sampling, share_floor

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile

METRIC = "null_ratio"


def compare_nulls(
    baseline: ColumnProfile, current: ColumnProfile, thresholds: Thresholds
) -> tuple[Distance | None, Finding | None]:
    """Return the change of the share of nulls and what is remarkable about it; neither where a side has no rows.

    Fewer nulls than before are never high: that is rather a repair.
    """
    before, after = baseline.null_ratio, current.null_ratio
    if before is None or after is None:
        return None, None
    distance = _distance(baseline, current, thresholds, change=after - before)
    if not distance.exceeded:
        return distance, None
    name, points = current.schema.name, 100 * distance.value
    severe = distance.value >= thresholds.nulls_fail
    finding = Finding(
        metric=METRIC,
        column=name,
        baseline_value=before,
        current_value=after,
        distance=distance.value,
        threshold=distance.threshold,
        severity=Severity.HIGH if severe else Severity.MEDIUM,
        sentence=f"{name} is null in {after:.1%} of the rows after {before:.1%} ({points:+.1f} percentage points).",
    )
    return distance, finding


def _distance(baseline: ColumnProfile, current: ColumnProfile, thresholds: Thresholds, *, change: float) -> Distance:
    rows = baseline.row_count + current.row_count
    pooled = (baseline.null_count + current.null_count + 1) / (rows + 2)  # one of each more: never a certain 0 or 1
    variation = sampling(baseline.row_count, current.row_count)
    return Distance(
        metric=METRIC,
        column=current.schema.name,
        value=change,
        threshold=thresholds.nulls_warn,
        noise_floor=share_floor(pooled, variation=variation, alpha=thresholds.alpha),
    )
