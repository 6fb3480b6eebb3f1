"""Real connectors are declared where the mock is started, and asked for what they are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from mock_airbyte import HandClock, MockAirbyte
from mock_airbyte.cli import main
from mock_airbyte.programs.declared import BadConnector, read_programs
from mock_airbyte.seeding import BadSeed, plant, read_seed
from mock_airbyte.sources.protocol import Stream
from tests.mock_airbyte.api import CONFIG, Api
from tests.mock_airbyte.programs.conftest import COMMAND, CONNECTOR, PHRASE, Lab, people
from tests.mock_airbyte.shops import select

MASK = "**********"


def _venv(folder: Path) -> Path:
    program = folder / "bin" / "source-test"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {CONNECTOR} "$@"\n')
    program.chmod(0o755)
    return folder


def test_a_virtual_environment_a_program_or_a_command_declares_one(tmp_path: Path) -> None:
    folder = _venv(tmp_path / "venv")
    program = str(folder / "bin" / "source-test")
    for declared in (str(folder), program, [program], {"command": folder}, {"command": [program]}):
        assert read_programs({"source-test": declared})["source-test"].command == (program,)


@pytest.mark.parametrize(
    ("name", "declared", "words"),
    [
        ("destination-x", COMMAND, "Only sources can be run"),
        ("source-x", "/nowhere/at/all", "no such program"),
        ("source-x", [], "needs a command"),
        ("source-x", {"command": COMMAND, "image": "x"}, "and nothing else"),
        ("source-x", {"command": COMMAND, "limit_seconds": -1}, "limit_seconds: Input should be greater than 0"),
        ("source-x", {"command": COMMAND, "environment": 5}, "environment"),
    ],
)
def test_what_cannot_be_run_is_refused_at_once(name: str, declared: Any, words: str) -> None:
    with pytest.raises(BadConnector, match=words):
        MockAirbyte(connectors={name: declared})


def test_an_environment_without_the_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConnector, match="bin/source-x"):
        read_programs({"source-x": str(tmp_path)})


def test_nobody_declares_one_over_http(lab: Lab) -> None:
    answer = Client(lab.mock.app).post(
        "/_mock/seed", json={"connectors": {"source-y": COMMAND}}, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
    )
    assert (answer.status_code, "--config" in answer.text) == (400, True)
    assert set(lab.mock.world.programs) == {"source-test"}
    with pytest.raises(BadSeed, match="--config"):
        plant(lab.mock.world, {"connectors": {"source-y": COMMAND}})


def test_a_seed_file_may(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text('connectors: {source-test: {command: ["${PYTHON}", x.py]}}')
    assert read_seed(path, {"PYTHON": sys.executable}) == {
        "connectors": {"source-test": {"command": [sys.executable, "x.py"]}}
    }


def test_the_command_line_may(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--connector", "source-test"]) == 2
    assert "NAME=PATH" in capsys.readouterr().err
    assert main(["serve", "--connector", f"source-test={tmp_path}/nothing"]) == 2
    assert "no such program" in capsys.readouterr().err


def test_the_specification_is_the_connectors_own(lab: Lab) -> None:
    listed = lab.config_api.post("/source_definitions/list")["sourceDefinitions"]
    (definition_id,) = [one["sourceDefinitionId"] for one in listed if one["name"] == "test"]
    body = {"sourceDefinitionId": definition_id, "workspaceId": lab.mock.workspace_id}
    answer = lab.config_api.post("/source_definition_specifications/get", body)
    assert answer["connectionSpecification"]["required"] == ["rows"]
    assert answer["documentationUrl"] == "https://example.com/source-test"


def test_the_mocks_own_connectors_have_specifications_too(lab: Lab) -> None:
    body = {"destinationDefinitionId": "b76be0a6-27dc-4560-95f6-2623da0bd7b6"}
    answer = lab.config_api.post("/destination_definition_specifications/get", body)
    assert answer["connectionSpecification"]["required"] == ["destination_path"]


def test_a_declared_one_takes_the_place_and_the_id_of_the_mocks_own() -> None:
    mock = MockAirbyte(connectors={"source-faker": COMMAND})
    listed = Api(mock, CONFIG).post("/source_definitions/list")["sourceDefinitions"]
    found = [one["sourceDefinitionId"] for one in listed if one["name"] == "faker"]
    assert found == ["dfd88b22-b603-4c3d-aad7-3701784586b1"]
    with pytest.raises(ValueError, match="required property 'rows' not found"):
        mock.create_source("S", "faker", count=5)


@pytest.mark.parametrize(
    ("configuration", "complaint"),
    [
        ({}, "$: required property 'rows' not found"),
        ({"rows": PHRASE}, "$.rows: string found, integer expected"),
        ({"rows": -1}, "$.rows: must have a minimum value of 0"),
        ({"rows": 1, "states": PHRASE}, "$.states: does not have a value in the enumeration"),
        ({"rows": 1, "login": {"kind": "word"}}, "$.login: must be valid to one and only one schema, but 0 are valid"),
    ],
)
def test_a_configuration_is_judged_by_it_without_being_quoted(
    lab: Lab, configuration: dict[str, Any], complaint: str
) -> None:
    body = {"name": "S", "workspaceId": lab.mock.workspace_id, "configuration": {"sourceType": "test", **configuration}}
    message = Api(lab.mock).post("/sources", body, expect=422)["data"]["message"]
    assert message.startswith("json schema validation failed when comparing the data to the json schema. \nErrors: ")
    assert complaint in message
    assert PHRASE not in message


def test_what_it_marks_as_secret_is_masked_and_kept_when_the_mask_comes_back(lab: Lab) -> None:
    api = Api(lab.mock)
    told = {"rows": 1, "phrase": PHRASE, "login": {"kind": "word", "word": "xyzzy"}}
    body = {"name": "S", "workspaceId": lab.mock.workspace_id, "configuration": {"sourceType": "test", **told}}
    made = api.post("/sources", body)
    assert made["configuration"]["phrase"] == MASK
    assert made["configuration"]["login"] == {"kind": "word", "word": MASK}
    shown = lab.config_api.post("/sources/get", {"sourceId": made["sourceId"]})["connectionConfiguration"]
    assert (shown["phrase"], shown["login"]["word"]) == (MASK, MASK)
    api.patch(f"/sources/{made['sourceId']}", {"configuration": {**made["configuration"], "rows": 2}})
    assert lab.mock.world.actor("source", made["sourceId"]).configuration == told | {"rows": 2}
    journal = repr([request.body for request in lab.mock.requests])
    assert PHRASE not in journal
    assert "xyzzy" not in journal


@pytest.mark.parametrize(
    ("misbehaves", "answer"),
    [
        ("", {"status": "succeeded"}),
        ("refuses", {"status": "failed", "message": "The door is shut."}),
        ("fails at check", {"status": "failed", "message": f"bad phrase {MASK}"}),
    ],
)
def test_a_check_is_answered_in_the_connectors_words(lab: Lab, misbehaves: str, answer: dict[str, str]) -> None:
    source = lab.source(misbehaves=misbehaves)
    found = lab.config_api.post("/sources/check_connection", {"sourceId": source})
    assert {key: found[key] for key in found if key != "jobInfo"} == answer


def test_its_streams_are_discovered_as_it_declares_them(lab: Lab) -> None:
    source = lab.source()
    catalog = lab.config_api.post("/sources/discover_schema", {"sourceId": source})["catalog"]["streams"]
    shown = {one["stream"]["name"]: one["stream"] for one in catalog}
    assert shown["people"]["jsonSchema"]["properties"]["home"]["properties"] == {"city": {"type": "string"}}
    keys = ("supportedSyncModes", "sourceDefinedCursor", "defaultCursorField", "sourceDefinedPrimaryKey", "namespace")
    assert {name: [one[key] for key in keys] for name, one in shown.items()} == {
        "people": [["full_refresh", "incremental"], True, ["at"], [["id"]], None],
        "notes": [["full_refresh"], False, [], [], "office"],
        "events": [["full_refresh", "incremental"], False, ["when", "second"], [], None],
    }
    streams = Api(lab.mock).get("/streams", sourceId=source)
    assert [one["streamName"] for one in streams] == ["people", "notes", "events"]
    assert streams[1]["syncModes"] == [
        "full_refresh_overwrite",
        "full_refresh_overwrite_deduped",
        "full_refresh_append",
    ]


def test_a_stream_that_is_read_whole_is_not_synced_incrementally(lab: Lab) -> None:
    destination = lab.mock.create_destination("W", "sqlite", destination_path=str(lab.folder / "w.db"))
    streams = [{"name": "notes", "syncMode": "incremental_append"}]
    body = {"sourceId": lab.source(), "destinationId": destination, "configurations": {"streams": streams}}
    message = Api(lab.mock).post("/connections", body, expect=400)["data"]["message"]
    assert message.startswith("Cannot set sync mode to incremental_append for stream notes.")


@pytest.mark.parametrize("misbehaves", ["dies at discover", "says nothing"])
def test_a_discovery_without_an_answer_says_how_it_ended(lab: Lab, misbehaves: str) -> None:
    body = {"sourceId": lab.source(misbehaves=misbehaves)}
    failed = lab.config_api.post("/sources/discover_schema", body)
    message = failed["jobInfo"]["failureReason"]["externalMessage"]
    assert "source-test ended without saying why (exit code=" in message
    assert PHRASE not in message


def test_it_may_stand_in_for_another_type(tmp_path: Path) -> None:
    mock = MockAirbyte(
        clock=HandClock(),
        patience_seconds=60,
        connectors={"source-test": COMMAND},
        substitutes={"source-salesforce": {"type": "source-test", "configuration": {"rows": 1, "misbehaves": ""}}},
    )
    destination = mock.create_destination("W", "sqlite", destination_path=str(tmp_path / "w.db"))
    connection = mock.create_connection(
        mock.create_source("CRM", "salesforce", client_id="x"), destination, streams=[people()]
    )
    assert mock.job(mock.sync(connection)).status == "succeeded"
    mock.job(mock.sync(connection))
    assert select(tmp_path / "w.db", "select id from people order by id") == [(0,), (1,)]
    mock.stop()


def test_a_restored_state_goes_on_where_it_was(make_lab: Callable[..., Lab]) -> None:
    from mock_airbyte.records import StreamState
    from mock_airbyte.state.saved import SavedState, dump, load

    lab = make_lab()
    connection = lab.connect(people())
    lab.sync(connection)
    kept = SavedState(connection, ("people", None), lab.mock.world.states(connection)["people", None])
    assert load(SavedState, dump(kept)) == kept
    assert kept.state == StreamState(generation=0, job_id=1, own={"read": 2})
    catalog = lab.mock.world.connection(connection)
    restored = load(type(catalog), dump(catalog))
    assert restored == catalog
    assert isinstance(restored.catalog[0], Stream)
