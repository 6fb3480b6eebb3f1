"""Zeros, negative numbers, NaN and the infinities: exact counts, a plain sum when merged.

-∞ counts as infinite, not as negative: zeros and negatives are counted among the finite numbers, of which mean,
extremes and quantiles speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers


@dataclass(frozen=True, slots=True)
class SpecialValueState:
    """Counts of the numbers that deserve a word of their own."""

    EMPTY: ClassVar[SpecialValueState]

    zero_count: int = 0
    negative_count: int = 0
    nan_count: int = 0
    infinite_count: int = 0

    @classmethod
    def of(cls, numbers: SortedNumbers) -> SpecialValueState:
        """Count them in a batch."""
        if len(numbers.values) and numbers.values[0] > 0:  # as in most columns
            negative = up_to_zero = 0
        else:
            negative = int(np.searchsorted(numbers.values, 0, side="left"))
            up_to_zero = int(np.searchsorted(numbers.values, 0, side="right"))
        return cls(
            zero_count=up_to_zero - negative,
            negative_count=negative,
            nan_count=numbers.nan_count,
            infinite_count=numbers.minus_infinity_count + numbers.infinity_count,
        )

    def combine(self, other: SpecialValueState) -> SpecialValueState:
        """Add the counts of other rows."""
        return SpecialValueState(
            zero_count=self.zero_count + other.zero_count,
            negative_count=self.negative_count + other.negative_count,
            nan_count=self.nan_count + other.nan_count,
            infinite_count=self.infinite_count + other.infinite_count,
        )


SpecialValueState.EMPTY = SpecialValueState()
