"""Measure a batch in physical types: one eager Polars select for all columns, whose results NumPy takes over.

Eager, because the lazy streaming engine costs more than it saves on batches (14.5 ms against 2.2 on 1,000 rows of 22
columns), and one select, because each call has its price. What is sketched is handed on as NumPy arrays, without copies
where there are no nulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.hashing import hash_texts
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.selection import select_by_column

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDER_THAN_NUMPY: Final = (pl.Int128, pl.UInt128)


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What the statistics of one column need of a batch; the arrays are of the rows that hold a value."""

    cells: pl.Series  # the column itself, nulls included
    numbers: NDArray[Any] | None = None  # of numeric and temporal columns
    hashes: NDArray[Any] | None = None  # of texts and bytes
    lengths: NDArray[Any] | None = None
    blank_count: int | None = None
    smallest: str | None = None
    largest: str | None = None
    true_count: int = 0


def measure(frame: pl.DataFrame, kinds: Sequence[Kind]) -> tuple[dict[int, Measures], dict[int, str]]:
    """Measure every column of a physical frame; return measures, and failures (the error's type), by schema place."""
    places = [int(name) for name in frame.columns]
    row, failures = select_by_column(
        frame, {place: _expressions(place, kinds[place], frame.dtypes[at]) for at, place in enumerate(places)}
    )
    found: dict[int, dict[str, Any]] = {place: {} for place in places if place not in failures}
    for column in row.get_columns():
        place, _, what = column.name.partition(" ")
        value = column[0]
        found[int(place)][what] = value.to_numpy() if isinstance(value, pl.Series) else value
    measured = {place: Measures(cells=frame.get_column(str(place)), **values) for place, values in found.items()}
    return measured, failures


def _expressions(place: int, kind: Kind, dtype: pl.DataType) -> list[pl.Expr]:
    cells = pl.col(str(place))
    values = cells.drop_nulls()
    wanted: dict[str, pl.Expr]
    match kind:
        case Kind.BOOLEAN:
            wanted = {"true_count": cells.sum()}
        case Kind.BINARY:
            wanted = {"hashes": hash_texts(values).implode(), "lengths": values.bin.size().implode()}
        case Kind.TEXT | Kind.JSON | Kind.OTHER:
            wanted = {
                "hashes": hash_texts(values).implode(),
                "lengths": values.str.len_chars().implode(),
                "blank_count": _blank_count(cells),
            }
            if kind is Kind.TEXT:
                wanted |= {"smallest": cells.min(), "largest": cells.max()}
        case _:
            wanted = {"numbers": _for_numpy(values, dtype).implode()}
    return [expression.alias(f"{place} {what}") for what, expression in wanted.items()]


def _for_numpy(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_decimal():
        return values.cast(pl.Float64)
    return values.cast(pl.Int64) if dtype in _WIDER_THAN_NUMPY else values


def _blank_count(cells: pl.Expr) -> pl.Expr:
    """Count texts of white space only: they begin below "!" or beyond ASCII, a sieve that saves four fifths."""
    possible = cells.filter((cells < "!") | (cells > "\x7f"))
    return (possible.str.strip_chars() == "").sum()
