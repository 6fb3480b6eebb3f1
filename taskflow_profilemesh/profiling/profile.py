"""A finished profile: plain frozen values, the only thing that `drift`, `storage` and reports see.

Unknown is None, never 0. Each group of numbers says whether it is exact, approximate (with its bound) or sampled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from taskflow_profilemesh.profiling.schema import ColumnSchema, TableSchema
from taskflow_profilemesh.profiling.scope import Counted, Scope

Scalar = int | float | Decimal | str | date | datetime | time


class Precision(StrEnum):
    """How a number was come by."""

    EXACT = "exact"  # of every row
    APPROXIMATE = "approximate"  # of every row, within a stated bound
    SAMPLED = "sampled"  # of some rows


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
    top: tuple[TopValue, ...] = ()  # most frequent first, at most ten
    top_error_rows: int = 0  # each of the counts in `top` may be too low by this many rows; 0 is exact


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

    def quantile(self, share: float) -> float:
        """Return the smallest point at or below which at least `share` (0 to 1) of the values lie."""
        index = bisect_left(self.cumulative_ratio, share - 1e-12)
        return self.points[min(index, len(self.points) - 1)]

    def share_at_most(self, value: float) -> float:
        """Return the share (0 to 1) of the values that are at most `value`."""
        index = bisect_right(self.points, value)
        return self.cumulative_ratio[index - 1] if index else 0.0


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of a text column in characters, and how many texts say nothing."""

    minimum: int | None
    mean: float | None
    maximum: int | None
    empty_count: int  # of length 0
    blank_count: int  # of white space only, the empty ones included


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
    counted: Counted | None = None  # beside a sample: what the database says of all rows; exact

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


@dataclass(frozen=True, slots=True)
class TableProfile:
    """One table at one moment."""

    schema: TableSchema
    row_count: int  # of the table (and its `where`), always exact
    profiled_rows: int  # the rows that the columns' statistics were computed from
    columns: tuple[ColumnProfile, ...]
    scope: Scope | None = None  # which part of the table this is of; None: of all its rows

    @property
    def exact(self) -> bool:
        """Whether every number in the profile is exact."""
        return all(
            column.precision is Precision.EXACT
            and (column.distinct is None or (not column.distinct.error_ratio and not column.distinct.top_error_rows))
            and (column.distribution is None or not column.distribution.rank_error_ratio)
            for column in self.columns
        )

    def column(self, name: str) -> ColumnProfile | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.schema.name == name), None)
