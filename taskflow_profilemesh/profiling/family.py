"""What the families of columns (numbers, texts, booleans) have in common: statistics that add, merge and describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import ColumnProfile, DecimalTotals


class Statistics(Protocol):
    """All statistics of one column but its counts of rows and nulls; a value, never changed in place."""

    def add(self, measures: Measures, *, exact: bool) -> Self:
        """Return the statistics after one more batch; `exact` keeps everything, for columns that fit into memory."""
        ...

    def combine(self, other: Self) -> Self:
        """Merge with the statistics of other rows."""
        ...

    def describe(self, profile: ColumnProfile, *, aware: bool, decimals: DecimalTotals | None) -> ColumnProfile:
        """Return the profile with the groups that this family knows filled in."""
        ...
