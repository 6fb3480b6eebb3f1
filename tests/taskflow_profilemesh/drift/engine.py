"""Profiles as the engine makes them of raw values: what the bars of drift are measured on."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from taskflow_profilemesh.profiling import TableState
from taskflow_profilemesh.profiling.profile import TableProfile
from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.tables import TableRef

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_KINDS = {
    pl.Float64: Kind.FLOAT,
    pl.Int64: Kind.INTEGER,
    pl.String: Kind.TEXT,
    pl.Boolean: Kind.BOOLEAN,
    pl.Date: Kind.DATE,
    pl.Datetime: Kind.DATETIME,
}
_DECLARED = {
    Kind.FLOAT: "double precision",
    Kind.INTEGER: "bigint",
    Kind.TEXT: "text",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamp without time zone",
}


def profiled(
    frame: pl.DataFrame,
    *,
    small_rows: int = 50_000,
    declared: dict[str, str] | None = None,
    now: datetime = NOW,
) -> TableProfile:
    """The profile of these rows at that moment; more than `small_rows` are summarised as a large table is."""
    columns = []
    for name, dtype in frame.schema.items():
        kind = _KINDS[type(dtype)]
        columns.append(ColumnSchema(name, kind, (declared or {}).get(name, _DECLARED[kind]), nullable=True))
    state = TableState.empty(TableSchema(TableRef("t"), tuple(columns)), small_rows=small_rows)
    state.add(frame)
    return state.profile(row_count=len(frame), decimals={}, now=now)
