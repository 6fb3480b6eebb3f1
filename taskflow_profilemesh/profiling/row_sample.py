"""A sample of the rows that no split, no order and no size of batches can change: the 1,024 with the smallest hashes.

Bottom-k sampling (Cohen and Kaplan, 2007): hashes are as good as random numbers, so the different rows with the
smallest ones are drawn from all different rows at random and without replacement, and a row that is among the smallest
of all is among the smallest of its part. Equal rows are drawn together; how often a drawn row occurs is known exactly
from the distinct state beside it, which keeps the same hashes.

What is kept, and of what. Of each drawn row its numbers, as doubles. Of the texts of the first 256 rows the semantic
type, of the first 64 the form without its letters and digits; of the JSON documents of the first 128 the keys at the
top. Texts and documents themselves are looked at and forgotten; dates, booleans and bytes are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.json_keys import top_keys
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.semantic_types import NULL, type_codes
from taskflow_profilemesh.profiling.shapes import shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Keys = tuple[str, ...] | None  # None: no object, or not readable

ROWS: Final = 1024
TYPED_ROWS: Final = 256
SHAPED_ROWS: Final = 64
DOCUMENTS: Final = 128

NUMBERS: Final = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL})
TEXTS: Final = frozenset({Kind.TEXT, Kind.OTHER})
DOCUMENT_KINDS: Final = frozenset({Kind.JSON})

CellT = TypeVar("CellT")


@dataclass(frozen=True, slots=True, eq=False)
class RowSample:
    """The drawn rows by ascending hash; the columns of each group are those of its kinds, in the schema's order."""

    EMPTY: ClassVar[RowSample]

    hashes: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    numbers: NDArray[np.float64] = field(
        default_factory=lambda: np.empty((0, 0), np.float64)
    )  # rows × columns; NaN stands for null, too
    types: NDArray[np.uint8] = field(
        default_factory=lambda: np.empty((0, 0), np.uint8)
    )  # codes of semantic types, rows × columns
    shapes: tuple[tuple[str | None, ...], ...] = ()  # rows of columns; None stands for null
    keys: tuple[tuple[Keys | str, ...], ...] = ()  # rows of columns; an empty text stands for null

    @classmethod
    def of(cls, frame: pl.DataFrame, hashes: NDArray[np.uint64], kinds: Sequence[Kind]) -> RowSample:
        """Draw from a physical frame that has all columns, with a hash for each of its rows."""
        return cls.EMPTY.add(frame, hashes, kinds)

    def add(self, frame: pl.DataFrame, hashes: NDArray[np.uint64], kinds: Sequence[Kind]) -> RowSample:
        """Return the sample after more rows."""
        rows = np.arange(len(hashes))
        if len(self.hashes) >= ROWS:
            rows = np.flatnonzero(hashes < self.hashes[-1])
        drawn, first = np.unique(hashes[rows], return_index=True)
        if not len(drawn):
            return self
        drawn = drawn[:ROWS]
        depth = _Depth(*(self._lower(drawn, most) for most in (TYPED_ROWS, SHAPED_ROWS, DOCUMENTS)))
        return self.combine(_drawn(frame, drawn, rows[first[:ROWS]], kinds, depth))

    def combine(self, other: RowSample) -> RowSample:
        """Merge with the sample of other rows."""
        if not len(self.hashes) or not len(other.hashes):
            return self if len(self.hashes) else other
        hashes, first = np.unique(np.concatenate([self.hashes, other.hashes]), return_index=True)
        places = first[:ROWS]
        own = len(self.hashes)
        return RowSample(
            hashes=hashes[:ROWS],
            numbers=np.concatenate([self.numbers, other.numbers])[places],
            types=np.concatenate([self.types, other.types])[_within(places, TYPED_ROWS, own, len(self.types))],
            shapes=_chosen(self.shapes, other.shapes, _within(places, SHAPED_ROWS, own, len(self.shapes))),
            keys=_chosen(self.keys, other.keys, _within(places, DOCUMENTS, own, len(self.keys))),
        )

    def _lower(self, drawn: NDArray[np.uint64], most: int) -> int:
        """Return how many of the drawn hashes (ascending) can be among the first `most` of the merged sample."""
        if len(self.hashes) < most:
            return min(len(drawn), most)
        return min(int(drawn.searchsorted(self.hashes[most - 1])), most)


RowSample.EMPTY = RowSample()


class _Depth(NamedTuple):
    """Of how many of the drawn rows something is looked at."""

    typed: int
    shaped: int
    documents: int


def _drawn(
    frame: pl.DataFrame, hashes: NDArray[np.uint64], rows: NDArray[np.int64], kinds: Sequence[Kind], depth: _Depth
) -> RowSample:
    texts = _texts(frame, _names(kinds, TEXTS), rows[: depth.typed])
    documents = _texts(frame, _names(kinds, DOCUMENT_KINDS), rows[: depth.documents])
    return RowSample(
        hashes=hashes,
        numbers=_numbers(frame, _names(kinds, NUMBERS), rows),
        types=_by_column([_each(type_codes, column, null=NULL) for column in texts], depth.typed),
        shapes=_by_row([_each(shapes, column[: depth.shaped], null=None) for column in texts]),
        keys=_by_row([_each(_keys, column, null="") for column in documents]),
    )


def _keys(texts: Sequence[str]) -> list[Keys | str]:
    return [top_keys(text) for text in texts]


def _each(look: Callable[[Sequence[str]], Sequence[CellT]], texts: list[str | None], *, null: CellT) -> list[CellT]:
    """Look at all texts that there are, at equal ones once."""
    different = [text for text in set(texts) if text is not None]
    seen: dict[str | None, CellT] = {None: null}
    seen.update(zip(different, look(different) if different else (), strict=True))
    return [seen[text] for text in texts]


def _names(kinds: Sequence[Kind], wanted: frozenset[Kind]) -> list[str]:
    return [str(place) for place, kind in enumerate(kinds) if kind in wanted]


def _numbers(frame: pl.DataFrame, names: list[str], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    if not names:
        return np.empty((len(rows), 0), np.float64)
    drawn = frame[names][rows].get_columns()
    numbers: NDArray[np.float64] = pl.DataFrame([cells.cast(pl.Float64) for cells in drawn]).to_numpy()
    return numbers + 0.0  # -0.0 and 0.0 are one number


def _texts(frame: pl.DataFrame, names: list[str], rows: NDArray[np.int64]) -> list[list[str | None]]:
    """Return the rows' texts, column by column."""
    if not len(rows):
        return [[] for _ in names]
    return [cells.to_list() for cells in frame[names][rows].get_columns()] if names else []


def _by_column(codes: list[list[int]], rows: int) -> NDArray[np.uint8]:
    return np.array(codes, np.uint8).reshape(len(codes), rows).T


def _by_row(columns: list[list[CellT]]) -> tuple[tuple[CellT, ...], ...]:
    return tuple(zip(*columns, strict=True))


def _within(places: NDArray[np.int64], most: int, own_rows: int, own_kept: int) -> NDArray[np.int64]:
    """Return where the first rows of a merged sample stand in a group that both parts kept fewer rows of.

    A row that is among the first of both parts together is among the first of its own part.
    """
    first = places[:most]
    return np.where(first < own_rows, first, first - own_rows + own_kept)


def _chosen(left: tuple[CellT, ...], right: tuple[CellT, ...], places: NDArray[np.int64]) -> tuple[CellT, ...]:
    both = left + right
    return tuple(both[place] for place in places.tolist()) if both else ()
