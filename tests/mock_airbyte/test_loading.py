"""Every sync mode, on real databases: what is in the table after the syncs, and what a reader sees meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import psycopg
import pytest
from psycopg import sql

from mock_airbyte import HandClock, MockAirbyte, StreamConfig, SyncMode
from mock_airbyte.connectors import OpenContext, open_destination
from mock_airbyte.destinations.loading import Target, load
from mock_airbyte.destinations.protocol import Destination, Table, TableColumn
from mock_airbyte.failures import SyncCancelled
from mock_airbyte.job_state import JobState
from mock_airbyte.sources.fitting import fit_rows
from mock_airbyte.sources.protocol import Column, Stream
from mock_airbyte.sync.metadata import Stamp, stamped
from mock_airbyte.types import AirbyteType
from tests.mock_airbyte.shops import people, select

KEYED: dict[str, Any] = {"primary_key": (("id",),), "cursor_field": ("at",)}


@dataclass
class Route:
    """A mock with one connection from rows that a test can change to a table that it can read."""

    mock: MockAirbyte
    source_id: str
    destination_id: str
    query: Callable[[str], list[tuple[Any, ...]]]
    connection_id: str = ""

    def connect(self, mode: str = "full_refresh_overwrite", *, selected: tuple[str, ...] | None = None) -> None:
        keyed = KEYED if "incremental" in mode or "deduped" in mode else {}
        streams = [StreamConfig("people", None, SyncMode(mode), **keyed, selected_fields=selected)]
        self.connection_id = self.mock.create_connection(self.source_id, self.destination_id, streams=streams)

    def sync(self, *rows: dict[str, Any], **stream: object) -> JobState:
        self.mock.configure("source", self.source_id, streams=people(*rows, **stream))
        state = self.mock.job(self.mock.sync(self.connection_id))
        assert state.status == "succeeded", state.failure
        return state

    def destination(self) -> Destination:
        context = OpenContext(seed=0, now=self.mock.world.clock.now())
        return open_destination(self.mock.world.actor("destination", self.destination_id), context)

    def rows(self, columns: str = "id, name") -> list[tuple[Any, ...]]:
        return self.query(f"select {columns} from people order by {columns}")


@pytest.fixture(params=["sqlite", "postgres"])
def route(request: pytest.FixtureRequest, warehouse: Path) -> Iterator[Route]:
    mock = MockAirbyte(clock=HandClock(), patience_seconds=30)
    rows = people({"id": 1, "name": "Ada", "at": "2026-01-01"})
    source = mock.create_source("Shop", "mock-inline", streams=rows)
    if request.param == "sqlite":
        destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
        yield Route(mock, source, destination, lambda statement: select(warehouse, statement))
    else:
        connection = request.getfixturevalue("postgres")
        destination = mock.create_destination("W", "postgres", **request.getfixturevalue("postgres_parts"))
        yield Route(mock, source, destination, lambda statement: connection.execute(statement).fetchall())
    mock.stop()


def _person(number: int, name: str, at: str = "2026-01-01") -> dict[str, Any]:
    return {"id": number, "name": name, "at": at}


def _document(value: str | dict[str, Any]) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return parsed


def test_overwrite_replaces_what_was_there(route: Route) -> None:
    route.connect()
    assert route.sync(_person(1, "Ada"), _person(2, "Grace")).rows_committed == 2
    assert route.sync(_person(3, "Mary")).rows_committed == 1
    assert route.rows() == [(3, "Mary")]


def test_overwrite_brings_a_changed_schema(route: Route) -> None:
    route.connect()
    route.sync({"id": 1, "name": "Ada"})
    route.sync({"id": "one", "full_name": "Ada", "age": 36.5})
    assert route.rows("id, full_name, age") == [("one", "Ada", 36.5)]


def test_overwrite_with_no_rows_leaves_an_empty_table(route: Route) -> None:
    route.connect()
    route.sync(_person(1, "Ada"))
    schema = {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    route.mock.configure("source", route.source_id, streams=[{"name": "people", "rows": [], "json_schema": schema}])
    assert route.mock.job(route.mock.sync(route.connection_id)).rows_committed == 0
    assert route.rows() == []


def test_overwrite_deduped_keeps_the_row_with_the_latest_cursor(route: Route) -> None:
    route.connect("full_refresh_overwrite_deduped")
    state = route.sync(
        _person(1, "old", "2026-01-01"), _person(1, "new", "2026-01-03"), _person(1, "mid", "2026-01-02")
    )
    assert route.rows() == [(1, "new")]
    assert state.rows_committed == 3, "what was moved is counted, before duplicates go"


def test_append_adds_all_rows_again(route: Route) -> None:
    route.connect("full_refresh_append")
    route.sync(_person(1, "Ada"))
    route.sync(_person(1, "Ada"), _person(2, "Grace"))
    assert route.rows() == [(1, "Ada"), (1, "Ada"), (2, "Grace")]


def test_append_adds_new_columns_and_leaves_old_ones_empty(route: Route) -> None:
    route.connect("full_refresh_append")
    route.sync({"id": 1, "name": "Ada"})
    route.sync({"id": 2, "age": 30})
    assert set(route.query("select id, name, age from people")) == {(1, "Ada", None), (2, None, 30)}


def test_incremental_append_brings_rows_from_the_cursor_on_the_boundary_again(route: Route) -> None:
    route.connect("incremental_append")
    first = [_person(1, "Ada", "2026-01-01"), _person(2, "Grace", "2026-01-02")]
    assert route.sync(*first).rows_committed == 2
    assert route.sync(*first, _person(3, "Mary", "2026-01-03")).rows_committed == 2
    assert route.rows() == [(1, "Ada"), (2, "Grace"), (2, "Grace"), (3, "Mary")]
    states = route.mock.world.states(route.connection_id)
    assert states["people", None].cursor == "2026-01-03"


def test_incremental_append_without_news_remembers_its_cursor(route: Route) -> None:
    route.connect("incremental_append")
    route.sync(_person(1, "Ada", "2026-01-05"))
    assert route.sync(_person(2, "late", "2026-01-01")).rows_committed == 0
    assert route.mock.world.states(route.connection_id)["people", None].cursor == "2026-01-05"


def test_deduped_history_keeps_one_row_per_key(route: Route) -> None:
    route.connect("incremental_deduped_history")
    route.sync(_person(1, "Ada", "2026-01-01"), _person(2, "Grace", "2026-01-01"))
    route.sync(_person(1, "Ada Lovelace", "2026-01-02"), _person(3, "Mary", "2026-01-02"))
    assert route.rows() == [(1, "Ada Lovelace"), (2, "Grace"), (3, "Mary")]


def test_of_two_rows_with_one_cursor_the_later_extraction_wins(route: Route) -> None:
    route.connect("incremental_deduped_history")
    route.sync(_person(1, "first"))
    route.mock.advance(60)
    route.sync(_person(1, "second"))
    assert route.rows() == [(1, "second")]


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


def test_a_reset_empties_tables_and_forgets_cursors(route: Route) -> None:
    route.connect("incremental_append")
    route.sync(_person(1, "Ada"))
    state = route.mock.book.start(route.connection_id, "reset")
    assert route.mock.job(state.job.job_id).status == "succeeded"
    assert route.rows() == []
    assert route.sync(_person(1, "Ada")).rows_committed == 1


def test_metadata_columns_come_first_and_say_where_a_row_is_from(route: Route) -> None:
    route.connect()
    state = route.sync(_person(1, "Ada"))
    ((raw_id, extracted_at, meta, generation, *row),) = route.query("select * from people")
    assert len(raw_id) == 36
    assert str(extracted_at).startswith("2026-01-01 12:00:00")
    assert _document(meta) == {"sync_id": state.job.job_id, "changes": []}
    assert (generation, row[:2]) == (1, [1, "Ada"])


def test_a_value_that_does_not_fit_is_null_with_a_change_and_the_sync_succeeds(route: Route) -> None:
    route.connect()
    schema = {"properties": {"id": {"type": "integer"}, "age": {"type": "integer"}}}
    route.sync({"id": 1, "age": "old"}, {"id": 2, "age": 7}, json_schema=schema)
    metas = dict(route.query("select id, _airbyte_meta from people"))
    changes = {
        number: (json.loads(meta) if isinstance(meta, str) else meta)["changes"] for number, meta in metas.items()
    }
    change = {"field": "age", "change": "NULLED", "reason": "DESTINATION_SERIALIZATION_ERROR"}
    assert changes == {1: [change], 2: []}
    assert route.rows("id, age") == [(1, None), (2, 7)]


def test_names_that_no_database_likes_are_made_safe(route: Route) -> None:
    source = route.mock.create_source(
        "S", "mock-inline", streams=[{"name": "2 odd-names", "rows": [{"a b": 1, "a-b": 2}]}]
    )
    connection = route.mock.create_connection(source, route.destination_id, prefix="raw ")
    assert route.mock.job(route.mock.sync(connection)).status == "succeeded"
    assert route.query('select a_b, a_b_1 from "raw_2_odd_names"') == [(1, 2)]


def test_only_selected_columns_arrive(route: Route) -> None:
    route.connect(selected=("id",))
    route.sync(_person(1, "Ada"))
    assert [len(row) for row in route.query("select * from people")] == [5]


def test_generations_count_overwrites_and_not_appends(route: Route) -> None:
    route.connect()
    for expected in (1, 2):
        route.sync(_person(1, "Ada"))
        assert route.rows("_airbyte_generation_id") == [(expected,)]


def _target(destination: Destination, mode: SyncMode = SyncMode.FULL_REFRESH_OVERWRITE) -> Target:
    schema = destination.default_namespace
    columns = (TableColumn("id", AirbyteType.INTEGER), TableColumn("name", AirbyteType.STRING))
    return Target(Table(schema, "people"), Table(schema, "_airbyte_tmp_1_0"), columns, mode)


def _frame(number: int, name: str) -> pl.DataFrame:
    stream = Stream("people", (Column("id", AirbyteType.INTEGER), Column("name", AirbyteType.STRING)))
    stamp = Stamp(1, datetime(2026, 1, 1, tzinfo=UTC), 1, np.random.default_rng(0))
    return stamped(fit_rows([{"id": number, "name": name}], stream.columns), stamp, {"id": "id", "name": "name"})


def test_a_reader_never_sees_half_an_overwrite(route: Route) -> None:
    route.connect()
    route.sync(*(_person(number, "old") for number in range(10)))
    destination = route.destination()
    seen: list[list[tuple[Any, ...]]] = []

    def frames() -> Iterator[pl.DataFrame]:
        for number in range(3):
            yield _frame(number, "new")
            seen.append(route.query("select name, count(*) from people group by name"))

    with destination.transaction() as transaction:
        load(transaction, _target(destination), frames())
    assert seen == [[("old", 10)]] * 3
    assert route.query("select name, count(*) from people group by name") == [("new", 3)]


@pytest.mark.parametrize("mode", [SyncMode.FULL_REFRESH_OVERWRITE, SyncMode.FULL_REFRESH_APPEND])
def test_what_stops_midway_leaves_the_table_as_it_was(route: Route, mode: SyncMode) -> None:
    route.connect()
    route.sync(_person(1, "Ada"))
    destination = route.destination()

    def frames() -> Iterator[pl.DataFrame]:
        yield _frame(2, "Grace")
        raise SyncCancelled

    with pytest.raises(SyncCancelled), destination.transaction() as transaction:
        load(transaction, _target(destination, mode), frames())
    assert route.rows() == [(1, "Ada")]


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


def test_a_column_that_went_away_fails_a_sync_that_needs_it(route: Route) -> None:
    route.connect("incremental_deduped_history")
    route.sync(_person(1, "Ada"))
    route.mock.configure("source", route.source_id, streams=people({"id": 1}))
    state = route.mock.job(route.mock.sync(route.connection_id))
    assert state.failure is not None
    assert (state.failure.origin, state.failure.stream) == ("source", "people")
    assert "column='at'" in state.failure.external_message


def test_a_stream_that_went_away_fails_the_sync(route: Route) -> None:
    route.connect()
    route.mock.configure("source", route.source_id, streams=[{"name": "cats", "rows": [{"id": 1}]}])
    state = route.mock.job(route.mock.sync(route.connection_id))
    assert state.failure is not None
    assert "does not exist in the source any more" in state.failure.external_message


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


def test_two_streams_for_one_table_are_refused(route: Route) -> None:
    streams = [{"name": "a-b", "rows": [{"x": 1}]}, {"name": "a b", "rows": [{"x": 1}]}]
    source = route.mock.create_source("S", "mock-inline", streams=streams)
    state = route.mock.job(route.mock.sync(route.mock.create_connection(source, route.destination_id)))
    assert state.status == "failed"
    assert state.failure is not None
    assert "one table" in state.failure.external_message


def test_a_destination_that_cannot_be_reached_is_a_failure_without_the_password(mock: MockAirbyte) -> None:
    source = mock.create_source("S", "mock-inline", streams=people())
    destination = mock.create_destination(
        "D", "postgres", host="127.0.0.1", port=1, database="d", username="u", password="hunter2-secret"
    )
    state = mock.job(mock.sync(mock.create_connection(source, destination)))
    assert (state.status, state.failure and state.failure.origin) == ("failed", "destination")
    assert "hunter2" not in str(state)
