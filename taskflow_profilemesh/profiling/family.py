"""What the families of columns (numbers, texts, booleans) have in common: statistics that add, merge and describe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self

from taskflow_profilemesh.profiling.profile import DecimalTotals, JsonKeys, Looks, Monotonicity

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import ColumnProfile


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a column beside its values."""

    aware: bool = False  # datetimes that have a time zone
    decimals: DecimalTotals | None = None  # what the database says of a decimal column
    now: datetime | None = None  # aware; None: nobody said when it is
    monotonicity: Monotonicity | None = None
    looks: Looks | None = None
    json_keys: JsonKeys | None = None


class Statistics(Protocol):
    """All statistics of one column but its counts of rows and nulls; a value, never changed in place."""

    def add(self, measures: Measures, *, exact: bool) -> Self:
        """Return the statistics after one more batch; `exact` keeps everything, for columns that fit into memory."""
        ...

    def combine(self, other: Self) -> Self:
        """Merge with the statistics of other rows."""
        ...

    def describe(self, profile: ColumnProfile, context: Context) -> ColumnProfile:
        """Return the profile with the groups that this family knows filled in."""
        ...
