"""A finished profile: plain frozen values, the only thing that `drift`, `storage` and reports see.

Unknown is None, never 0. Each group of numbers says whether it is exact, approximate (with its bound) or sampled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Final

from taskflow_profilemesh.profiling.facts import Correlation, DuplicateRows, NullPair, SyncSignals
from taskflow_profilemesh.profiling.looks import JsonKeys, Looks
from taskflow_profilemesh.profiling.precision import Precision
from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.profiling.scope import Counted, Scope
from taskflow_profilemesh.profiling.withheld import Withheld

__all__ = [
    "HISTOGRAM_BINS",
    "ColumnProfile",
    "Correlation",
    "DecimalTotals",
    "Distinct",
    "Distribution",
    "DuplicateRows",
    "JsonKeys",
    "Lengths",
    "Looks",
    "Monotonicity",
    "NullPair",
    "Numbers",
    "Precision",
    "Scalar",
    "SyncSignals",
    "TableProfile",
    "TimeSpan",
    "TopValue",
    "Withheld",
    "even_steps",
]

Scalar = int | float | Decimal | str | date | datetime | time

HISTOGRAM_BINS: Final = 20


class Monotonicity(StrEnum):
    """How a column's values follow each other, in an order of rows that is known."""

    INCREASING = "increasing"  # none is smaller than the one before
    DECREASING = "decreasing"  # none is larger than the one before
    CONSTANT = "constant"  # all are equal
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TopValue:
    """A frequent value, printed and capped at 256 characters, and how many rows hold it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """How many different values a column holds, nulls not counted, and the most frequent of them."""

    count: int
    error_ratio: float = 0.0  # three standard errors, as a share of `count`; 0 is exact
    top: tuple[TopValue, ...] = ()  # most frequent first, at most fifty; beyond ten only those of ≥ 5 rows
    top_error_rows: int = 0  # each of the counts in `top` may be too low by this many rows; 0 is exact
    repeated_ratio: float | None = None  # share of the values (of 4,096 drawn from them, if estimated) in several rows
    is_rounded: bool = False  # decimals of over 15 digits that came as doubles: there may be more, each less frequent

    @property
    def is_exact(self) -> bool:
        """Whether the count and the frequencies are those of the rows that were read."""
        return not self.error_ratio and not self.top_error_rows and not self.is_rounded


@dataclass(frozen=True, slots=True)
class Numbers:
    """Moments and special values of a numeric column; NaN and ±infinity are counted here and left out of the rest.

    Mean, std and total are in the column's unit, variance in its square; None where too few values define them.
    """

    mean: float | None
    std: float | None  # of the sample (n - 1)
    variance: float | None  # of the sample (n - 1)
    skewness: float | None  # population, g1
    kurtosis: float | None  # population, excess, g2
    total: int | float | Decimal | None
    zero_count: int
    negative_count: int
    nan_count: int
    infinite_count: int

    @property
    def coefficient_of_variation(self) -> float | None:
        """The standard deviation as a share of the mean's size; None without either, or around a mean of 0."""
        return self.std / abs(self.mean) if self.std is not None and self.mean else None


@dataclass(frozen=True, slots=True)
class DecimalTotals:
    """What a database itself says of a decimal column, exactly; None in a column without values."""

    minimum: Decimal | None
    maximum: Decimal | None
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """A numeric or temporal column's cumulative distribution at ascending points.

    `cumulative_ratio[i]` is the share (0 to 1) of the non-null, finite values that are at most `points[i]`. Temporal
    columns are in days since 1970 (date), microseconds since 1970 UTC (datetime) or since midnight (time).
    """

    points: tuple[float, ...]
    cumulative_ratio: tuple[float, ...]
    rank_error_ratio: float = 0.0  # each share may be off by this much; 0 is exact at the points
    histogram: tuple[int, ...] = ()  # rows in each of `histogram_borders`' bins; none of a constant
    mad: float | None = None  # the median of the distances from the median, unscaled

    def quantile(self, share: float) -> float:
        """Return the smallest point at or below which at least `share` (0 to 1) of the values lie."""
        index = bisect_left(self.cumulative_ratio, share - 1e-12)
        return self.points[min(index, len(self.points) - 1)]

    def share_at_most(self, value: float) -> float:
        """Return the share (0 to 1) of the values that are at most `value`."""
        index = bisect_right(self.points, value)
        return self.cumulative_ratio[index - 1] if index else 0.0

    @property
    def iqr(self) -> float:
        """The distance between the quartiles, whose ranks are each off by `rank_error_ratio` at most."""
        return self.quantile(0.75) - self.quantile(0.25)

    @property
    def deciles(self) -> tuple[float, ...]:
        """The nine values that cut the column into tenths."""
        return tuple(self.quantile(tenth / 10) for tenth in range(1, 10))

    @property
    def histogram_borders(self) -> tuple[float, ...]:
        """The borders of the histogram's bins, one more than bins; each bin holds its upper one, the first one both.

        The rows in a bin may be off by twice `rank_error_ratio` of all rows.
        """
        return even_steps(self.points[0], self.points[-1], len(self.histogram)) if self.histogram else ()


def even_steps(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return the borders of `count` (≥ 1) bins of one width between two finite numbers, ascending."""
    borders: list[float] = []
    last = low
    for place in range(count + 1):
        share = place / count
        last = max(last, min(low * (1 - share) + high * share, high))
        borders.append(last)
    return tuple(borders)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of a text column in characters (of bytes in bytes), and how many texts say nothing."""

    minimum: int | None
    mean: float | None
    maximum: int | None
    empty_count: int  # of length 0
    blank_count: int  # of white space only, the empty ones included
    total: int | None = None  # of all values together
    distribution: Distribution | None = None  # shares exact; a quantile beyond 256 at most 2.2 % too high


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Where a date or datetime column lies in time, seen from the moment `at` at which it was profiled.

    Naive datetimes are read as UTC. A date begins at midnight UTC.
    """

    range_seconds: float | None  # from the first to the last; None where they exceed Python's calendar
    at: datetime | None = None  # aware; None: nobody said when it is
    freshness_seconds: float | None = None  # from the last one to `at`; negative when it lies in the future
    future_count: int | None = None  # later than `at`
    future_error_rows: int = 0  # `future_count` may be off by this many rows; 0 is exact


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Everything known about one column. A group that does not apply to its kind is None."""

    schema: ColumnSchema
    precision: Precision  # of all groups that state no bound of their own
    row_count: int  # the rows that were read
    null_count: int
    minimum: Scalar | None = None
    maximum: Scalar | None = None
    distinct: Distinct | None = None
    numbers: Numbers | None = None
    distribution: Distribution | None = None
    lengths: Lengths | None = None
    true_count: int | None = None
    error: str | None = None  # why this column has no statistics; None when it has
    monotonicity: Monotonicity | None = None  # None: the order of the rows is not known
    time_span: TimeSpan | None = None
    looks: Looks | None = None
    json_keys: JsonKeys | None = None
    counted: Counted | None = None  # beside a sample: what the database says of all rows; exact
    withheld: Withheld | None = None  # why values are not shown; None: they are

    @property
    def null_ratio(self) -> float | None:
        """Share (0 to 1) of the rows that are null, of all rows where they were counted; None without rows."""
        if self.counted is not None:
            return self.counted.null_count / self.counted.row_count if self.counted.row_count else None
        return self.null_count / self.row_count if self.row_count else None

    @property
    def value_count(self) -> int:
        """Rows that hold a value."""
        return self.row_count - self.null_count

    @property
    def false_count(self) -> int | None:
        """How many booleans are false; None of other columns."""
        return None if self.true_count is None else self.value_count - self.true_count

    @property
    def unique_ratio(self) -> float | None:
        """Different values as a share (0 to 1) of all values; as exact as the distinct count. None without values."""
        return self.distinct.count / self.value_count if self.distinct and self.value_count else None

    @property
    def is_key_candidate(self) -> bool | None:
        """Whether every profiled row has a value of its own; None without rows or where it is not known.

        No is certain. Yes is so where the distinct count is exact; else the count of different values comes close to
        that of the rows, and none of 4,096 values drawn from them occurs twice. Decimals that are equal only as doubles
        say neither.
        """
        if self.distinct is None or not self.row_count:
            return None
        enough = self.distinct.count * (1 + self.distinct.error_ratio) >= self.row_count
        is_candidate = enough and not self.null_count and not self.distinct.repeated_ratio
        is_unknown = self.distinct.is_rounded and not self.null_count and not is_candidate
        return None if is_unknown else is_candidate


@dataclass(frozen=True, slots=True)
class TableProfile:
    """One table at one moment."""

    schema: TableSchema
    row_count: int  # of the table (and its `where`), always exact
    profiled_rows: int  # the rows that the columns' statistics were computed from
    columns: tuple[ColumnProfile, ...]
    duplicates: DuplicateRows | None = None  # None: a column could not be read, or nobody counted
    null_pairs: tuple[NullPair, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    signals: SyncSignals | None = None

    @property
    def candidate_keys(self) -> tuple[tuple[str, ...], ...]:
        """The columns by which a row could be found: the declared key first, then single columns that could be one.

        Not doubles: numbers with a fraction are all different by their nature.
        """
        declared = (self.schema.primary_key,) if self.schema.primary_key else ()
        possible = (column for column in self.columns if column.schema.kind is not Kind.FLOAT)
        found = ((column.schema.name,) for column in possible if column.is_key_candidate)
        return declared + tuple(key for key in found if key not in declared)

    scope: Scope | None = None  # which part of the table this is of; None: of all its rows

    @property
    def exact(self) -> bool:
        """Whether every number in the profile is exact, but those that say that they are from a sample of the rows."""
        return all(
            column.precision is Precision.EXACT
            and (column.distinct is None or column.distinct.is_exact)
            and (column.distribution is None or not column.distribution.rank_error_ratio)
            for column in self.columns
        ) and (self.duplicates is None or self.duplicates.is_exact)

    def column(self, name: str) -> ColumnProfile | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.schema.name == name), None)
