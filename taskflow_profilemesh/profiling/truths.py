"""How often a boolean is true and false: exact, and a plain sum when merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class TruthState:
    """Trues and falses of one column."""

    EMPTY: ClassVar[TruthState]

    true_count: int = 0
    false_count: int = 0

    def combine(self, other: TruthState) -> TruthState:
        """Add the counts of other rows."""
        return TruthState(self.true_count + other.true_count, self.false_count + other.false_count)


TruthState.EMPTY = TruthState()
