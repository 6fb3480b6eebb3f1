"""The most frequent values: exact up to 4,096 different ones, then counts that are too low by a known number of rows.

The summary of Misra and Gries (1982), merged as Agarwal and others (2012, "Mergeable Summaries") prove: when more than
k = 4,096 counters are needed, the k + 1 st largest count is taken off all of them, and off the promise too. The
error stays at most n / (k + 1) of n rows, over any tree of merges.

Texts behind the hashes are remembered (numbers are read back from theirs): all of them while the summary is exact, then
those of the 256 largest counters, which covers every value that holds more than 1/256 of the rows of each part merged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.frequencies import NO_FREQUENCIES, Frequencies, add_counts
from taskflow_profilemesh.profiling.top_values import MOST_VALUES, tellable

CAPACITY: Final = 4096
REMEMBERED: Final = 256

ReadTexts = Callable[[NDArray[np.uint64]], dict[int, str]]  # the texts behind ascending hashes, as far as known


@dataclass(frozen=True, slots=True, eq=False)
class HeavyHitterState:
    """Counters of the frequent hashes (ascending), their texts, and by how much any count may be too low."""

    EMPTY: ClassVar[HeavyHitterState]

    kept: Frequencies = NO_FREQUENCIES
    texts: Mapping[int, str] = field(default_factory=dict)
    error_rows: int = 0

    @classmethod
    def of(
        cls, frequencies: Frequencies, *, read: ReadTexts | None = None, capacity: int | None = CAPACITY
    ) -> HeavyHitterState:
        """Summarise a batch; without loss where capacity is None."""
        return cls.EMPTY.add(frequencies, read=read, capacity=capacity)

    def add(
        self, frequencies: Frequencies, *, read: ReadTexts | None = None, capacity: int | None = CAPACITY
    ) -> HeavyHitterState:
        """Return the state after more rows; `read` finds the texts behind their hashes (None: they are numbers)."""
        batch, batch_error = _reduced(frequencies, capacity)
        merged, merge_error = _reduced(add_counts(self.kept, batch), capacity)
        error = self.error_rows + batch_error + merge_error
        if read is None:
            return HeavyHitterState(merged, {}, error)
        if not error and capacity is not None and len(merged.hashes) == len(self.kept.hashes):
            return HeavyHitterState(merged, self.texts, error)  # only known values: nothing to read
        worthy = _worth_remembering(merged, error, capacity)
        missing = [hash_ for hash_ in worthy.tolist() if hash_ not in self.texts]
        known = {**self.texts, **read(np.array(missing, np.uint64))}
        return HeavyHitterState(merged, _only(known, worthy), error)

    def combine(self, other: HeavyHitterState) -> HeavyHitterState:
        """Merge with the summary of other rows."""
        merged, merge_error = _reduced(add_counts(self.kept, other.kept), CAPACITY)
        error = self.error_rows + other.error_rows + merge_error
        texts = _only({**self.texts, **other.texts}, _worth_remembering(merged, error, CAPACITY))
        return HeavyHitterState(merged, texts, error)

    def most_frequent(self, most: int) -> Frequencies:
        """Return the largest counters, the largest first; of equal ones the smaller hash, which no split can change."""
        order = _largest(self.kept.counts, most)
        return Frequencies(self.kept.hashes[order], self.kept.counts[order])


HeavyHitterState.EMPTY = HeavyHitterState()


def _reduced(frequencies: Frequencies, capacity: int | None) -> tuple[Frequencies, int]:
    """Take the k + 1 st largest count off all counters, so that at most k remain; return it beside them."""
    if capacity is None or len(frequencies.counts) <= capacity:
        return frequencies, 0
    taken = _largest_but(capacity, frequencies.counts)
    kept = frequencies.counts > taken
    return Frequencies(frequencies.hashes[kept], frequencies.counts[kept] - taken), taken


def _largest_but(most: int, counts: NDArray[np.int64]) -> int:
    """Return the count that `most` others are at least as large as; there are more counts than that.

    A count of 1, which most values of a column without repetition have, is known without partitioning.
    """
    repeated = counts[counts > 1]
    if len(repeated) <= most:
        return 1
    place = len(repeated) - most - 1
    return int(np.partition(repeated, place)[place])


def _worth_remembering(frequencies: Frequencies, error_rows: int, capacity: int | None) -> NDArray[np.uint64]:
    """Return the hashes, ascending, whose texts are kept: without a capacity nothing is merged, only shown."""
    if capacity is None:
        order = _largest(frequencies.counts, MOST_VALUES)
        frequent = Frequencies(frequencies.hashes[order], frequencies.counts[order])
        return np.sort(tellable(frequent, different=len(frequencies.hashes)).hashes)
    if not error_rows and len(frequencies.hashes) <= CAPACITY:
        return frequencies.hashes
    return np.sort(frequencies.hashes[_largest(frequencies.counts, REMEMBERED)])


def _largest(counts: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return the places of the largest counts, the largest first, of equal ones the earlier."""
    if len(counts) <= most:
        return np.argsort(-counts, kind="stable")
    if (most_rows := counts.max()) == 1:  # a column without repetition
        return np.arange(most)
    least = np.partition(counts, len(counts) - most)[len(counts) - most]
    places = np.flatnonzero(counts >= least)
    if most_rows == least:
        return places[:most]
    return places[np.argsort(-counts[places], kind="stable")][:most]


def _only(texts: Mapping[int, str], hashes: NDArray[np.uint64]) -> dict[int, str]:
    return {hash_: texts[hash_] for hash_ in hashes.tolist() if hash_ in texts}
