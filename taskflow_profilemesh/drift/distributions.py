"""Whether a column's distribution has moved.

PSI sees mass that moves between the baseline's deciles; KS also sees what moves inside one (a constant that becomes
another one below it). Both distances are told; what is remarkable makes one finding per column.

Not judged: columns that move by their nature. Dates go on with the calendar, and so do numbers that count seconds (or
milliseconds, …) since 1970; keys and counters go on with every row. Their distances are recorded all the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from taskflow_profilemesh.drift.distances import decile_bins, psi, widest_gap
from taskflow_profilemesh.drift.findings import Distance, Finding, Severity, worst
from taskflow_profilemesh.drift.floors import ks_floor, psi_floor, sampling
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.distances import Bin, Gap
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile

PSI = "psi"
KS = "ks"

_JUDGED_KINDS = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL, Kind.TIME})
_COUNTER_DENSITY = 10  # a counter leaves out fewer than nine of ten numbers
_CLOCK_FROM, _CLOCK_TO = 946_684_800, 4_102_444_800  # 2000-01-01 and 2100-01-01 in seconds since 1970
_CLOCK_UNITS = (1, 10**3, 10**6, 10**9)  # a second, in what clocks count


def compare_distributions(
    baseline: ColumnProfile, current: ColumnProfile, thresholds: Thresholds, *, is_key: bool = False
) -> tuple[list[Distance], Finding | None]:
    """Return PSI and KS and what is remarkable about them; nothing where a side has no distribution."""
    before, after = baseline.distribution, current.distribution
    n, m = _value_count(baseline), _value_count(current)
    if before is None or after is None or not before.points or not after.points or n < 1 or m < 1:
        return [], None
    bins, gap = decile_bins(before, after), widest_gap(before, after)
    variation, bound = sampling(n, m), before.rank_error_ratio + after.rank_error_ratio
    shares = [(item.baseline_share + item.current_share) / 2 for item in bins]
    judged = min(n, m) >= thresholds.minimum_rows and not is_key and _stays_put(baseline, current)
    name, alpha = current.schema.name, thresholds.alpha
    by_psi = Distance(
        metric=PSI,
        column=name,
        value=psi(bins, baseline_count=n, current_count=m),
        threshold=thresholds.psi_warn,
        noise_floor=psi_floor(shares, variation=variation, bound=bound, alpha=alpha),
        judged=judged,
    )
    by_ks = Distance(
        metric=KS,
        column=name,
        value=gap.ks,
        threshold=thresholds.ks_warn,
        noise_floor=ks_floor(variation=variation, bound=bound, alpha=alpha),
        judged=judged,
    )
    return [by_psi, by_ks], _finding(by_psi, by_ks, bins, gap, thresholds)


def _finding(
    by_psi: Distance, by_ks: Distance, bins: tuple[Bin, ...], gap: Gap, thresholds: Thresholds
) -> Finding | None:
    fails = {PSI: thresholds.psi_fail, KS: thresholds.ks_fail}
    remarkable = [distance for distance in (by_psi, by_ks) if distance.exceeded]
    severity = worst(Severity.HIGH if found.value >= fails[found.metric] else Severity.MEDIUM for found in remarkable)
    if severity is None:
        return None
    told = remarkable[0]
    if told is by_psi:
        gained = max(bins, key=lambda item: item.current_share - item.baseline_share)
        before, after, where = gained.baseline_share, gained.current_share, _place(gained)
    else:
        before, after = gap.baseline_share, gap.current_share
        where = "at or below the point where both differ most"
    return Finding(
        metric=told.metric,
        column=told.column,
        baseline_value=before,
        current_value=after,
        distance=told.value,
        threshold=told.threshold,
        severity=severity,
        sentence=f"{told.column} is distributed differently ({told.metric.upper()} {told.value:.2f}): "
        f"{after:.0%} of its values lie {where}, after {before:.0%}.",
    )


def _place(item: Bin) -> str:
    if not item.baseline_share:
        return "above all earlier ones"
    first, last = item.baseline_from, item.baseline_from + item.baseline_share
    return f"between the earlier percentiles {100 * first:.0f} and {100 * last:.0f}"


def _value_count(column: ColumnProfile) -> int:
    """Return how many values the distribution is of: neither null, NaN nor infinite."""
    numbers = column.numbers
    return column.value_count - (numbers.nan_count + numbers.infinite_count if numbers else 0)


def _stays_put(baseline: ColumnProfile, current: ColumnProfile) -> bool:
    kinds = {baseline.schema.kind, current.schema.kind}
    moves = any(by_nature(baseline) and by_nature(current) for by_nature in (_is_counter, _is_clock))
    return kinds <= _JUDGED_KINDS and not moves


def _is_counter(column: ColumnProfile) -> bool:
    """Whether every value is a whole number of its own, and they lie close together: a key, declared or not."""
    bounds, distinct = _bounds(column), column.distinct
    if column.schema.kind is not Kind.INTEGER or distinct is None or bounds is None:
        return False
    all_different = distinct.count * (1 + distinct.error_ratio) >= column.value_count
    return all_different and bounds[1] - bounds[0] < _COUNTER_DENSITY * column.value_count


def _is_clock(column: ColumnProfile) -> bool:
    """Whether every value, read as the time since 1970 in one of the usual units, lies between 2000 and 2100."""
    bounds = _bounds(column)
    return bounds is not None and any(
        _CLOCK_FROM * unit <= bounds[0] and bounds[1] < _CLOCK_TO * unit for unit in _CLOCK_UNITS
    )


def _bounds(column: ColumnProfile) -> tuple[float, float] | None:
    low, high = column.minimum, column.maximum
    if not isinstance(low, int | float | Decimal) or not isinstance(high, int | float | Decimal):
        return None
    return float(low), float(high)
