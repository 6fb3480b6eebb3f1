"""Databases as sources: what their tables are taken for, and how a cursor goes on."""

from __future__ import annotations

import json
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
from mock_airbyte.sources.protocol import Since
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


_DAY, _TEN = "2026-01-01", "2026-01-01 10:00"
_NUMBERS = ["null", "-0.5", "1.3", "1.3", "20.1"]
_DATES = ["null", "'1999-01-02'", f"'{_DAY}'", f"'{_DAY}'", "'9999-12-31'"]
_TIMES = ["null", "'00:00'", "'10:00'", "'10:00'", "'23:59:59'"]
_MOMENTS = ["null", f"'{_DAY}'", f"'{_TEN}:00.000001'", f"'{_TEN}:00.000001'", "'2026-01-01 11:00'"]
_TEXTS = ["null", "'B'", "'a''%s'", "'a''%s'", "'é'"]
_INTEGERS = ["null", "-5", "7", "7", "40"]
# Values in their order (that of bytes, and of moments): the first is null, two are alike.
CURSORS: dict[str, dict[str, list[str]]] = {
    "postgres": {
        "bigint": _INTEGERS,
        "real": _NUMBERS,
        "numeric": _NUMBERS,
        "date": _DATES,
        "timestamptz": ["null", f"'{_TEN}+05'", f"'{_DAY} 07:00Z'", f"'{_DAY} 08:00+01'", f"'{_DAY} 09:00-09'"],
        "timestamp": _MOMENTS,
        "time": _TIMES,
        "text": _TEXTS,
    },
    "mysql": {
        "bigint": _INTEGERS,
        "float": _NUMBERS,
        "decimal(20,3)": _NUMBERS,
        "date": _DATES,
        "timestamp(6) null": _MOMENTS,
        "datetime(6)": _MOMENTS,
        "time": _TIMES,
        "varchar(20)": _TEXTS,
    },
    "sqlite": {
        "bigint": _INTEGERS,
        "real": _NUMBERS,
        "date": _DATES,
        "timestamp": ["null", f"'{_DAY} 09:59'", f"'{_DAY}T10:00:00'", f"'{_TEN}'", f"'{_DAY} 11:00'"],
        "time": _TIMES,
        "text collate nocase": _TEXTS,
    },
}
NAME = 'at "%s" ?'


def _database(kind: str, request: pytest.FixtureRequest) -> tuple[SqlSource, Callable[[str], object]]:
    """A source, and what runs a statement in its database."""
    match kind:
        case "postgres":
            parts = request.getfixturevalue("postgres_parts")
            return SqlSource(PostgresTables(parts)), request.getfixturevalue("postgres").execute
        case "mysql":
            return SqlSource(MySqlTables(request.getfixturevalue("mysql_parts"))), request.getfixturevalue("mysql")
        case _:
            path = request.getfixturevalue("tmp_path") / "shop.db"
            return SqlSource(SqliteTables(path)), request.getfixturevalue("shop")


@pytest.mark.parametrize(("kind", "declared"), [(kind, one) for kind, types in CURSORS.items() for one in types])
def test_a_cursor_of_any_type_is_read_in_its_order_and_gone_on_from(
    kind: str, declared: str, request: pytest.FixtureRequest
) -> None:
    source, run = _database(kind, request)
    quoted = '"' + NAME.replace('"', '""') + '"'
    run(f'create table "T" (id int primary key, {quoted} {declared})')
    for number, value in reversed(list(enumerate(CURSORS[kind][declared]))):  # the table's own order is another one
        run(f'insert into "T" values ({number}, {value})')
    (stream,) = source.streams()
    cursor = stream.columns[1].name
    whole = list(source.batches(stream, Since(cursor, None, every=1)))
    found = [number for batch in whole for number in batch.frame["id"]]
    assert (found[:2], set(found[2:4]), found[4:]) == ([0, 1], {2, 3}, [4])
    states = [batch.state for batch in whole]
    assert (states[0], states[2], len({json.dumps(state) for state in states})) == (None, states[3], 4)
    for place, expected in ((1, {1, 2, 3, 4}), (2, {2, 3, 4}), (4, {4})):
        rest = list(source.batches(stream, Since(cursor, states[place])))
        assert {number for batch in rest for number in batch.frame["id"]} == expected
        assert rest[-1].state == states[4]


def test_a_text_in_the_cursor_is_a_value_and_no_statement(shop: Callable[[str], None], tmp_path: Path) -> None:
    shop("create table T (id integer primary key, at text); insert into T values (1, 'a'), (2, 'z')")
    source = SqlSource(SqliteTables(tmp_path / "shop.db"))
    (batch,) = source.batches(source.streams()[0], Since("at", "b' or '1' = '1"))
    assert batch.frame["id"].to_list() == [2]


def test_a_cursor_that_no_database_orders_is_left_to_the_sync(
    postgres: psycopg.Connection[tuple[Any, ...]], postgres_parts: dict[str, Any]
) -> None:
    postgres.execute("create table t (id int, o json)")
    postgres.execute("insert into t values (1, '1')")
    source = SqlSource(PostgresTables(postgres_parts))
    (batch,) = source.batches(source.streams()[0], Since("o", "2"))
    assert (batch.frame.height, batch.state) == (1, None)
