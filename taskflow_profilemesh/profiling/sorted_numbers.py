"""A batch of numbers, sorted once: extremes, special values, moments, ranks and frequencies all read it from here.

One NumPy sort replaces five passes, and columns with few different values become cheap everywhere behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.frequencies import Frequencies, counted
from taskflow_profilemesh.profiling.hashing import hash_numbers


@dataclass(frozen=True, slots=True, eq=False)
class SortedNumbers:
    """The finite numbers ascending, each different one with its count, and how many were not finite.

    -0.0 is 0.0 here.
    """

    values: NDArray[Any]
    unique: NDArray[Any]
    counts: NDArray[np.int64]
    minus_infinity_count: int = 0
    infinity_count: int = 0
    nan_count: int = 0

    @classmethod
    def of(cls, numbers: NDArray[Any]) -> SortedNumbers:
        """Sort numbers (integers or floats without nulls) in any order."""
        if numbers.dtype.kind != "f":
            ordered = np.sort(numbers)
            return cls(ordered, *counted(ordered))
        ordered = numbers + 0.0
        ordered.sort()
        if len(ordered) and ordered[0] > -np.inf and ordered[-1] < np.inf:  # no NaN either: it would be the last
            return cls(ordered, *counted(ordered))
        first = int(np.searchsorted(ordered, -np.inf, side="right"))
        last, end = np.searchsorted(ordered, [np.inf, np.nan]).tolist()
        finite = ordered[first:last]
        return cls(finite, *counted(finite), first, end - last, len(ordered) - end)

    def frequencies(self) -> Frequencies:
        """Count every number by its hash; each infinity is a value, and all NaN together are one."""
        specials = (self.minus_infinity_count, self.infinity_count, self.nan_count)
        if not any(specials):
            return Frequencies(hash_numbers(self.unique), self.counts)
        special = np.array(specials, np.int64)
        present = special > 0
        unique = np.concatenate([self.unique, np.array([-np.inf, np.inf, np.nan])[present]])
        return Frequencies(hash_numbers(unique), np.concatenate([self.counts, special[present]]))


def integer_distances(numbers: SortedNumbers) -> NDArray[np.uint64]:
    """Return how far each different integer lies above the smallest, exact in any width: wrapping is undone."""
    wrapped = numbers.unique - numbers.unique[0]
    distances: NDArray[np.uint64] = wrapped.view(f"u{wrapped.dtype.itemsize}").astype(np.uint64, copy=False)
    return distances
