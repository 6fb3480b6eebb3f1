"""Every sync mode, on real databases: what is in the table after the syncs, and what a reader sees meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from mock_airbyte import SyncMode
from mock_airbyte.destinations.loading import Target, load
from mock_airbyte.destinations.protocol import Destination, Table, TableColumn
from mock_airbyte.failures import SyncCancelled
from mock_airbyte.sources.fitting import fit_rows
from mock_airbyte.sources.protocol import Column, Stream
from mock_airbyte.sync.metadata import Stamp, stamped
from mock_airbyte.types import AirbyteType
from tests.mock_airbyte.journeys import Journey, person
from tests.mock_airbyte.shops import people


def _document(value: str | dict[str, Any]) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return parsed


def test_overwrite_replaces_what_was_there(journey: Journey) -> None:
    journey.connect()
    assert journey.sync(person(1, "Ada"), person(2, "Grace")).rows_committed == 2
    assert journey.sync(person(3, "Mary")).rows_committed == 1
    assert journey.rows() == [(3, "Mary")]


def test_overwrite_brings_a_changed_schema(journey: Journey) -> None:
    journey.connect()
    journey.sync({"id": 1, "name": "Ada"})
    journey.sync({"id": "one", "full_name": "Ada", "age": 36.5})
    assert journey.rows("id, full_name, age") == [("one", "Ada", 36.5)]


def test_overwrite_with_no_rows_leaves_an_empty_table(journey: Journey) -> None:
    journey.connect()
    journey.sync(person(1, "Ada"))
    schema = {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    journey.mock.configure("source", journey.source_id, streams=[{"name": "people", "rows": [], "json_schema": schema}])
    assert journey.mock.job(journey.mock.sync(journey.connection_id)).rows_committed == 0
    assert journey.rows() == []


def test_overwrite_deduped_keeps_the_row_with_the_latest_cursor(journey: Journey) -> None:
    journey.connect("full_refresh_overwrite_deduped")
    state = journey.sync(person(1, "old", "2026-01-01"), person(1, "new", "2026-01-03"), person(1, "mid", "2026-01-02"))
    assert journey.rows() == [(1, "new")]
    assert state.rows_committed == 3, "what was moved is counted, before duplicates go"


def test_append_adds_all_rows_again(journey: Journey) -> None:
    journey.connect("full_refresh_append")
    journey.sync(person(1, "Ada"))
    journey.sync(person(1, "Ada"), person(2, "Grace"))
    assert journey.rows() == [(1, "Ada"), (1, "Ada"), (2, "Grace")]


def test_append_adds_new_columns_and_leaves_old_ones_empty(journey: Journey) -> None:
    journey.connect("full_refresh_append")
    journey.sync({"id": 1, "name": "Ada"})
    journey.sync({"id": 2, "age": 30})
    assert set(journey.query("select id, name, age from people")) == {(1, "Ada", None), (2, None, 30)}


def test_incremental_append_brings_rows_from_the_cursor_on_the_boundary_again(journey: Journey) -> None:
    journey.connect("incremental_append")
    first = [person(1, "Ada", "2026-01-01"), person(2, "Grace", "2026-01-02")]
    assert journey.sync(*first).rows_committed == 2
    assert journey.sync(*first, person(3, "Mary", "2026-01-03")).rows_committed == 2
    assert journey.rows() == [(1, "Ada"), (2, "Grace"), (2, "Grace"), (3, "Mary")]
    states = journey.mock.world.states(journey.connection_id)
    assert states["people", None].cursor == "2026-01-03"


def test_incremental_append_without_news_remembers_its_cursor(journey: Journey) -> None:
    journey.connect("incremental_append")
    journey.sync(person(1, "Ada", "2026-01-05"))
    assert journey.sync(person(2, "late", "2026-01-01")).rows_committed == 0
    assert journey.mock.world.states(journey.connection_id)["people", None].cursor == "2026-01-05"


def test_deduped_history_keeps_one_row_per_key(journey: Journey) -> None:
    journey.connect("incremental_deduped_history")
    journey.sync(person(1, "Ada", "2026-01-01"), person(2, "Grace", "2026-01-01"))
    journey.sync(person(1, "Ada Lovelace", "2026-01-02"), person(3, "Mary", "2026-01-02"))
    assert journey.rows() == [(1, "Ada Lovelace"), (2, "Grace"), (3, "Mary")]


def test_of_two_rows_with_one_cursor_the_later_extraction_wins(journey: Journey) -> None:
    journey.connect("incremental_deduped_history")
    journey.sync(person(1, "first"))
    journey.mock.advance(60)
    journey.sync(person(1, "second"))
    assert journey.rows() == [(1, "second")]


def test_a_reset_empties_tables_and_forgets_cursors(journey: Journey) -> None:
    journey.connect("incremental_append")
    journey.sync(person(1, "Ada"))
    state = journey.mock.book.start(journey.connection_id, "reset")
    assert journey.mock.job(state.job.job_id).status == "succeeded"
    assert journey.rows() == []
    assert journey.sync(person(1, "Ada")).rows_committed == 1


def test_metadata_columns_come_first_and_say_where_a_row_is_from(journey: Journey) -> None:
    journey.connect()
    state = journey.sync(person(1, "Ada"))
    ((raw_id, extracted_at, meta, generation, *row),) = journey.query("select * from people")
    assert len(raw_id) == 36
    assert str(extracted_at).replace("T", " ").startswith("2026-01-01 12:00:00")
    assert _document(meta) == {"sync_id": state.job.job_id, "changes": []}
    assert (generation, row[:2]) == (1, [1, "Ada"])


def test_a_value_that_does_not_fit_is_null_with_a_change_and_the_sync_succeeds(journey: Journey) -> None:
    journey.connect()
    schema = {"properties": {"id": {"type": "integer"}, "age": {"type": "integer"}}}
    journey.sync({"id": 1, "age": "old"}, {"id": 2, "age": 7}, json_schema=schema)
    metas = dict(journey.query("select id, _airbyte_meta from people"))
    changes = {
        number: (json.loads(meta) if isinstance(meta, str) else meta)["changes"] for number, meta in metas.items()
    }
    change = {"field": "age", "change": "NULLED", "reason": "DESTINATION_SERIALIZATION_ERROR"}
    assert changes == {1: [change], 2: []}
    assert journey.rows("id, age") == [(1, None), (2, 7)]


def test_names_that_no_database_likes_are_made_safe(journey: Journey) -> None:
    source = journey.mock.create_source(
        "S", "mock-inline", streams=[{"name": "2 odd-names", "rows": [{"a b": 1, "a-b": 2}]}]
    )
    connection = journey.mock.create_connection(source, journey.destination_id, prefix="raw ")
    assert journey.mock.job(journey.mock.sync(connection)).status == "succeeded"
    assert journey.query('select a_b, a_b_1 from "raw_2_odd_names"') == [(1, 2)]


def test_only_selected_columns_arrive(journey: Journey) -> None:
    journey.connect(selected=("id",))
    journey.sync(person(1, "Ada"))
    assert [len(row) for row in journey.query("select * from people")] == [5]


def test_generations_count_overwrites_and_not_appends(journey: Journey) -> None:
    journey.connect()
    for expected in (1, 2):
        journey.sync(person(1, "Ada"))
        assert journey.rows("_airbyte_generation_id") == [(expected,)]


def _target(destination: Destination, mode: SyncMode = SyncMode.FULL_REFRESH_OVERWRITE) -> Target:
    schema = destination.default_namespace
    columns = (TableColumn("id", AirbyteType.INTEGER), TableColumn("name", AirbyteType.STRING))
    return Target(Table(schema, "people"), Table(schema, "_airbyte_tmp_1_0"), columns, mode)


def _frame(number: int, name: str) -> pl.DataFrame:
    stream = Stream("people", (Column("id", AirbyteType.INTEGER), Column("name", AirbyteType.STRING)))
    stamp = Stamp(1, datetime(2026, 1, 1, tzinfo=UTC), 1, np.random.default_rng(0))
    return stamped(fit_rows([{"id": number, "name": name}], stream.columns), stamp, {"id": "id", "name": "name"})


def test_a_reader_never_sees_half_an_overwrite(journey: Journey) -> None:
    journey.connect()
    journey.sync(*(person(number, "old") for number in range(10)))
    destination = journey.destination()
    seen: list[list[tuple[Any, ...]]] = []

    def frames() -> Iterator[pl.DataFrame]:
        for number in range(3):
            yield _frame(number, "new")
            seen.append(journey.query("select name, count(*) from people group by name"))

    with destination.transaction() as transaction:
        load(transaction, _target(destination), frames())
    assert seen == [[("old", 10)]] * 3
    assert journey.query("select name, count(*) from people group by name") == [("new", 3)]


@pytest.mark.parametrize("mode", [SyncMode.FULL_REFRESH_OVERWRITE, SyncMode.FULL_REFRESH_APPEND])
def test_what_stops_midway_leaves_the_table_as_it_was(journey: Journey, mode: SyncMode) -> None:
    journey.connect()
    journey.sync(person(1, "Ada"))
    destination = journey.destination()

    def frames() -> Iterator[pl.DataFrame]:
        yield _frame(2, "Grace")
        raise SyncCancelled

    with pytest.raises(SyncCancelled), destination.transaction() as transaction:
        load(transaction, _target(destination, mode), frames())
    assert journey.rows() == [(1, "Ada")]


def test_a_column_that_went_away_fails_a_sync_that_needs_it(journey: Journey) -> None:
    journey.connect("incremental_deduped_history")
    journey.sync(person(1, "Ada"))
    journey.mock.configure("source", journey.source_id, streams=people({"id": 1}))
    state = journey.mock.job(journey.mock.sync(journey.connection_id))
    assert state.failure is not None
    assert (state.failure.origin, state.failure.stream) == ("source", "people")
    assert "column='at'" in state.failure.external_message


def test_a_stream_that_went_away_fails_the_sync(journey: Journey) -> None:
    journey.connect()
    journey.mock.configure("source", journey.source_id, streams=[{"name": "cats", "rows": [{"id": 1}]}])
    state = journey.mock.job(journey.mock.sync(journey.connection_id))
    assert state.failure is not None
    assert "does not exist in the source any more" in state.failure.external_message


def test_two_streams_for_one_table_are_refused(journey: Journey) -> None:
    streams = [{"name": "a-b", "rows": [{"x": 1}]}, {"name": "a b", "rows": [{"x": 1}]}]
    source = journey.mock.create_source("S", "mock-inline", streams=streams)
    state = journey.mock.job(journey.mock.sync(journey.mock.create_connection(source, journey.destination_id)))
    assert state.status == "failed"
    assert state.failure is not None
    assert "one table" in state.failure.external_message
