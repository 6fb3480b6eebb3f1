"""What is particular to a destination: its types, its names, its limits, and how it fails."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
from psycopg import sql

from mock_airbyte import HandClock, MockAirbyte, StreamConfig, SyncMode
from tests.mock_airbyte.shops import people, select


def test_streams_before_the_one_that_fails_stay_committed(
    postgres: psycopg.Connection[tuple[Any, ...]], postgres_parts: dict[str, Any]
) -> None:
    mock = MockAirbyte(patience_seconds=30)
    streams = [{"name": "first", "rows": [{"x": 1}]}, {"name": "second", "rows": [{"x": 1}]}]
    source = mock.create_source("S", "mock-inline", streams=streams)
    connection = mock.create_connection(source, mock.create_destination("D", "postgres", **postgres_parts))
    mock.job(mock.sync(connection))
    postgres.execute("create view looks_at_second as select * from second")  # a table that is looked at cannot go
    state = mock.job(mock.sync(connection))
    assert (state.status, state.rows_committed) == ("failed", 1)
    assert postgres.execute("select _airbyte_generation_id from first").fetchone() == (2,)
    assert postgres.execute("select _airbyte_generation_id from second").fetchone() == (1,)


def test_views_go_with_their_table_where_the_destination_says_so(
    postgres: psycopg.Connection[tuple[Any, ...]], postgres_parts: dict[str, Any]
) -> None:
    mock = MockAirbyte(patience_seconds=30)
    source = mock.create_source("S", "mock-inline", streams=people())
    destination = mock.create_destination("D", "postgres", **postgres_parts, drop_cascade=True)
    connection = mock.create_connection(source, destination)
    mock.job(mock.sync(connection))
    postgres.execute("create view looks_at_people as select * from people")
    assert mock.job(mock.sync(connection)).status == "succeeded"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ({"type": "integer"}, [1, 2]),
        ({"type": "number"}, [0.5, 1.5]),
        ({"type": "string"}, ["a", "b"]),
        ({"type": "string", "format": "date-time"}, ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00+02:00"]),
        (
            {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
            ["2026-01-01T00:00:00", "2026-01-02T00:00:00"],
        ),
    ],
)
def test_a_cursor_of_any_type_survives_between_syncs(
    warehouse: Path, kind: dict[str, Any], values: list[object]
) -> None:
    mock = MockAirbyte(clock=HandClock(), patience_seconds=30)
    schema = {"properties": {"at": kind}}
    source = mock.create_source("S", "mock-inline", streams=people({"at": values[0]}, json_schema=schema))
    destination = mock.create_destination("D", "sqlite", destination_path=str(warehouse))
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_APPEND, cursor_field=("at",))
    connection = mock.create_connection(source, destination, streams=[stream])
    mock.job(mock.sync(connection))
    rows = [{"at": value} for value in values]
    mock.configure("source", source, streams=people(*rows, json_schema=schema))
    assert mock.job(mock.sync(connection)).rows_committed == 2
    mock.job(mock.sync(connection))
    assert mock.job(3).rows_committed == 1, "the boundary row alone"


def test_postgres_columns_have_airbytes_types(
    postgres: psycopg.Connection[tuple[Any, ...]], postgres_parts: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "t.jsonl").write_text('{"o": {"a": 1}, "l": [1]}\n')
    (tmp_path / "c.csv").write_text(
        "s,i,n,b,d,z,t,c\nx,1,1.5,true,2026-01-02,2026-01-02T03:04:05.123456Z,2026-01-02 03:04:05,10:00:00\n"
    )
    mock = MockAirbyte(patience_seconds=30)
    source = mock.create_source("S", "mock-files", folder=str(tmp_path))
    connection = mock.create_connection(source, mock.create_destination("D", "postgres", **postgres_parts))
    assert mock.job(mock.sync(connection)).status == "succeeded"
    found = postgres.execute(
        "select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute"
        " where attrelid in ('c'::regclass, 't'::regclass) and attnum > 0 order by attrelid, attnum"
    ).fetchall()
    types = {name: declared for name, declared, _ in found}
    assert types == {
        "_airbyte_raw_id": "character varying",
        "_airbyte_extracted_at": "timestamp with time zone",
        "_airbyte_meta": "jsonb",
        "_airbyte_generation_id": "bigint",
        "s": "character varying",
        "i": "bigint",
        "n": "numeric(38,9)",
        "b": "boolean",
        "d": "date",
        "z": "timestamp with time zone",
        "t": "timestamp without time zone",
        "c": "time without time zone",
        "o": "jsonb",
        "l": "jsonb",
    }
    assert {name for name, _, required in found if required} == set(list(types)[:3])
    assert postgres.execute("select z::text, t::text, n::text from c").fetchone() == (
        postgres.execute("select '2026-01-02 03:04:05.123456+00'::timestamptz::text").fetchall()[0][0],
        "2026-01-02 03:04:05",
        "1.500000000",
    )


def test_a_number_too_large_for_postgres_is_null_with_a_change(
    postgres: psycopg.Connection[tuple[Any, ...]], postgres_parts: dict[str, Any]
) -> None:
    mock = MockAirbyte(patience_seconds=30)
    source = mock.create_source("S", "mock-inline", streams=people({"x": 1e30}, {"x": -1.5}))
    connection = mock.create_connection(source, mock.create_destination("D", "postgres", **postgres_parts))
    assert mock.job(mock.sync(connection)).status == "succeeded"
    found = postgres.execute("select x::float8, jsonb_array_length(_airbyte_meta->'changes') from people order by x")
    assert found.fetchall() == [(-1.5, 0), (None, 1)]


def test_text_that_postgres_cannot_hold_loses_its_nul_characters(
    postgres: psycopg.Connection[tuple[Any, ...]], postgres_parts: dict[str, Any]
) -> None:
    mock = MockAirbyte(patience_seconds=30)
    rows = people({"s": "a\0b", "o": {"k": "\0x\0\0", "b": "\\u0000"}}, {"s": "", "o": None})
    source = mock.create_source("S", "mock-inline", streams=rows)
    connection = mock.create_connection(source, mock.create_destination("D", "postgres", **postgres_parts))
    assert mock.job(mock.sync(connection)).status == "succeeded"
    found = postgres.execute("select s, o from people order by s desc").fetchall()
    assert found == [("ab", {"k": "x", "b": "\\u0000"}), ("", None)]


@pytest.mark.parametrize(
    ("settings", "schema"),
    [
        ({}, "public"),
        ({"namespace_definition": "source"}, "shop"),
        ({"namespace_definition": "custom_format", "namespace_format": "raw_${SOURCE_NAMESPACE}"}, "raw_shop"),
    ],
)
def test_a_namespace_is_a_schema_of_postgres(
    postgres: psycopg.Connection[tuple[Any, ...]],
    postgres_parts: dict[str, Any],
    settings: dict[str, Any],
    schema: str,
) -> None:
    mock = MockAirbyte(patience_seconds=30)
    source = mock.create_source("S", "mock-inline", streams=people(namespace="shop"))
    destination = mock.create_destination("D", "postgres", **postgres_parts)
    connection = mock.create_connection(source, destination, **settings)
    assert mock.job(mock.sync(connection)).status == "succeeded"
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, "people"))
    assert postgres.execute(query).fetchone() == (2,)


def test_sqlite_columns_are_declared_so_that_typed_readers_understand_them(warehouse: Path, tmp_path: Path) -> None:
    rows = {"s": ["x", None], "n": [None, 1.5], "b": [True, None], "i": [None, 3]}
    pl.DataFrame(rows).write_parquet(tmp_path / "t.parquet")
    mock = MockAirbyte(patience_seconds=30)
    source = mock.create_source("S", "mock-files", folder=str(tmp_path))
    destination = mock.create_destination("D", "sqlite", destination_path=str(warehouse))
    assert mock.job(mock.sync(mock.create_connection(source, destination))).status == "succeeded"
    read = pl.read_database_uri("select s, n, b, i, _airbyte_extracted_at from t", f"sqlite://{warehouse}")
    assert read.dtypes[:4] == [pl.String, pl.Float64, pl.Boolean, pl.Int64]
    assert isinstance(read.dtypes[4], pl.Datetime)
    assert {name: read[name].to_list() for name in rows} == rows


def test_every_type_arrives_in_sqlite_as_the_readers_of_its_type_expect(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "d,z,n,c,b\n2026-01-02,2026-01-02T03:04:05Z,2026-01-02 03:04:05.25,10:00:00.5,false\n"
    )
    mock = MockAirbyte(patience_seconds=30)
    source = mock.create_source("S", "mock-files", folder=str(tmp_path))
    destination = mock.create_destination("D", "sqlite", destination_path=str(warehouse))
    assert mock.job(mock.sync(mock.create_connection(source, destination))).status == "succeeded"
    assert select(warehouse, "select d, z, n, c, b from t") == [
        ("2026-01-02", "2026-01-02 03:04:05.000000", "2026-01-02 03:04:05.250000", "10:00:00.500000", 0)
    ]
    read = pl.read_database_uri("select d, z, n, c, b from t", f"sqlite://{warehouse}")
    assert read.row(0)[:2] == (date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5))  # noqa: DTZ001 -- SQLite has no zones
    assert read.dtypes[3] == pl.Time


def test_a_time_of_day_may_be_the_cursor(warehouse: Path) -> None:
    mock = MockAirbyte(patience_seconds=30)
    schema = {"properties": {"at": {"type": "string", "format": "time", "airbyte_type": "time_without_timezone"}}}
    source = mock.create_source("S", "mock-inline", streams=people({"at": "10:00"}, json_schema=schema))
    destination = mock.create_destination("D", "sqlite", destination_path=str(warehouse))
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_APPEND, cursor_field=("at",))
    connection = mock.create_connection(source, destination, streams=[stream])
    mock.job(mock.sync(connection))
    mock.configure("source", source, streams=people({"at": "09:00"}, {"at": "11:00"}, json_schema=schema))
    assert mock.job(mock.sync(connection)).rows_committed == 1


def test_a_destination_that_cannot_be_reached_is_a_failure_without_the_password(mock: MockAirbyte) -> None:
    source = mock.create_source("S", "mock-inline", streams=people())
    destination = mock.create_destination(
        "D", "postgres", host="127.0.0.1", port=1, database="d", username="u", password="hunter2-secret"
    )
    state = mock.job(mock.sync(mock.create_connection(source, destination)))
    assert (state.status, state.failure and state.failure.origin) == ("failed", "destination")
    assert "hunter2" not in str(state)
