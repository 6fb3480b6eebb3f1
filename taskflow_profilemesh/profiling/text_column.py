"""The statistics of a column of texts or of bytes.

Distinct counts and frequencies tell texts apart by 64-bit hashes of the whole text; where two texts of a column share
one (odds of 1 to 8·10⁹ at 65,536 different texts) they count as one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from taskflow_profilemesh.profiling import distinct, heavy_hitters
from taskflow_profilemesh.profiling.distinct import DistinctState
from taskflow_profilemesh.profiling.extremes import ExtremeState, text_extremes
from taskflow_profilemesh.profiling.frequencies import frequencies_of, read_texts
from taskflow_profilemesh.profiling.heavy_hitters import HeavyHitterState
from taskflow_profilemesh.profiling.lengths import LengthState
from taskflow_profilemesh.profiling.profile import Lengths
from taskflow_profilemesh.profiling.top_values import describe_distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.family import Context
    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import ColumnProfile


@dataclass(frozen=True, slots=True, eq=False)
class TextStatistics:
    """Extremes (of text proper), lengths, distinct count and frequent values (not of bytes)."""

    extremes: ExtremeState[str] = ExtremeState.EMPTY_TEXT
    lengths: LengthState = LengthState.EMPTY
    distinct: DistinctState = DistinctState.EMPTY
    frequent: HeavyHitterState = HeavyHitterState.EMPTY

    def add(self, measures: Measures, *, exact: bool) -> TextStatistics:
        """Return the statistics after one more batch."""
        hashes, lengths = measures.hashes, measures.lengths
        if hashes is None or lengths is None or not len(hashes):
            return self
        batch = frequencies_of(hashes)
        read = (
            _read_nothing
            if measures.cells.dtype == pl.Binary
            else partial(read_texts, hashes=hashes, texts=measures.cells, held=measures.held)
        )
        return TextStatistics(
            extremes=self.extremes.combine(text_extremes(measures.smallest, measures.largest)),
            lengths=self.lengths.combine(LengthState.of(lengths, blank_count=measures.blank_count)),
            distinct=self.distinct.add(batch, capacity=None if exact else distinct.CAPACITY),
            frequent=self.frequent.add(batch, read=read, capacity=None if exact else heavy_hitters.CAPACITY),
        )

    def combine(self, other: TextStatistics) -> TextStatistics:
        """Merge with the statistics of other rows."""
        return TextStatistics(
            extremes=self.extremes.combine(other.extremes),
            lengths=self.lengths.combine(other.lengths),
            distinct=self.distinct.combine(other.distinct),
            frequent=self.frequent.combine(other.frequent),
        )

    def describe(self, profile: ColumnProfile, context: Context) -> ColumnProfile:  # noqa: ARG002 -- needs none
        """Fill in extremes, distinct count, top values and lengths."""
        return replace(
            profile,
            minimum=self.extremes.minimum,
            maximum=self.extremes.maximum,
            distinct=describe_distinct(
                self.distinct,
                self.frequent.most_frequent(heavy_hitters.REMEMBERED),
                texts=self.frequent.texts,
                error_rows=self.frequent.error_rows,
                value_count=profile.value_count,
            ),
            lengths=Lengths(
                minimum=self.lengths.minimum,
                mean=self.lengths.mean,
                maximum=self.lengths.maximum,
                empty_count=self.lengths.empty_count,
                blank_count=self.lengths.blank_count,
                total=self.lengths.total,
                distribution=self.lengths.distribution,
            ),
        )


def _read_nothing(hashes: NDArray[np.uint64]) -> dict[int, str]:  # noqa: ARG001 -- bytes are not shown
    return {}
