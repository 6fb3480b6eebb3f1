"""Which columns are null in the same rows: exact counts for every pair, and a plain sum when merged.

Each batch packs its null masks into bits, 64 rows to a word, and counts the common ones of two columns. The pairs of
the table's first 64 columns that may be null are counted, so that the work is bounded whatever the table's width.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from taskflow_profilemesh.profiling.facts import NullPair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.schema import TableSchema

COLUMNS: Final = 64
MOST_PAIRS: Final = 50

_WORD_BYTES: Final = 8
_SHIFT: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class NullPairState:
    """In how many rows two columns are both null, by left · 2³² + right: their places in the schema, left < right."""

    EMPTY: ClassVar[NullPairState]

    both: Mapping[int, int] = field(default_factory=dict)  # pairs that never were are left out

    @classmethod
    def of(cls, held: Mapping[int, NDArray[np.bool_]]) -> NullPairState:
        """Count the pairs in a batch, given which cells of a column hold a value; columns without nulls left out."""
        places = sorted(held)
        if len(places) < 2:  # noqa: PLR2004 -- a pair
            return cls.EMPTY
        words = np.stack([_words(~held[place]) for place in places])
        both: dict[int, int] = {}
        for row, place in enumerate(places[:-1]):
            common = np.bitwise_count(words[row] & words[row + 1 :]).sum(axis=1, dtype=np.int64).tolist()
            both |= {
                place * _SHIFT + other: count for other, count in zip(places[row + 1 :], common, strict=True) if count
            }
        return cls(both)

    def combine(self, other: NullPairState) -> NullPairState:
        """Add the counts of other rows."""
        both = dict(self.both)
        for pair, count in other.both.items():
            both[pair] = both.get(pair, 0) + count
        return NullPairState(both)

    def describe(self, names: Mapping[int, str], null_counts: Mapping[int, int]) -> tuple[NullPair, ...]:
        """Return the pairs of the named columns that overlap most, at most 50."""
        counted = ((*divmod(pair, _SHIFT), both) for pair, both in self.both.items())
        pairs = [
            NullPair(names[left], names[right], both, both / (null_counts[left] + null_counts[right] - both))
            for left, right, both in counted
            if left in names and right in names
        ]
        order = sorted(pairs, key=lambda pair: (-pair.overlap_ratio, -pair.both_count, pair.left, pair.right))
        return tuple(order[:MOST_PAIRS])


NullPairState.EMPTY = NullPairState()


def paired_columns(schema: TableSchema) -> frozenset[int]:
    """Return the places of the columns whose pairs are counted."""
    nullable = [place for place, column in enumerate(schema.columns) if column.nullable is not False]
    return frozenset(nullable[:COLUMNS])


def _words(nulls: NDArray[np.bool_]) -> NDArray[np.uint64]:
    packed = np.packbits(nulls)
    whole = np.zeros(-(-len(packed) // _WORD_BYTES) * _WORD_BYTES, np.uint8)
    whole[: len(packed)] = packed
    return whole.view(np.uint64)
