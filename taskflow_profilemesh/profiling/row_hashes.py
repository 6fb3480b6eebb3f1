"""One 64-bit hash for every row, over all of its columns: what duplicate rows and the sample of rows stand on.

Polars' own row hash over canonical columns: integers as Int64 (an unsigned one by its bits, as `hash_numbers` does),
-0.0 as 0.0 and all NaN alike, texts and bytes by the hash that their column was given anyway. Like that hash it is the
same in every process of one Polars version; see `HASH_STAMP`. Two different rows share a hash with odds of 1 to 2⁶⁴.

It is mixed once more, by a bijection, because Polars' own is not spread evenly where the last column is a Boolean: the
smallest hashes lay a fifth too far apart, which is twelve standard errors of a count of different rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from taskflow_profilemesh.profiling.hashing import HASH_SEED, hash_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.measures import Measures


def row_hashes(frame: pl.DataFrame, measures: Mapping[int, Measures]) -> NDArray[np.uint64]:
    """Hash every row of a physical frame, whose columns were all measured."""
    if not frame.width or not frame.height:
        return np.empty(0, np.uint64)
    columns = [_canonical(cells, measures[int(cells.name)]) for cells in frame.get_columns()]
    return hash_numbers(pl.DataFrame(columns).hash_rows(HASH_SEED).to_numpy())


def _canonical(cells: pl.Series, measured: Measures) -> pl.Series:
    if measured.cell_hashes is not None:
        return measured.cell_hashes.alias(cells.name)
    if cells.dtype.is_decimal():  # as doubles, as which the same number came where the column's digits were too many
        return cells.cast(pl.Float64) if measured.apart is None else _spread(cells, measured.apart)
    if cells.dtype == pl.UInt64:
        return cells.reinterpret(signed=True)
    return cells.cast(pl.Int64) if cells.dtype.is_integer() and cells.dtype != pl.Int64 else cells


def _spread(cells: pl.Series, doubles: NDArray[np.float64]) -> pl.Series:
    """Return the doubles of the cells that hold a value, in their places among the others."""
    held = cells.is_not_null()
    places = held.cum_sum().to_numpy().astype(np.int64) - 1
    return pl.Series(cells.name, doubles[places.clip(0)]).set(~held, None)
