"""The sum of an integer column: exact, whatever its size.

A sum in 64 bits wraps without a word (eight values of 2⁶¹ suffice). Here each number's distance from the batch's
smallest is split into two halves of 32 bits, whose weighted sums fit into 64 bits for up to 2³¹ rows a batch, and the
parts are put together as Python integers, which have no end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from taskflow_profilemesh.profiling.sorted_numbers import integer_distances

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers

_HALF_BITS: Final = 32
_LOW_HALF: Final = np.uint64(2**_HALF_BITS - 1)


@dataclass(frozen=True, slots=True)
class TotalState:
    """The exact sum of integers."""

    EMPTY: ClassVar[TotalState]

    total: int = 0

    @classmethod
    def of(cls, numbers: SortedNumbers) -> TotalState:
        """Add up a batch of integers."""
        if not len(numbers.unique):
            return cls.EMPTY
        counts = numbers.counts.astype(np.uint64)
        distances = integer_distances(numbers)
        low = int(np.dot(distances & _LOW_HALF, counts))
        high = int(np.dot(distances >> np.uint64(_HALF_BITS), counts))
        return cls(int(numbers.unique[0]) * len(numbers.values) + low + (high << _HALF_BITS))

    def combine(self, other: TotalState) -> TotalState:
        """Add the sum of other rows."""
        return TotalState(self.total + other.total)


TotalState.EMPTY = TotalState()
