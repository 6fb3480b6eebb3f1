"""Databases as sources: what their tables are taken for, and how a cursor goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mock_airbyte import MockAirbyte, StreamConfig, SyncMode
from mock_airbyte.failures import SyncFailure
from mock_airbyte.sources.hardcoded import open_hardcoded
from mock_airbyte.sources.mysql import MySqlTables
from mock_airbyte.sources.postgres import PostgresTables
from mock_airbyte.sources.sql import SqlSource
from mock_airbyte.sources.sqlite import SqliteTables
from tests.mock_airbyte.conftest import Query
from tests.mock_airbyte.shops import select

MOMENT = "2026-01-02 03:04:05.25"
NAIVE = datetime(2026, 1, 2, 3, 4, 5, 250_000)  # noqa: DTZ001 -- the column has no zone


def _read(source: SqlSource) -> tuple[dict[str, str], list[tuple[Any, ...]], dict[str, list[bool]]]:
    (stream,) = source.streams()
    (batch,) = source.batches(stream)
    assert stream.primary_key == ("id",)
    misfits = {name: mask.to_list() for name, mask in batch.misfits.items()}
    return {column.name: str(column.type) for column in stream.columns}, batch.frame.rows(), misfits


def test_postgres_tables_are_streams(
    postgres: psycopg.Connection[tuple[Any, ...]], postgres_parts: dict[str, Any]
) -> None:
    postgres.execute(
        'create table "T" (id int primary key, n numeric, b boolean, d date, z timestamptz, t timestamp, c time,'
        " o jsonb, u uuid, a int[])"
    )
    postgres.execute(
        f"insert into \"T\" values (1, 1.5, true, '2026-01-02', '{MOMENT}+00', '{MOMENT}', '10:00', '\"x\"',"
        " '00000000-0000-4000-8000-000000000000', '{1,2}')"
    )
    postgres.execute("insert into \"T\" values (2, 'NaN', null, 'infinity')")
    types, rows, misfits = _read(SqlSource(PostgresTables(postgres_parts)))
    assert list(types.values()) == [
        "integer",
        "number",
        "boolean",
        "date",
        "timestamp_with_timezone",
        "timestamp_without_timezone",
        "time_without_timezone",
        "object",
        "string",
        "string",
    ]
    zoned = NAIVE.replace(tzinfo=UTC)
    uuid = "00000000-0000-4000-8000-000000000000"
    assert rows[0] == (1, 1.5, True, date(2026, 1, 2), zoned, NAIVE, time(10), '"x"', uuid, "{1,2}")
    assert rows[1] == (2, *[None] * 9)
    assert misfits == {"n": [False, True], "d": [False, True]}


def test_mysql_tables_are_streams(mysql: Query, mysql_parts: dict[str, Any]) -> None:
    mysql(
        "create table T (id int primary key, n decimal(10,2), b boolean, d date, z timestamp(6) null,"
        " t datetime(6), c time, s varchar(20), x bit(1))"
    )
    mysql("set session sql_mode = ''")
    mysql(f"insert into T values (1, 1.5, 1, '2026-01-02', '{MOMENT}', '{MOMENT}', '10:00', 'ü', b'1')")
    mysql("insert into T values (2, null, null, '0000-00-00', null, null, '99:00', null, null)")
    types, rows, misfits = _read(SqlSource(MySqlTables(mysql_parts)))
    assert list(types.values())[:5] == ["integer", "number", "boolean", "date", "timestamp_with_timezone"]
    assert rows[0] == (1, 1.5, True, date(2026, 1, 2), rows[0][4], NAIVE, time(10), "ü", True)
    assert rows[0][4].tzinfo is not None
    assert rows[1] == (2, *[None] * 8)
    assert misfits == {"d": [False, True], "c": [False, True]}


@pytest.fixture
def shop(tmp_path: Path) -> Callable[[str], None]:
    """Runs statements in a SQLite file."""

    def run(script: str) -> None:
        connection = sqlite3.connect(tmp_path / "shop.db")
        connection.executescript(script)
        connection.close()

    return run


def test_sqlite_tables_are_streams(shop: Callable[[str], None], tmp_path: Path) -> None:
    shop("create table T (id integer primary key, b boolean, d date, t timestamp, r real, s, o json)")
    shop(f"insert into T values (1, 1, '2026-01-02', '{MOMENT}0000', 1.5, 'x', '{{\"a\": 1}}')")
    shop("insert into T values (2, 0, 'never', null, 'much', x'41', null)")
    types, rows, misfits = _read(SqlSource(SqliteTables(tmp_path / "shop.db")))
    assert list(types.values())[1:4] == ["boolean", "date", "timestamp_without_timezone"]
    assert rows[0] == (1, True, date(2026, 1, 2), NAIVE, 1.5, "x", '{"a": 1}')
    assert rows[1] == (2, False, None, None, None, "A", None)
    assert misfits == {"d": [False, True], "r": [False, True]}


def test_an_incremental_sync_goes_on_from_a_column_of_the_table(
    mock: MockAirbyte, shop: Callable[[str], None], tmp_path: Path, warehouse: Path
) -> None:
    shop("create table sales (id integer primary key, at timestamp); insert into sales values (1, '2026-01-01 10:00')")
    source = mock.create_source("S", "mock-sqlite", path=str(tmp_path / "shop.db"))
    destination = mock.create_destination("D", "sqlite", destination_path=str(warehouse))
    stream = StreamConfig("sales", None, SyncMode.INCREMENTAL_DEDUPED_HISTORY, ("at",))
    connection = mock.create_connection(source, destination, streams=[stream])
    assert mock.job(mock.sync(connection)).rows_committed == 1
    shop("insert into sales values (2, '2026-01-03 10:00'), (3, '2025-01-01 10:00')")
    assert mock.job(mock.sync(connection)).rows_committed == 2, "the boundary row and the new one"
    assert select(warehouse, "select id from sales order by id") == [(1,), (2,)]


def test_more_rows_than_one_batch_arrive_each_once(shop: Callable[[str], None], tmp_path: Path) -> None:
    shop(
        "create table T (id integer primary key);"
        "insert into T with recursive n(x) as (select 1 union all select x + 1 from n where x < 40000) select x from n"
    )
    source = SqlSource(SqliteTables(tmp_path / "shop.db"))
    found = [number for batch in source.batches(source.streams()[0]) for number in batch.frame["id"]]
    assert found == list(range(1, 40_001))


def test_a_file_that_is_not_there_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(SyncFailure, match="cannot be read"):
        SqlSource(SqliteTables(tmp_path / "none.db")).check()
    assert not list(tmp_path.iterdir())


def test_hardcoded_records_are_all_the_same() -> None:
    source = open_hardcoded({"count": 20_000})
    products, customers, dummies = source.streams()
    assert (products.primary_key, customers.cursor, dummies.primary_key) == (("id",), "updated_at", ())
    sizes = [(batch.frame.height, batch.frame.n_unique()) for batch in source.batches(customers)]
    assert sizes == [(16_384, 1), (3_616, 1)]
