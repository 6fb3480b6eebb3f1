"""Whether a column's distribution has moved: of numbers, of times of day, of the lengths of texts.

Not judged: columns that move by their nature. Numbers that count seconds (or milliseconds, …) since 1970 go on with the
calendar; keys and counters go on with every row. Their distances are recorded all the same. Dates and moments have
rules of their own (`dates.py`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.laid_over import Pair, Told
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.findings import Distance, Finding
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile

LENGTH: Final = "length_"
DATES: Final = frozenset({Kind.DATE, Kind.DATETIME})

_JUDGED_KINDS = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL, Kind.TIME})
_COUNTER_DENSITY = 10  # a counter leaves out fewer than nine of ten numbers
_CLOCK_FROM, _CLOCK_TO = 946_684_800, 4_102_444_800  # 2000-01-01 and 2100-01-01 in seconds since 1970
_CLOCK_UNITS = (1, 10**3, 10**6, 10**9)  # a second, in what clocks count


def compare_distributions(
    baseline: ColumnProfile,
    current: ColumnProfile,
    thresholds: Thresholds,
    *,
    is_key: bool = False,
    always: bool = False,
) -> tuple[list[Distance], Finding | None]:
    """Return the distances and what is remarkable about them; nothing where a side has no distribution, or has dates.

    `always`: judge a column that moves by its nature, too.
    """
    if DATES & {baseline.schema.kind, current.schema.kind}:
        return [], None
    pair = Pair.of(baseline.distribution, current.distribution, n=_value_count(baseline), m=_value_count(current))
    if pair is None:
        return [], None
    moves = not always and (is_key or moves_by_nature(baseline, current))
    judged = pair.smaller >= thresholds.minimum_rows and not moves
    told = Told(current.schema.name, "", thresholds, pair, judged)
    return told.tell(baseline.numbers.std if baseline.numbers else None)


def compare_lengths(
    baseline: ColumnProfile, current: ColumnProfile, thresholds: Thresholds, *, is_key: bool = False
) -> tuple[list[Distance], Finding | None]:
    """Return the distances between the lengths of texts, as `compare_distributions` does for numbers."""
    if baseline.lengths is None or current.lengths is None:
        return [], None
    before, after = baseline.lengths.distribution, current.lengths.distribution
    pair = Pair.of(before, after, n=baseline.value_count, m=current.value_count)
    if pair is None:
        return [], None
    judged = pair.smaller >= thresholds.minimum_rows and not is_key
    return Told(current.schema.name, LENGTH, thresholds, pair, judged).tell(None)


def _value_count(column: ColumnProfile) -> int:
    """Return how many values the distribution is of: neither null, NaN nor infinite."""
    numbers = column.numbers
    return column.value_count - (numbers.nan_count + numbers.infinite_count if numbers else 0)


def moves_by_nature(baseline: ColumnProfile, current: ColumnProfile) -> bool:
    """Whether a column is a counter or a clock on both sides, or of a kind that is no number."""
    kinds = {baseline.schema.kind, current.schema.kind}
    moves = any(by_nature(baseline) and by_nature(current) for by_nature in (_is_counter, _is_clock))
    return moves or not kinds <= _JUDGED_KINDS


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
    if column.withheld is not None and column.distribution is not None and low is None and column.distribution.points:
        low, high = column.distribution.points[0], column.distribution.points[-1]  # rounded, and near enough
    if not isinstance(low, int | float | Decimal) or not isinstance(high, int | float | Decimal):
        return None
    return float(low), float(high)
