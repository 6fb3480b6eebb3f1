"""Rows, states and failures of a real connector."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mock_airbyte import StreamConfig, SyncMode
from mock_airbyte.drifting import Drift
from tests.mock_airbyte.programs.conftest import PHRASE, Lab, people

EVENTS = StreamConfig("events", None, SyncMode.INCREMENTAL_APPEND)
NOTES = StreamConfig("notes", "office")


def test_rows_land_in_the_types_that_the_connector_declares(lab: Lab) -> None:
    state = lab.sync(lab.connect(rows=1))
    assert (state.status, state.rows_committed) == ("succeeded", 3), state.failure
    columns = "id, name, at, local, born, home, tags, either, typeof(id)"
    assert lab.rows(f"select {columns} from people") == [
        (
            0,
            "person 0",
            "2026-01-01 00:00:00.000000",
            "2026-01-01 10:00:00.000000",
            "1990-02-03",
            '{"city": "Oslo"}',
            '["a"]',
            "0",
            "integer",
        )
    ]
    assert lab.rows("select text from notes") == [("note 0",)]


def test_a_value_that_does_not_fit_is_null_and_marked(lab: Lab) -> None:
    lab.sync(lab.connect(people(), misbehaves="sends misfits"))
    rows = lab.rows("select id, name, at, born, _airbyte_meta from people order by _rowid_")
    assert [row[:4] for row in rows] == [
        (1, "person 1", None, "1990-02-03"),
        (None, None, "2026-01-01 00:00:00.000000", None),
    ]
    changed = [[one["field"] for one in json.loads(row[4])["changes"]] for row in rows]
    assert changed == [["at"], ["id", "born"]]


def test_streams_that_come_mixed_and_unended_are_told_apart(lab: Lab) -> None:
    state = lab.sync(lab.connect(rows=3, misbehaves="mixes"))
    assert {one.name: one.records_committed for one in state.streams} == {"people": 3, "notes": 3, "events": 3}
    assert lab.rows("select n from events order by n") == [(0,), (1,), (2,)]


def test_a_stream_larger_than_a_batch_keeps_every_row(lab: Lab) -> None:
    lab.sync(lab.connect(NOTES, rows=20_000))
    assert lab.rows("select count(distinct text), count(*) from notes") == [(20_000, 20_000)]


@pytest.mark.parametrize("states", ["stream", "global", "legacy"])
def test_the_next_sync_goes_on_from_the_connectors_own_state(lab: Lab, states: str) -> None:
    connection = lab.connect(people(), EVENTS, NOTES, states=states)
    lab.sync(connection)
    lab.sync(connection)
    assert lab.rows("select id from people order by id") == [(0,), (1,), (2,), (3,)]
    assert lab.rows("select n from events order by n") == [(0,), (1,), (2,), (3,)]
    assert lab.rows("select count(*) from notes") == [(2,)]  # read whole each time


def test_the_connector_is_told_of_modes_cursors_keys_and_generations(lab: Lab) -> None:
    connection = lab.connect(people("incremental_deduped_history"), EVENTS, NOTES)
    lab.sync(connection)
    lab.sync(connection)
    told = lab.told()["seen"]
    keys = ("sync_mode", "destination_sync_mode", "cursor_field", "primary_key", "minimum_generation_id", "sync_id")
    assert [[stream[key] for key in keys] for stream in told["catalog"]["streams"]] == [
        ["incremental", "append_dedup", ["at"], [["id"]], 0, 2],
        ["incremental", "append", ["when", "second"], [], 0, 2],
        ["full_refresh", "overwrite", [], [], 2, 2],
    ]
    declared = told["catalog"]["streams"][0]["stream"]
    assert declared["json_schema"]["properties"]["home"]["properties"] == {"city": {"type": "string"}}
    assert [one["stream"]["stream_descriptor"]["name"] for one in told["state"]] == ["people", "events"]


def test_only_selected_fields_are_asked_for_and_kept(lab: Lab) -> None:
    lab.sync(lab.connect(StreamConfig("people", selected_fields=("id", "name"))))
    (stream,) = lab.told()["seen"]["catalog"]["streams"]
    assert list(stream["stream"]["json_schema"]["properties"]) == ["id", "name"]
    assert lab.rows("select name from pragma_table_info('people') where name not like '_airbyte%'") == [
        ("id",),
        ("name",),
    ]


def test_a_refresh_reads_from_the_beginning_and_a_reset_forgets_the_state(lab: Lab) -> None:
    connection = lab.connect(people())
    lab.sync(connection)
    assert lab.mock.job(lab.mock.refresh(connection, "truncate")).status == "succeeded"
    assert "state" not in lab.told()["seen"]
    assert lab.rows("select id, _airbyte_generation_id from people order by id") == [(0, 1), (1, 1)]
    lab.mock.job(lab.mock.book.start(connection, "reset").job.job_id)
    lab.sync(connection)
    assert "state" not in lab.told()["seen"]


def test_a_shared_state_is_forgotten_by_a_reset(lab: Lab) -> None:
    connection = lab.connect(people(), states="global")
    lab.sync(connection)
    lab.mock.job(lab.mock.book.start(connection, "reset").job.job_id)
    answer = lab.config_api.post("/state/get", {"connectionId": connection})
    assert answer["stateType"] == "not_set"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (
            "stream",
            {
                "stateType": "stream",
                "streamState": [{"streamDescriptor": {"name": "people"}, "streamState": {"read": 2}}],
            },
        ),
        (
            "global",
            {
                "stateType": "global",
                "globalState": {
                    "shared_state": {"lsn": 7},
                    "streamStates": [{"streamDescriptor": {"name": "people"}, "streamState": {"read": 2}}],
                },
            },
        ),
        ("legacy", {"stateType": "legacy", "state": {"people": 2}}),
    ],
)
def test_the_config_api_shows_and_sets_the_state(lab: Lab, states: str, expected: dict[str, object]) -> None:
    connection = lab.connect(people(), states=states)
    lab.sync(connection)
    shown = lab.config_api.post("/state/get", {"connectionId": connection})
    assert shown == {"connectionId": connection, **expected}
    earlier = json.loads(json.dumps(expected).replace(": 2", ": 1"))
    body = {"connectionId": connection, "connectionState": earlier}
    assert lab.config_api.post("/state/create_or_update", body) == {"connectionId": connection, **earlier}
    lab.sync(connection)
    assert lab.rows("select id from people order by id") == [(0,), (1,), (1,), (2,)]


def test_a_state_by_stream_takes_the_place_of_a_shared_one(lab: Lab) -> None:
    connection = lab.connect(people(), states="legacy")
    lab.sync(connection)
    source = lab.mock.world.connection(connection).source_id
    lab.mock.configure("source", source, states="stream")
    lab.sync(connection)
    shown = lab.config_api.post("/state/get", {"connectionId": connection})
    assert (shown["stateType"], shown["streamState"][0]["streamState"]) == ("stream", {"read": 4})


@pytest.mark.parametrize("where", ["people", "the end"])
def test_a_state_is_kept_only_with_the_rows_before_it(lab: Lab, where: str) -> None:
    connection = lab.connect(people(), misbehaves=f"dies at {where}")
    state = lab.sync(connection)
    shown = lab.config_api.post("/state/get", {"connectionId": connection})
    committed = where == "the end"  # each attempt commits what the connector sends: such attempts are partial ones
    counts = [attempt.streams[0].records_committed for attempt in state.attempts]
    assert (state.status, counts) == ("failed", [2] * 20 if committed else [0] * 5)
    assert shown["stateType"] == ("stream" if committed else "not_set")


def test_an_error_of_the_connector_is_the_jobs_failure_without_its_secrets(lab: Lab) -> None:
    state = lab.sync(lab.connect(people(), misbehaves="fails at read"))
    info = lab.config_api.post("/jobs/get", {"id": state.job.job_id})
    ((failure,),) = [attempt["attempt"]["failureSummary"]["failures"] for attempt in info["attempts"]]
    assert (failure["failureOrigin"], failure["failureType"]) == ("source", "config_error")
    assert failure["externalMessage"] == "bad phrase **********"
    assert failure["internalMessage"] == "E1 bad phrase **********"
    assert failure["stacktrace"] == "Traceback\n  bad phrase **********"
    lines = info["attempts"][0]["logs"]["logLines"]
    assert any(line.endswith("ERROR source > trying with **********") for line in lines)
    assert PHRASE not in json.dumps(info)


def test_an_exit_without_a_reason_tells_the_last_words(lab: Lab) -> None:
    failure = lab.sync(lab.connect(people(), misbehaves="dies at read")).failure
    assert failure is not None
    assert (failure.origin, failure.kind, failure.stream) == ("source", "system_error", "people")
    assert "exit code=3" in failure.external_message
    assert failure.external_message.endswith("oh no, **********\nout of memory")


def test_a_stream_that_fails_leaves_those_that_were_complete(lab: Lab) -> None:
    state = lab.sync(lab.connect(people(), NOTES, misbehaves="reads partly"))
    assert state.failure is not None
    assert (state.failure.external_message, state.failure.kind, state.failure.stream) == (
        "The notes are locked.",
        "transient_error",
        "notes",
    )
    assert {one.name: one.records_committed for one in state.attempts[0].streams} == {"people": 1, "notes": 0}


@pytest.mark.parametrize(
    ("misbehaves", "words"), [("gives up", "ended without saying why"), ("sends too many", "after it had said")]
)
def test_rows_that_are_not_all_of_them_are_not_committed_in_silence(lab: Lab, misbehaves: str, words: str) -> None:
    state = lab.sync(lab.connect(people(), misbehaves=misbehaves))
    assert state.failure is not None
    assert (state.status, state.failure.kind) == ("failed", "system_error")
    assert words in state.failure.external_message


def test_noise_is_logged_without_rows_and_is_not_fatal(lab: Lab) -> None:
    state = lab.sync(lab.connect(people(), misbehaves="makes noise"))
    said = [line.message for line in state.lines]
    assert state.status == "succeeded"
    assert "source > /lib/x.py:1: DeprecationWarning: old" in said
    assert said.count("source > (a line that is no message)") == 2
    assert said.count("source > Rows of stream 'strangers' are left out, which was not asked for.") == 1
    assert tuple(said[said.index("source > reading") :][:2]) == ("source > reading", "source > in two lines")
    assert "Ada Secret" not in json.dumps(said)


def test_a_renewed_configuration_is_kept(lab: Lab) -> None:
    connection = lab.connect(people(), misbehaves="renews its phrase")
    lab.sync(connection)
    source = lab.mock.world.actor("source", lab.mock.world.connection(connection).source_id)
    assert source.configuration["phrase"] == "new"


def test_secrets_lie_in_files_that_nobody_else_may_read_and_that_go_away(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_AIRBYTE_CLIENT_SECRET", "s3cret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    connection = lab.connect(people())
    lab.sync(connection)
    lab.sync(connection)
    told = lab.told()
    assert told["modes"] == {"config": "0o600", "catalog": "0o600", "state": "0o600", "folder": "0o700"}
    assert not Path(told["folder"]).exists()
    assert not {"MOCK_AIRBYTE_CLIENT_SECRET", "PYTHONPATH"} & set(told["environment"])


def test_a_changed_schema_is_treated_as_any_sources(lab: Lab) -> None:
    connection = lab.connect(people())
    lab.sync(connection)
    world = lab.mock.world
    known = world.connection(connection)
    world.put_connection(replace(known, schema_updates="propagate_columns"))
    world.put_actor(replace(world.actor("source", known.source_id), drift=Drift()))
    assert lab.sync(connection).status == "succeeded"
    assert lab.rows("select id, drifted from people order by id") == [(0, None), (1, None), (2, "new"), (3, "new")]
