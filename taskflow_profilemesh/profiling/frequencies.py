"""Count how often each value of a batch occurs, by hash: what the distinct and the frequency sketch are fed with.

It stands alone because both sketches, and both families of columns (numbers and texts), need the same three steps:
find runs in sorted values, add two lists of counts, and find a row that holds a wanted hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.scalars import LONGEST_TEXT

if TYPE_CHECKING:
    import polars as pl

_BUCKET_BITS: Final = 16
_FEW: Final = 64
_SHORT: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Frequencies:
    """The different hashes of a batch, in any order, and how many rows hold each."""

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]


def by_hash(frequencies: Frequencies) -> Frequencies:
    """Return the same with ascending hashes."""
    order = frequencies.hashes.argsort()
    return Frequencies(frequencies.hashes[order], frequencies.counts[order])


NO_FREQUENCIES: Final = Frequencies(np.empty(0, np.uint64), np.empty(0, np.int64))


def runs(ordered: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each run of equal values starts in sorted values, and how long it is."""
    if not len(ordered):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    changes = (ordered[1:] != ordered[:-1]).nonzero()[0]
    starts = np.zeros(len(changes) + 1, np.int64)
    np.add(changes, 1, out=starts[1:])
    counts = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=counts[:-1])
    counts[-1] = len(ordered) - starts[-1]
    return starts, counts


def counted(ordered: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return each different one of sorted values, and how often it occurs."""
    starts, counts = runs(ordered)
    return ordered if len(starts) == len(ordered) else ordered[starts], counts


def frequencies_of(hashes: NDArray[np.uint64]) -> Frequencies:
    """Count the hashes of rows."""
    return Frequencies(*counted(np.sort(hashes)))


def add_counts(left: Frequencies, right: Frequencies) -> Frequencies:
    """Add the counts of equal hashes; the result's hashes ascend."""
    if not len(left.hashes) and (right.hashes[1:] > right.hashes[:-1]).all():
        return right
    hashes = np.concatenate([left.hashes, right.hashes])
    order = hashes.argsort()
    hashes = hashes[order]
    starts, _ = runs(hashes)
    if not len(starts):
        return Frequencies(hashes, np.empty(0, np.int64))
    counts = np.concatenate([left.counts, right.counts])[order]
    return Frequencies(hashes[starts], np.add.reduceat(counts, starts))


def read_texts(
    wanted: NDArray[np.uint64], *, hashes: NDArray[np.uint64], texts: pl.Series, held: NDArray[np.bool_] | None
) -> dict[int, str]:
    """Return the text behind each wanted hash that occurs, capped at 256 characters.

    `wanted` ascends; `hashes` are of the non-null rows of `texts`, in their order, which `held` tells (None: all).
    """
    if not len(wanted):
        return {}
    rows = _possible(wanted, hashes)
    places = np.minimum(wanted.searchsorted(hashes[rows]), len(wanted) - 1)
    hit = wanted[places] == hashes[rows]
    found = np.full(len(wanted), -1, np.int64)
    found[places[hit]] = rows[hit]
    present = found >= 0
    places = found[present]
    if held is not None:
        places = np.flatnonzero(held)[places]
    read = (text[:LONGEST_TEXT] for text in _at(texts, places))
    return dict(zip(wanted[present].tolist(), read, strict=True))


def _at(texts: pl.Series, places: NDArray[np.int64]) -> list[str]:
    """Return the texts at the places; a few one by one, since a gather costs as much as about a hundred of them."""
    if len(places) <= _FEW:
        return [texts[place] for place in places.tolist()]
    gathered: list[str] = texts[places].to_list()
    return gathered


def _possible(wanted: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the rows that may hold a wanted hash: in all but short batches a cheap sieve leaves out most others."""
    if len(hashes) < _SHORT:
        return np.arange(len(hashes))
    shift = np.uint64(64 - _BUCKET_BITS)
    buckets = np.zeros(1 << _BUCKET_BITS, np.bool_)
    buckets[wanted >> shift] = True
    return np.flatnonzero(buckets[hashes >> shift])
