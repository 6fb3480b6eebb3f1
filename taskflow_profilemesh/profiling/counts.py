"""How many rows were seen and how many of them are null: exact, and a plain sum when merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CountState:
    """Rows and nulls of one column."""

    EMPTY: ClassVar[CountState]

    row_count: int = 0
    null_count: int = 0

    @property
    def value_count(self) -> int:
        """Rows that hold a value."""
        return self.row_count - self.null_count

    def combine(self, other: CountState) -> CountState:
        """Add the counts of other rows."""
        return CountState(self.row_count + other.row_count, self.null_count + other.null_count)


CountState.EMPTY = CountState()
