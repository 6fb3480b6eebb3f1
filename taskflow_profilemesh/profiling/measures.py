"""Measure a batch in physical types: one eager Polars select for all columns, whose results NumPy takes over.

Eager, because the lazy streaming engine costs more than it saves on batches (14.5 ms against 2.2 on 1,000 rows of 22
columns), and one select, because each call has its price. What is sketched is handed on as NumPy arrays, without copies
where there are no nulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.hashing import hash_texts
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.selection import select_by_column
from taskflow_profilemesh.profiling.wide_decimals import told_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDER_THAN_NUMPY: Final = (pl.Int128, pl.UInt128)
_TOO_WIDE: Final = "it holds whole numbers beyond 64 bits"
_FIRST_VISIBLE: Final = "!"
_LAST_ASCII: Final = "\x7f"


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What the statistics of one column need of a batch; the arrays are of the rows that hold a value."""

    cells: pl.Series  # the column itself, nulls included
    held: NDArray[np.bool_] | None = None  # which cells hold a value; None where all do
    cell_hashes: pl.Series | None = None  # of texts and bytes, one for every cell
    numbers: NDArray[Any] | None = None  # of numeric and temporal columns
    apart: NDArray[np.float64] | None = None  # of decimals that `numbers` do not tell apart: doubles that do
    hashes: NDArray[Any] | None = None  # of texts and bytes
    lengths: NDArray[Any] | None = None
    blank_count: int | None = None
    smallest: str | None = None
    largest: str | None = None
    true_count: int = 0


def measure(frame: pl.DataFrame, kinds: Sequence[Kind]) -> tuple[dict[int, Measures], dict[int, str]]:
    """Measure every column of a physical frame; return measures, and failures (why not), by schema place."""
    places = [int(name) for name in frame.columns]
    wanted = {
        place: _expressions(kinds[place], cells.name, cells.dtype, has_nulls=cells.has_nulls())
        for place, cells in zip(places, frame.get_columns(), strict=True)
    }
    row, failures = select_by_column(frame, wanted)
    found: dict[int, dict[str, Any]] = {place: {} for place in places if place not in failures}
    for column in row.get_columns():
        place, _, what = column.name.partition(" ")
        value = column[0]
        keep = what == "cell_hashes" or not isinstance(value, pl.Series)
        found[int(place)][what] = value if keep else value.to_numpy()
    failures |= _count_blanks(frame, found)
    failures = {place: _reason(name, frame.get_column(str(place)).dtype) for place, name in failures.items()}
    _keep_extremes_of_texts_proper(found, kinds)
    return {place: _measures(frame.get_column(str(place)), values) for place, values in found.items()}, failures


def _reason(error: str, dtype: pl.DataType) -> str:
    """Say why a column could not be measured: its error's type, or what is meant by that."""
    return _TOO_WIDE if dtype in _WIDER_THAN_NUMPY else f"{error} when it was measured"


def _count_blanks(frame: pl.DataFrame, found: dict[int, dict[str, Any]]) -> dict[int, str]:
    """Count texts of white space only, in the few columns that can hold any; a column that fails is left out.

    Such a text begins below "!" or beyond ASCII, and so then does the smallest or the largest of them.
    """
    wanted: dict[int, list[pl.Expr]] = {}
    for place, values in found.items():
        if "smallest" not in values:
            continue
        smallest, largest = values["smallest"], values["largest"]
        if smallest is not None and (smallest < _FIRST_VISIBLE or largest > _LAST_ASCII):
            wanted[place] = [_blank_count(pl.col(str(place)))]
        values["blank_count"] = 0
    row, failures = select_by_column(frame, wanted)
    for counted in row.get_columns():
        found[int(counted.name)]["blank_count"] = counted[0]
    for place in failures:
        del found[place]
    return failures


def _keep_extremes_of_texts_proper(found: dict[int, dict[str, Any]], kinds: Sequence[Kind]) -> None:
    """Forget those of documents and of other types, whose order is not that of the texts they came as."""
    for place, values in found.items():
        if kinds[place] is not Kind.TEXT:
            values.pop("smallest", None)
            values.pop("largest", None)


def _measures(cells: pl.Series, values: dict[str, Any]) -> Measures:
    cell_hashes: pl.Series | None = values.get("cell_hashes")
    if cell_hashes is None:
        apart = told_apart(cells, values["numbers"]) if cells.dtype.is_decimal() else None
        return Measures(cells, apart=apart, **values)
    hashes, held = cell_hashes.to_numpy(), values.get("held")
    return Measures(cells, hashes=hashes if held is None else hashes[held], **values)


@lru_cache(maxsize=4096)
def _expressions(kind: Kind, name: str, dtype: pl.DataType, *, has_nulls: bool) -> tuple[pl.Expr, ...]:
    """Return what to measure; remembered, since a small batch takes no longer to measure than to say what of it."""
    wanted = _wanted(kind, pl.col(name), dtype)
    if has_nulls:
        wanted["held"] = pl.col(name).is_not_null().implode()
    return tuple(expression.alias(f"{name} {what}") for what, expression in wanted.items())


def _wanted(kind: Kind, cells: pl.Expr, dtype: pl.DataType) -> dict[str, pl.Expr]:
    values = cells.drop_nulls()
    match kind:
        case Kind.BOOLEAN:
            return {"true_count": cells.sum()}
        case Kind.BINARY:
            return {"cell_hashes": hash_texts(cells).implode(), "lengths": values.bin.size().implode()}
        case Kind.TEXT | Kind.JSON | Kind.OTHER:
            return {
                "cell_hashes": hash_texts(cells).implode(),
                "lengths": values.str.len_chars().implode(),
                "smallest": cells.min(),
                "largest": cells.max(),
            }
        case _:
            return {"numbers": _for_numpy(values, dtype).implode()}


def _for_numpy(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_decimal():
        return values.cast(pl.Float64)
    return values.cast(pl.Int64) if dtype in _WIDER_THAN_NUMPY else values


def _blank_count(cells: pl.Expr) -> pl.Expr:
    possible = cells.filter((cells < _FIRST_VISIBLE) | (cells > _LAST_ASCII))
    return (possible.str.strip_chars() == "").sum()
