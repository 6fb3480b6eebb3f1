"""The statistics of a column of numbers, temporal ones included: they are computed as physical integers.

Equality is the databases' own: -0.0 is 0.0, and all NaN are one value (as in PostgreSQL's COUNT DISTINCT). NaN and the
infinities are values with a frequency, but no part of extremes, moments and distribution. Of decimals the extremes, the
sum and the distinct count are of all their digits, all else is of their nearest doubles; where several share one, no
most frequent values are told. Where some came as doubles, the profile says that there may be more different ones. What
a database says of them takes precedence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from taskflow_profilemesh.profiling import distinct, heavy_hitters
from taskflow_profilemesh.profiling.cumulative import Cumulative
from taskflow_profilemesh.profiling.decimal_totals import DecimalState, exceeds_doubles
from taskflow_profilemesh.profiling.distinct import DistinctState
from taskflow_profilemesh.profiling.extremes import ExtremeState, number_extremes
from taskflow_profilemesh.profiling.frequencies import by_hash, frequencies_of
from taskflow_profilemesh.profiling.hashing import hash_numbers, unhash_numbers
from taskflow_profilemesh.profiling.heavy_hitters import HeavyHitterState
from taskflow_profilemesh.profiling.moments import MomentState
from taskflow_profilemesh.profiling.profile import (
    Numbers,
)
from taskflow_profilemesh.profiling.ranks import RankState
from taskflow_profilemesh.profiling.scalars import to_scalar, to_text
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers
from taskflow_profilemesh.profiling.special_values import SpecialValueState
from taskflow_profilemesh.profiling.time_span import time_span
from taskflow_profilemesh.profiling.top_values import MOST_VALUES, describe_distinct, tellable
from taskflow_profilemesh.profiling.totals import TotalState

if TYPE_CHECKING:
    import polars as pl

    from taskflow_profilemesh.profiling.family import Context
    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import (
        ColumnProfile,
        DecimalTotals,
        Distinct,
        Distribution,
        Scalar,
    )

TEMPORAL = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME})

_FLOATING = frozenset({Kind.FLOAT, Kind.DECIMAL})


@dataclass(frozen=True, slots=True, eq=False)
class NumberStatistics:
    """Extremes, ranks, distinct count and frequent values; of numbers proper also moments, total, special values."""

    kind: Kind
    extremes: ExtremeState[int | float] = ExtremeState.EMPTY
    ranks: RankState = RankState.EMPTY
    distinct: DistinctState = DistinctState.EMPTY
    frequent: HeavyHitterState = HeavyHitterState.EMPTY
    moments: MomentState = MomentState.EMPTY
    total: TotalState = TotalState.EMPTY
    special: SpecialValueState = SpecialValueState.EMPTY
    decimals: DecimalState = DecimalState.EMPTY

    def add(self, measures: Measures, *, exact: bool) -> NumberStatistics:
        """Return the statistics after one more batch; exact ones need no ranks, all values being counted."""
        if measures.numbers is None or not len(measures.numbers):
            return self
        numbers = SortedNumbers.of(measures.numbers)
        batch = by_hash(numbers.frequencies()) if exact else numbers.frequencies()
        apart = measures.apart
        different = batch if apart is None else frequencies_of(hash_numbers(apart))
        return replace(
            self if self.kind in TEMPORAL else self._with_amounts(numbers, measures.cells),
            extremes=self.extremes.combine(number_extremes(numbers)),
            ranks=self.ranks if exact else self.ranks.add(numbers.values),
            distinct=self.distinct.add(different, capacity=None if exact else distinct.CAPACITY),
            frequent=self.frequent.add(batch, capacity=None if exact else heavy_hitters.CAPACITY),
        )

    def combine(self, other: NumberStatistics) -> NumberStatistics:
        """Merge with the statistics of other rows."""
        return NumberStatistics(
            kind=self.kind,
            extremes=self.extremes.combine(other.extremes),
            ranks=self.ranks.combine(other.ranks),
            distinct=self.distinct.combine(other.distinct),
            frequent=self.frequent.combine(other.frequent),
            moments=self.moments.combine(other.moments),
            total=self.total.combine(other.total),
            special=self.special.combine(other.special),
            decimals=self.decimals.combine(other.decimals),
        )

    def describe(self, profile: ColumnProfile, context: Context) -> ColumnProfile:
        """Fill in extremes, distinct count, top values, distribution, and moments (of numbers) or time span."""
        decimals = context.decimals or self.decimals.totals(value_count=profile.value_count)
        cumulative = self._cumulative()
        minimum, maximum = self._extremes(aware=context.aware)
        return replace(
            profile,
            minimum=minimum if decimals is None else decimals.minimum,
            maximum=maximum if decimals is None else decimals.maximum,
            distinct=self._distinct(decimals, value_count=profile.value_count, aware=context.aware),
            numbers=None if self.kind in TEMPORAL else self._numbers(decimals),
            distribution=None if cumulative is None else _spread(cumulative),
            time_span=None if cumulative is None else time_span(cumulative, self.kind, now=context.now),
        )

    def _with_amounts(self, numbers: SortedNumbers, cells: pl.Series) -> NumberStatistics:
        return replace(
            self,
            moments=self.moments.combine(MomentState.of(numbers)),
            total=self.total.combine(TotalState.of(numbers)) if self.kind is Kind.INTEGER else self.total,
            special=self.special.combine(SpecialValueState.of(numbers)),
            decimals=self.decimals.combine(DecimalState.of(cells)) if self.kind is Kind.DECIMAL else self.decimals,
        )

    def _extremes(self, *, aware: bool) -> tuple[Scalar | None, Scalar | None]:
        low, high = self.extremes.minimum, self.extremes.maximum
        if low is None or high is None:
            return None, None
        return to_scalar(low, self.kind, aware=aware), to_scalar(high, self.kind, aware=aware)

    def _distinct(self, decimals: DecimalTotals | None, *, value_count: int, aware: bool) -> Distinct:
        frequent = tellable(self.frequent.most_frequent(MOST_VALUES), different=self.distinct.estimate)
        values = unhash_numbers(frequent.hashes, dtype=self._wide_type())
        texts = (to_text(value, self.kind, aware=aware) for value in values.tolist())
        told = describe_distinct(
            self.distinct,
            frequent,
            texts=dict(zip(frequent.hashes.tolist(), texts, strict=True)),
            error_rows=self.frequent.error_rows,
            value_count=value_count,
        )
        if decimals is None or not exceeds_doubles(decimals):
            return told
        if self.decimals.count != value_count:  # some came as doubles, from which their last digits are gone
            return replace(told, is_rounded=told.count < value_count)
        is_each_alone = not self.frequent.error_rows and len(self.frequent.kept.hashes) == self.distinct.estimate
        return told if is_each_alone else replace(told, top=(), top_error_rows=0)

    def _numbers(self, decimals: DecimalTotals | None) -> Numbers:
        moments, special = self.moments, self.special
        total = (self.total.total if moments.count else None) if self.kind is Kind.INTEGER else moments.total
        return Numbers(
            mean=moments.mean_value,
            std=moments.std,
            variance=moments.variance,
            skewness=moments.skewness,
            kurtosis=moments.kurtosis,
            total=total if decimals is None else decimals.total,
            zero_count=special.zero_count,
            negative_count=special.negative_count,
            nan_count=special.nan_count,
            infinite_count=special.infinite_count,
        )

    def _cumulative(self) -> Cumulative | None:
        low, high = self.extremes.minimum, self.extremes.maximum
        if low is None or high is None:
            return None
        if self.frequent.error_rows:
            return Cumulative.estimated(self.ranks, minimum=float(low), maximum=float(high))
        values = unhash_numbers(self.frequent.kept.hashes, dtype=self._wide_type())
        counts = self.frequent.kept.counts
        if self.kind in _FLOATING and not (finite := np.isfinite(values)).all():
            values, counts = values[finite], counts[finite]
        return Cumulative.counted(values, counts)

    def _wide_type(self) -> type[np.float64 | np.int64 | np.uint64]:
        """Return the type to read hashes back in; a column without negative numbers may exceed the signed range."""
        if self.kind in _FLOATING:
            return np.float64
        return np.uint64 if self.extremes.minimum is not None and self.extremes.minimum >= 0 else np.int64


def _spread(cumulative: Cumulative) -> Distribution:
    distribution = cumulative.distribution()
    return replace(distribution, histogram=cumulative.histogram(), mad=cumulative.median_deviation())
