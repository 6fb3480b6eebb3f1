"""Whether a table has lost or gained more rows than it should."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import count_floor, sampling

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.thresholds import Thresholds

METRIC = "row_count"


def compare_row_counts(baseline: int, current: int, thresholds: Thresholds) -> tuple[Distance | None, Finding | None]:
    """Return the relative change and what is remarkable about it; no distance from a table that was empty.

    A table that was emptied is always high, one that was filled always low.
    """
    if not baseline:
        sentence = f"The table was empty and has {amount(current, 'row')}."
        return None, _finding(baseline, current, None, Severity.LOW, sentence) if current else None
    distance = _distance(baseline, current, thresholds)
    if not current:
        sentence = f"The table is empty; it had {amount(baseline, 'row')}."
        return distance, _finding(baseline, current, distance, Severity.HIGH, sentence)
    if not distance.exceeded:
        return distance, None
    lost = distance.value < 0
    fail = thresholds.rows_lost_fail if lost else thresholds.rows_gained_fail
    severity = Severity.HIGH if abs(distance.value) >= fail else Severity.MEDIUM
    change = f"lost {-distance.value:.0%} of its rows" if lost else f"has {distance.value:.0%} more rows"
    sentence = f"The table {change}: {current:,} after {baseline:,}."
    return distance, _finding(baseline, current, distance, severity, sentence)


def _distance(baseline: int, current: int, thresholds: Thresholds) -> Distance:
    change = current / baseline - 1
    floor = count_floor(variation=sampling(baseline, max(current, 1)), alpha=thresholds.alpha)
    return Distance(
        metric=METRIC,
        column=None,
        value=change,
        threshold=thresholds.rows_lost_warn if change < 0 else thresholds.rows_gained_warn,
        noise_floor=-math.expm1(-floor) if change < 0 else math.expm1(floor),
    )


def _finding(baseline: int, current: int, distance: Distance | None, severity: Severity, sentence: str) -> Finding:
    return Finding(
        metric=METRIC,
        column=None,
        baseline_value=baseline,
        current_value=current,
        distance=distance.value if distance else None,
        threshold=distance.threshold if distance else None,
        severity=severity,
        sentence=sentence,
    )
