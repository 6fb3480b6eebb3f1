"""The statistics of a boolean column: trues and falses, from which the rest follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.profile import Distinct, TopValue
from taskflow_profilemesh.profiling.truths import TruthState

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.family import Context
    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import ColumnProfile


@dataclass(frozen=True, slots=True)
class BooleanStatistics:
    """How often a column is true and false."""

    truths: TruthState = TruthState.EMPTY

    def add(self, measures: Measures, *, exact: bool) -> BooleanStatistics:  # noqa: ARG002 -- always exact
        """Return the statistics after one more batch."""
        true, cells = measures.true_count, measures.cells
        batch = TruthState(true_count=true, false_count=len(cells) - cells.null_count() - true)
        return BooleanStatistics(self.truths.combine(batch))

    def combine(self, other: BooleanStatistics) -> BooleanStatistics:
        """Merge with the statistics of other rows."""
        return BooleanStatistics(self.truths.combine(other.truths))

    def describe(self, profile: ColumnProfile, context: Context) -> ColumnProfile:  # noqa: ARG002 -- needs none
        """Fill in the count of trues and the frequencies of both."""
        counts = {"true": self.truths.true_count, "false": self.truths.false_count}
        seen = sorted((TopValue(value, count) for value, count in counts.items() if count), key=lambda top: -top.count)
        repeated = sum(top.count > 1 for top in seen) / len(seen) if seen else None
        distinct = Distinct(count=len(seen), top=tuple(seen), repeated_ratio=repeated)
        return replace(profile, true_count=self.truths.true_count, distinct=distinct)
