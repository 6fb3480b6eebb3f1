"""Hand-made tables for the tests of the profiling room."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from taskflow_profilemesh.profiling import ColumnProfile, ColumnSchema, Kind, TableProfile, TableSchema, TableState
from taskflow_profilemesh.tables import TableRef


def schema_of(kinds: Mapping[str, Kind]) -> TableSchema:
    columns = tuple(ColumnSchema(name, kind, declared_type=kind.value) for name, kind in kinds.items())
    return TableSchema(TableRef("made_by_hand"), columns)


def state_of(*batches: pl.DataFrame, kinds: Mapping[str, Kind], small_rows: int = 50_000) -> TableState:
    state = TableState.empty(schema_of(kinds), small_rows=small_rows)
    for batch in batches:
        state.add(batch)
    return state


def profile_of(*batches: pl.DataFrame, kinds: Mapping[str, Kind], small_rows: int = 50_000) -> TableProfile:
    return state_of(*batches, kinds=kinds, small_rows=small_rows).profile()


def column_of(*parts: pl.Series, kind: Kind, small_rows: int = 50_000) -> ColumnProfile:
    """Profile one column that arrives in these parts."""
    batches = [part.alias("value").to_frame() for part in parts]
    (column,) = profile_of(*batches, kinds={"value": kind}, small_rows=small_rows).columns
    return column
