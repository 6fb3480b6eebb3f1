"""Whether a column moves by its nature: what was never in it before is no news there.

Numbers that count seconds (or milliseconds, …) since 1970, and days written as numbers (20260301), go on with the
calendar; keys and counters go on with every row. So do dates that are kept as texts, as SQLite and files keep them, and
texts with a number in them: `user999` is followed by `user1000`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.distances import Steps
from taskflow_profilemesh.profiling.looks import SemanticType
from taskflow_profilemesh.profiling.profile import Monotonicity
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import ColumnProfile

_JUDGED_KINDS: Final = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL, Kind.TIME})
_COUNTER_DENSITY: Final = 10  # a counter leaves out fewer than nine of ten numbers
_ID_NAME: Final = re.compile(r"(?:^|_)(?:id|Id|ID)$|(?<=[a-z])I[dD]$")  # id, order_id, orderId; not paid
_CLOCK_FROM, _CLOCK_TO = 946_684_800, 4_102_444_800  # 2000-01-01 and 2100-01-01 in seconds since 1970
_CLOCK_UNITS: Final = (1, 10**3, 10**6, 10**9)  # a second, in what clocks count
_DAYS_FROM, _DAYS_TO = 20_000_101, 21_000_101  # 2000-01-01 and 2100-01-01 as a number
_ROUNDING: Final = 1e-9  # of shares
_SHORTER: Final = 0.01  # of the texts may be shorter than before, by chance
_DATES: Final = frozenset({SemanticType.DATE, SemanticType.DATETIME})


def moves_by_nature(baseline: ColumnProfile, current: ColumnProfile) -> bool:
    """Whether a column is a counter, a clock or a day on both sides, or of a kind that is no number."""
    kinds = {baseline.schema.kind, current.schema.kind}
    moves = any(by_nature(baseline) and by_nature(current) for by_nature in (_is_counter, _is_clock, _is_day))
    return moves or not kinds <= _JUDGED_KINDS


def are_dates_as_texts(baseline: ColumnProfile, current: ColumnProfile) -> bool:
    """Whether the texts of both sides are dates or moments, written so that they sort by time."""
    return all(column.looks is not None and column.looks.semantic_type in _DATES for column in (baseline, current))


def are_numbered_texts(baseline: ColumnProfile, current: ColumnProfile) -> bool:
    """Whether texts, all different, became longer by no more than the next digit of a number in new rows explains.

    k new ones among m raise no share of longer ones by more than k/m, and are one character longer at most.
    """
    old, new = baseline.lengths, current.lengths
    if old is None or new is None or not (_all_different(baseline) and _all_different(current)):
        return False
    before, after, longest = old.distribution, new.distribution, old.maximum
    if before is None or after is None or longest is None or new.maximum not in (longest, longest + 1):
        return False
    steps = Steps.of(before, after)
    longer = steps.before - steps.after  # the shares that lie above each length, now more than then
    added = current.value_count - baseline.value_count
    most = added / current.value_count + _ROUNDING
    return float(longer.max()) <= most and float(longer.min()) >= -_SHORTER


def _all_different(column: ColumnProfile) -> bool:
    distinct = column.distinct
    return distinct is not None and distinct.count * (1 + distinct.error_ratio) >= column.value_count


def _is_counter(column: ColumnProfile) -> bool:
    """Whether every value is a whole number of its own, as in a key, declared or not.

    They lie close together, or are known to ascend, or the name says that the column is an id.
    """
    bounds = _bounds(column)
    if column.schema.kind is not Kind.INTEGER or bounds is None:
        return False
    is_close = bounds[1] - bounds[0] < _COUNTER_DENSITY * column.value_count
    ascends = column.monotonicity is Monotonicity.INCREASING
    return _all_different(column) and (is_close or ascends or _ID_NAME.search(column.schema.name) is not None)


def _is_day(column: ColumnProfile) -> bool:
    """Whether the first and the last value are days of this century, written as 20260301."""
    bounds = _bounds(column)
    return bounds is not None and all(_DAYS_FROM <= end < _DAYS_TO and _is_calendar_day(end) for end in bounds)


def _is_calendar_day(number: float) -> bool:
    year, rest = divmod(int(number), 10_000)
    try:
        date(year, *divmod(rest, 100))
    except ValueError:
        return False
    return number == int(number)


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
