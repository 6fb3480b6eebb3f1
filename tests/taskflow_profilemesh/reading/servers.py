"""Short ways to fill a database and to read it back, for the tests of this room."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import polars as pl
import psycopg
import pytest

from taskflow_profilemesh.clock import Clock
from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
from taskflow_profilemesh.reading.reads import Reader
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.databases import mysql_connection

CANARY = "c@n/ary p%ss:wörd?#"


def source_at(
    url: str,
    *,
    batch_rows: int = 131_072,
    timeout_seconds: float | None = None,
    memory_budget_bytes: int | None = None,
    reader: Reader = "auto",
    clock: Clock | None = None,
) -> DatabaseSource:
    return DatabaseSource(
        DatabaseAddress.from_url(url),
        name="warehouse",
        batch_rows=batch_rows,
        statement_timeout_seconds=timeout_seconds,
        memory_budget_bytes=memory_budget_bytes,
        reader=reader,
        clock=clock,
    )


def in_postgres(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def with_extension(url: str, name: str) -> None:
    """Add an extension to the database; a test that needs one is skipped where the server has none."""
    try:
        in_postgres(url, f"create extension {name}")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip(f"this server has no extension {name}")


def in_mysql(url: str, *statements: str) -> None:
    with closing(mysql_connection(url)) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def in_sqlite(file: Path, *statements: str, rows: Iterable[tuple[object, ...]] = ()) -> str:
    """Run the statements, the last of them once per row where rows are given, and return the file's URL."""
    with closing(sqlite3.connect(file)) as connection:
        values = list(rows)
        for statement in statements[: -1 if values else None]:
            connection.execute(statement)
        if values:
            connection.executemany(statements[-1], values)
        connection.commit()
    return f"sqlite:///{file}"


def rows_of(source: DatabaseSource, request: TableRequest | str) -> pl.DataFrame:
    """Return all rows that the source yields for a request, in one frame."""
    wanted = TableRequest(TableRef(request)) if isinstance(request, str) else request
    plan = source.plan(wanted)
    batches = list(source.batches(plan))
    assert all(batch.columns == [column.name for column in plan.schema.columns] for batch in batches)
    return pl.concat(batches) if batches else pl.DataFrame()
