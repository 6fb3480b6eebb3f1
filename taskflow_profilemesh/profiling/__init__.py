"""The pure core: batches of rows in, a profile out. Polars, NumPy and the standard library only.

Start reading at `table.py` (the accumulator of one table) or at `profile.py` (what comes out).

- `schema`, `profile`: the values that other rooms see. `table`, `columns`: which rows are kept, which column has what.
- `number_column`, `text_column`, `boolean_column`: the statistics of each family, behind the protocol in `family`.
- One statistic a file, each a value that merges: `counts`, `extremes`, `special_values`, `moments`, `totals`,
  `distinct`, `heavy_hitters`, `ranks`, `lengths`, `truths`, `order`; of whole rows (`rows`): `null_pairs`,
  `row_sample`; of Airbyte's own columns: `sync_signals`.
- On the way in: `physical` (types), `selection` and `measures` (one Polars select a batch), `sorted_numbers`,
  `frequencies`, `hashing`, `row_hashes`. On the way out: `cumulative`, `time_span`, `top_values`, `scalars`, and from
  the sample of rows `correlations`, `looking` (`semantic_types`, `shapes`, `json_keys`).
- What comes out, beside `profile`: `facts` (of the table), `looks` (of texts), `precision`.
- States that outlive their process: `saved_state`, in bytes by `state_codec`.

The law that all of them obey, tested in `tests/laws`: however the rows are split and in whatever order the parts are
merged, exact numbers are the same, and approximate ones stay within the bound that the profile states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.profile import (
    ColumnProfile,
    DecimalTotals,
    Distinct,
    Distribution,
    Lengths,
    Numbers,
    Precision,
    Scalar,
    TableProfile,
    TopValue,
)
from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.table import TableState

__all__ = [
    "ColumnProfile",
    "ColumnSchema",
    "DecimalTotals",
    "Distinct",
    "Distribution",
    "Kind",
    "Lengths",
    "Numbers",
    "Precision",
    "Scalar",
    "TableProfile",
    "TableSchema",
    "TableState",
    "TopValue",
]


def __getattr__(name: str) -> object:
    """Load the accumulator when it is asked for: whoever only reads profiles pays for no Polars."""
    if name == "TableState":
        from taskflow_profilemesh.profiling.table import TableState

        return TableState
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
