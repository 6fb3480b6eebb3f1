"""Small sources and connections made by hand."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Unpack

import polars as pl

from mock_airbyte import MockAirbyte, StreamConfig
from mock_airbyte.mock import ConnectionSettings

PEOPLE = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}]


def people(*rows: dict[str, Any], **stream: object) -> list[dict[str, Any]]:
    """The streams of an inline source with one stream, `people`."""
    return [{"name": "people", "rows": list(rows) or PEOPLE, **stream}]


def connected(
    mock: MockAirbyte,
    warehouse: Path,
    *,
    streams: list[StreamConfig] | None = None,
    **settings: Unpack[ConnectionSettings],
) -> str:
    """A connection from an inline source of people to a SQLite file."""
    source = mock.create_source("Shop", "mock-inline", streams=people())
    destination = mock.create_destination("Warehouse", "sqlite", destination_path=str(warehouse))
    return mock.create_connection(source, destination, streams=streams, **settings)


def select(warehouse: Path, statement: str) -> list[tuple[Any, ...]]:
    """Rows of a SQLite file, read by a connection of the test's own."""
    connection = sqlite3.connect(warehouse)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def select_files(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """Rows of Parquet and CSV files in a folder, each a table."""
    tables: dict[str, pl.LazyFrame] = {}
    for path in folder.glob("[!.]*.*"):
        tables[path.stem] = pl.scan_csv(path) if path.suffix == ".csv" else pl.scan_parquet(path)
    return pl.SQLContext(tables, eager=True).execute(statement).rows()
