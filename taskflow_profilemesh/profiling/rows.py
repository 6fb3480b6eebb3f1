"""What is known of a table's rows as wholes: how many repeat, which columns are null together, and a sample of them.

Duplicate rows are the rows less the different ones, which a distinct state of row hashes counts: exactly up to 4,096
different rows (and in small tables), then within three standard errors, 4.7 % of the different rows. Where no drawn
row repeats and the estimate comes close to the number of rows, none is taken to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from taskflow_profilemesh.profiling import distinct
from taskflow_profilemesh.profiling.distinct import DistinctState
from taskflow_profilemesh.profiling.facts import DuplicateRows
from taskflow_profilemesh.profiling.frequencies import frequencies_of
from taskflow_profilemesh.profiling.null_pairs import NullPairState
from taskflow_profilemesh.profiling.row_hashes import row_hashes
from taskflow_profilemesh.profiling.row_sample import RowSample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.schema import Kind


@dataclass(frozen=True, slots=True, eq=False)
class RowState:
    """Row hashes, the sample and the null pairs; without a hash for every row (`broken`) only the pairs are known."""

    EMPTY: ClassVar[RowState]

    distinct: DistinctState = DistinctState.EMPTY
    sample: RowSample = RowSample.EMPTY
    null_pairs: NullPairState = NullPairState.EMPTY
    broken: bool = False

    def add(
        self,
        frame: pl.DataFrame,
        measures: Mapping[int, Measures],
        kinds: Sequence[Kind],
        *,
        paired: frozenset[int],
        exact: bool,
    ) -> RowState:
        """Return the state after more rows, given as a physical frame; one that lacks a column breaks the hashes."""
        held = {place: column.held for place, column in measures.items() if column.held is not None and place in paired}
        pairs = self.null_pairs.combine(NullPairState.of(held))
        if self.broken or not all(place in measures for place in range(len(kinds))):
            return RowState(null_pairs=pairs, broken=True)
        try:
            return self._with_hashes(frame, measures, kinds, pairs, exact=exact)
        except Exception:  # noqa: BLE001 -- what is odd about a row never costs the table its columns
            return RowState(null_pairs=pairs, broken=True)

    def _with_hashes(
        self,
        frame: pl.DataFrame,
        measures: Mapping[int, Measures],
        kinds: Sequence[Kind],
        pairs: NullPairState,
        *,
        exact: bool,
    ) -> RowState:
        hashes = row_hashes(frame, measures)
        cut = self.distinct.cut
        low = hashes if cut is None else hashes[hashes < cut]
        capacity = None if exact else distinct.CAPACITY
        return replace(
            self,
            distinct=self.distinct.add(frequencies_of(low), capacity=capacity),
            sample=self.sample.add(frame, hashes, kinds),
            null_pairs=pairs,
        )

    def combine(self, other: RowState) -> RowState:
        """Merge with the state of other rows."""
        pairs = self.null_pairs.combine(other.null_pairs)
        if self.broken or other.broken:
            return RowState(null_pairs=pairs, broken=True)
        return RowState(self.distinct.combine(other.distinct), self.sample.combine(other.sample), pairs)

    @property
    def weights(self) -> NDArray[np.int64]:
        """How many rows each sampled row stands for."""
        return self.distinct.kept.counts[: len(self.sample.hashes)]

    @property
    def is_sample_complete(self) -> bool:
        """Whether the sample holds every row."""
        return self.distinct.cut is None and len(self.sample.hashes) == len(self.distinct.kept.hashes)

    def duplicates(self, row_count: int) -> DuplicateRows | None:
        """Return the duplicates among so many rows; None where the hashes are broken."""
        if self.broken:
            return None
        different = self.distinct.estimate_of(row_count)
        return DuplicateRows(
            distinct_count=different,
            duplicate_count=row_count - different,
            error_rows=ceil(self.distinct.error_ratio * different),
            repeated_ratio=self.distinct.repeated_ratio,
        )


RowState.EMPTY = RowState()
