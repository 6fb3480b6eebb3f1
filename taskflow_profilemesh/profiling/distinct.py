"""How many different values there are: exact up to 4,096, then an estimate from the 4,096 smallest hashes.

The sketch of Bar-Yossef and others (2002) with the unbiased estimator of Beyer and others (2007): where the k + 1 st
smallest of D hashes lies at the share u of all possible hashes, D is estimated by k / u, with a relative standard error
of 1 / √(k - 1), which is 1.56 % for k = 4,096.

What is kept depends on nothing but the set of rows: whatever the partition and the order of merging, the state is the
same to the last bit. The counts of the kept hashes are exact too, since a hash among the smallest of all rows is among
the smallest of any part of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from taskflow_profilemesh.profiling.frequencies import NO_FREQUENCIES, Frequencies, add_counts
from taskflow_profilemesh.profiling.hashing import HASH_RANGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

CAPACITY: Final = 4096

_SIGMAS: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class DistinctState:
    """The smallest hashes with their counts, and the first hash that was left out (None while all are kept)."""

    EMPTY: ClassVar[DistinctState]

    kept: Frequencies = NO_FREQUENCIES  # hashes ascending
    cut: int | None = None

    @classmethod
    def of(cls, frequencies: Frequencies, *, capacity: int | None = CAPACITY) -> DistinctState:
        """Keep the smallest hashes of a batch; all of them where capacity is None."""
        return cls.EMPTY.add(frequencies, capacity=capacity)

    def add(self, frequencies: Frequencies, *, capacity: int | None = CAPACITY) -> DistinctState:
        """Return the state after more rows."""
        frequencies = _smallest(_below(frequencies, self.cut), capacity)
        if not len(frequencies.hashes):
            return self
        merged = add_counts(self.kept, frequencies)
        if capacity is None or len(merged.hashes) <= capacity:
            return DistinctState(merged, self.cut)
        smallest = Frequencies(merged.hashes[:capacity], merged.counts[:capacity])
        return DistinctState(smallest, int(merged.hashes[capacity]))

    def combine(self, other: DistinctState) -> DistinctState:
        """Merge with the state of other rows."""
        cut = min((state.cut for state in (self, other) if state.cut is not None), default=None)
        return DistinctState(_below(self.kept, cut), cut).add(_below(other.kept, cut))

    @property
    def estimate(self) -> int:
        """How many different values there are: exact while `error_ratio` is 0."""
        if self.cut is None:
            return len(self.kept.hashes)
        return max(round(len(self.kept.hashes) * HASH_RANGE / self.cut), len(self.kept.hashes) + 1)

    def estimate_of(self, value_count: int) -> int:
        """Return how many different values are among so many; all of them, where that is within the error.

        All of them means: no hash that was kept occurred twice, and there are no more values than the estimate allows.
        """
        estimate = min(self.estimate, value_count)
        if estimate * (1 + self.error_ratio) >= value_count and not self.repeated_ratio:
            return value_count
        return estimate

    @property
    def repeated_ratio(self) -> float | None:
        """Share (0 to 1) of the kept values that occur more than once; None without values.

        The kept ones are drawn from all different values without regard to how often they occur. Where they are not
        all, three standard errors are 3 √(p (1 - p) / 4,096); of a share that is found to be 0, it is at most 0.15 %
        with a probability of 99.7 %.
        """
        counts = self.kept.counts
        return int(np.count_nonzero(counts > 1)) / len(counts) if len(counts) else None

    @property
    def error_ratio(self) -> float:
        """Three standard errors of the estimate, as a share of it; 0 where it is exact."""
        return 0.0 if self.cut is None else _SIGMAS / math.sqrt(len(self.kept.hashes) - 1)


DistinctState.EMPTY = DistinctState()


def _smallest(frequencies: Frequencies, capacity: int | None) -> Frequencies:
    """Leave out hashes that are surely not among the `capacity` + 1 smallest, so that fewer need sorting."""
    if capacity is None or len(frequencies.hashes) <= 2 * capacity:
        return frequencies
    largest = np.partition(frequencies.hashes, capacity)[capacity]
    low = frequencies.hashes <= largest
    return Frequencies(frequencies.hashes[low], frequencies.counts[low])


def _below(frequencies: Frequencies, cut: int | None) -> Frequencies:
    if cut is None:
        return frequencies
    low: NDArray[np.bool_] = frequencies.hashes < np.uint64(cut)
    return Frequencies(frequencies.hashes[low], frequencies.counts[low])
