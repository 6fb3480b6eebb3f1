"""One column while its batches arrive: its kind decides which statistics it has.

A column fails alone. Once something went wrong with it, the first reason stays, its rows and nulls go on being counted,
and its statistics are given up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.profiling.boolean_column import BooleanStatistics
from taskflow_profilemesh.profiling.counts import CountState
from taskflow_profilemesh.profiling.family import Context, Statistics
from taskflow_profilemesh.profiling.number_column import NumberStatistics
from taskflow_profilemesh.profiling.profile import ColumnProfile, DecimalTotals
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.text_column import TextStatistics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import Precision
    from taskflow_profilemesh.profiling.schema import ColumnSchema

_EMPTY: Final[Mapping[Kind, Any]] = {
    **{
        kind: NumberStatistics(kind)
        for kind in (Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL, Kind.DATE, Kind.DATETIME, Kind.TIME)
    },
    Kind.BOOLEAN: BooleanStatistics(),
    Kind.TEXT: TextStatistics(),
    Kind.JSON: TextStatistics(),
    Kind.OTHER: TextStatistics(),
    Kind.BINARY: TextStatistics(),
}
_NO_CONTEXT: Final = Context()


@dataclass(frozen=True, slots=True, eq=False)
class ColumnState:
    """Counts and statistics of one column, or why it has none."""

    counts: CountState
    statistics: Statistics
    aware: bool = False  # datetimes that have a time zone
    rounded: bool = False  # decimals of which some came as doubles: their exact totals must come from elsewhere
    error: str | None = None

    @property
    def decimal_totals(self) -> DecimalTotals | None:
        """The exact totals of a decimal column, None where some of its values came rounded."""
        if self.error is not None or not isinstance(self.statistics, NumberStatistics):
            return None
        if not self.counts.value_count:
            return DecimalTotals(None, None, None)
        return self.statistics.decimals.totals(value_count=self.counts.value_count)

    @classmethod
    def empty(cls, kind: Kind) -> ColumnState:
        """Return the state of a column that no row has been seen of."""
        return cls(CountState.EMPTY, _EMPTY[kind])

    def seen(
        self, *, row_count: int, null_count: int, aware: bool = False, rounded: bool = False, error: str | None = None
    ) -> ColumnState:
        """Count the rows of one more batch, which may come with a reason why the column fails."""
        return ColumnState(
            counts=self.counts.combine(CountState(row_count, null_count)),
            statistics=self.statistics,
            aware=self.aware or aware,
            rounded=self.rounded or rounded,
            error=self.error or error,
        )

    def add(self, measures: Measures | str, *, exact: bool) -> ColumnState:
        """Return the state with the statistics of rows that were counted before; a text is why there are none."""
        if self.error is not None:
            return self
        if isinstance(measures, str):
            return replace(self, error=measures)
        try:
            statistics = self.statistics.add(measures, exact=exact)
            return ColumnState(self.counts, statistics, aware=self.aware, rounded=self.rounded)
        except Exception as error:  # noqa: BLE001 -- one bad column never costs the table; only the type is told
            return replace(self, error=f"{type(error).__name__} in its statistics")

    def combine(self, other: ColumnState) -> ColumnState:
        """Merge with the state of other rows of the same column."""
        error = self.error or other.error
        return ColumnState(
            counts=self.counts.combine(other.counts),
            statistics=self.statistics if error else self.statistics.combine(other.statistics),
            aware=self.aware or other.aware,
            rounded=self.rounded or other.rounded,
            error=error,
        )

    def profile(self, schema: ColumnSchema, *, precision: Precision, context: Context = _NO_CONTEXT) -> ColumnProfile:
        """Return what is known of the column."""
        profile = ColumnProfile(
            schema=schema,
            precision=precision,
            row_count=self.counts.row_count,
            null_count=self.counts.null_count,
            error=self.error,
            monotonicity=context.monotonicity,
            looks=context.looks,
            json_keys=context.json_keys,
        )
        return profile if self.error else self.statistics.describe(profile, context)
