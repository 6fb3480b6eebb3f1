"""What a changed source does to a connection and to its tables, by setting and by sync mode."""

from __future__ import annotations

from typing import Any

import pytest

from mock_airbyte import MockAirbyte
from mock_airbyte.job_state import JobState
from mock_airbyte.sync.evolution import evolve
from tests.mock_airbyte.journeys import Journey, person
from tests.mock_airbyte.shops import people

MODES = [
    "full_refresh_overwrite",
    "full_refresh_overwrite_deduped",
    "full_refresh_append",
    "incremental_append",
    "incremental_deduped_history",
]
KEEPING = [mode for mode in MODES if "overwrite" not in mode]
LATER = "2026-01-02"


def _changed(journey: Journey, *rows: dict[str, Any], **stream: object) -> JobState:
    journey.mock.configure("source", journey.source_id, streams=people(*rows, **stream))
    return journey.mock.job(journey.mock.sync(journey.connection_id))


def _columns(journey: Journey) -> set[str]:
    connection = journey.mock.world.connection(journey.connection_id)
    return {column.name for stream in connection.catalog for column in stream.columns}


@pytest.mark.parametrize("mode", MODES)
def test_a_new_column_stays_out_where_changes_are_ignored(journey: Journey, mode: str) -> None:
    journey.connect(mode, schema_updates="ignore")
    journey.sync(person(1, "Ada"))
    state = journey.sync(person(2, "Grace", LATER) | {"age": 7})
    assert "'age' of stream 'people' was added" in " ".join(line.message for line in state.lines)
    assert (2, "Grace") in journey.rows()
    assert next(len(row) for row in journey.query("select * from people")) == 7
    assert _columns(journey) == {"id", "name", "at"}


def test_a_changed_type_is_made_to_fit_the_old_one_where_changes_are_ignored(journey: Journey) -> None:
    journey.connect(schema_updates="ignore")
    journey.sync(person(1, "Ada"))
    journey.sync({"id": "2", "name": 5, "at": "x"}, {"id": "many", "name": "x", "at": "x"})
    assert set(journey.rows()) == {(2, "5"), (None, "x")}


@pytest.mark.parametrize("mode", MODES)
def test_a_new_column_arrives_where_columns_are_propagated(journey: Journey, mode: str) -> None:
    journey.connect(mode)
    journey.sync(person(1, "Ada"))
    journey.sync(person(2, "Grace", LATER) | {"age": 7})
    old = {(1, None)} if mode in KEEPING else set()
    assert set(journey.query("select id, age from people")) == {(2, 7), *old}
    assert "age" in _columns(journey)


@pytest.mark.parametrize("mode", KEEPING)
def test_a_column_that_went_away_keeps_its_old_values(journey: Journey, mode: str) -> None:
    journey.connect(mode)
    journey.sync(person(1, "Ada"))
    journey.sync({"id": 2, "at": LATER})
    assert set(journey.rows()) == {(1, "Ada"), (2, None)}


def test_a_column_that_went_away_goes_with_an_overwrite(journey: Journey) -> None:
    journey.connect()
    journey.sync(person(1, "Ada"))
    journey.sync({"id": 2, "at": LATER})
    assert [len(row) for row in journey.query("select * from people")] == [6]


@pytest.mark.parametrize("mode", KEEPING)
def test_a_changed_type_migrates_the_column(journey: Journey, mode: str) -> None:
    journey.connect(mode)
    journey.sync({"id": 1, "x": 5, "at": "2026-01-01"})
    journey.sync({"id": 2, "x": "six", "at": LATER})
    assert set(journey.query("select id, x from people")) == {(1, "5"), (2, "six")}


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (["7", "7.5", "many", None], 1, [7, None, None, None]),
        (["7", "7.5", "many", None], 1.5, [7, 7.5, None, None]),
        ([1, 2], 1.5, [1, 2]),
        ([1.0, 1.5], 1, [1, None]),
    ],
)
def test_a_value_that_does_not_fit_the_new_type_becomes_null(
    journey: Journey, before: list[object], after: object, kept: list[object]
) -> None:
    journey.connect("full_refresh_append")
    kind = {int: "integer", float: "number", str: "string"}
    schema = {"properties": {"id": {"type": "integer"}, "x": {"type": kind[type(before[-1] or before[0])]}}}
    journey.sync(*({"id": number, "x": value} for number, value in enumerate(before)), json_schema=schema)
    journey.sync({"id": 99, "x": after})
    found = journey.query("select x from people where id < 99 order by id")
    assert [value if value is None else float(value) for (value,) in found] == kept


def test_text_becomes_a_moment_and_back(journey: Journey) -> None:
    journey.connect("full_refresh_append")
    moment = {"properties": {"id": {"type": "integer"}, "x": {"type": "string", "format": "date-time"}}}
    journey.sync({"id": 1, "x": "2026-01-01T10:00:00+00:00"}, {"id": 2, "x": "soon"})
    journey.sync({"id": 3, "x": "2026-01-02T10:00:00Z"}, json_schema=moment)
    found = [str(value) for (value,) in journey.query("select x from people order by id")]
    assert [text[:10] for text in found] == ["2026-01-01", "None", "2026-01-02"]
    journey.sync({"id": 4, "x": "text again"})
    last = [value for (value,) in journey.query("select x from people order by id")]
    assert last[0][:10] == "2026-01-01"
    assert last[3] == "text again"


def test_a_changed_schema_disables_the_connection_where_it_is_told_so(journey: Journey) -> None:
    journey.connect("full_refresh_append", schema_updates="disable_connection")
    journey.sync(person(1, "Ada"))
    state = _changed(journey, person(2, "Grace") | {"age": 7})
    assert state.status == "cancelled"
    assert journey.mock.world.connection(journey.connection_id).status == "inactive"
    assert journey.rows() == [(1, "Ada")]


def test_a_breaking_change_disables_the_connection_whatever_it_is_told(journey: Journey) -> None:
    journey.connect("incremental_deduped_history", schema_updates="propagate_fully")
    journey.sync(person(1, "Ada"))
    state = _changed(journey, {"id": 2, "name": "no cursor"})
    assert (state.status, journey.mock.world.connection(journey.connection_id).status) == ("failed", "inactive")


@pytest.mark.parametrize(("setting", "tables"), [("propagate_columns", ["people"]), ("propagate_fully", ["cats"])])
def test_streams_come_and_go_where_everything_is_propagated(mock: MockAirbyte, setting: str, tables: list[str]) -> None:
    source = mock.create_source("S", "mock-inline", streams=people())
    destination = mock.create_destination("D", "sqlite", destination_path="unused.db")
    connection = mock.create_connection(source, destination, schema_updates=setting)
    found = mock.world.connection(connection)
    mock.configure("source", source, streams=[{"name": "cats", "rows": [{"id": 1}]}])
    evolution = evolve(found, mock.world.discover(source))
    assert [config.name for config in evolution.connection.streams] == tables
    assert set(evolution.changes) == {"Stream 'people' was removed.", "Stream 'cats' was added."}


@pytest.mark.parametrize("mode", KEEPING)
@pytest.mark.parametrize("refresh", ["merge", "truncate"])
def test_a_refresh_reads_everything_again_as_a_new_generation(journey: Journey, mode: str, refresh: Any) -> None:
    journey.connect(mode)
    journey.sync(person(1, "Ada"), person(2, "Grace", LATER))
    journey.mock.configure("source", journey.source_id, streams=people(person(1, "Ada again")))
    state = journey.mock.job(journey.mock.refresh(journey.connection_id, refresh))
    assert (state.status, state.job.job_type) == ("succeeded", "refresh")
    found = journey.query("select id, name, _airbyte_generation_id from people")
    assert (1, "Ada again", 1) in found
    assert ((2, "Grace", 0) in found) is (refresh == "merge")
    assert journey.mock.world.states(journey.connection_id)["people", None].generation == 1


def test_a_clear_begins_a_new_generation(journey: Journey) -> None:
    journey.connect("incremental_append")
    journey.sync(person(1, "Ada"))
    journey.mock.job(journey.mock.book.start(journey.connection_id, "reset").job.job_id)
    journey.sync(person(1, "Ada"))
    assert journey.rows("_airbyte_generation_id") == [(1,)]
