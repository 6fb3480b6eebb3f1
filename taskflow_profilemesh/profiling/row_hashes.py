"""One 64-bit hash for every row, over all of its columns: what duplicate rows and the sample of rows stand on.

Polars' own row hash over canonical columns: integers as Int64 (an unsigned one by its bits, as `hash_numbers` does),
-0.0 as 0.0 and all NaN alike, texts and bytes by the hash that their column was given anyway. Like that hash it is the
same in every process of one Polars version; see `HASH_STAMP`. Two different rows share a hash with odds of 1 to 2⁶⁴.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from taskflow_profilemesh.profiling.hashing import HASH_SEED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.measures import Measures


def row_hashes(frame: pl.DataFrame, measures: Mapping[int, Measures]) -> NDArray[np.uint64]:
    """Hash every row of a physical frame, whose columns were all measured."""
    if not frame.width or not frame.height:
        return np.empty(0, np.uint64)
    columns = [_canonical(cells, measures[int(cells.name)].cell_hashes) for cells in frame.get_columns()]
    hashes: NDArray[np.uint64] = pl.DataFrame(columns).hash_rows(HASH_SEED).to_numpy()
    return hashes


def _canonical(cells: pl.Series, hashes: pl.Series | None) -> pl.Series:
    if hashes is not None:
        return hashes.alias(cells.name)
    if cells.dtype.is_decimal():  # as doubles, as which the same number came where the column's digits were too many
        return cells.cast(pl.Float64)
    if cells.dtype == pl.UInt64:
        return cells.reinterpret(signed=True)
    return cells.cast(pl.Int64) if cells.dtype.is_integer() and cells.dtype != pl.Int64 else cells
