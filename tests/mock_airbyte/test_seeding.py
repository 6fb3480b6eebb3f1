from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_airbyte import MockAirbyte
from mock_airbyte.seeding import BadSeed, plant, read_seed
from tests.mock_airbyte.shops import people

SEED = """
workspaces: [{name: Shop, id: 22222222-2222-4222-8222-222222222222}]
sources:
  - name: Fake
    type: source-faker
    configuration: {count: 10}
destinations:
  - name: Warehouse
    type: destination-postgres
    configuration: {host: "${HOST:-localhost}", port: 5432, database: d, username: u, password: "${PASSWORD}"}
connections:
  - name: Fake to Warehouse
    id: 33333333-3333-4333-8333-333333333333
    source: Fake
    destination: Warehouse
    prefix: raw_
    configurations: {streams: [{name: users, syncMode: incremental_append}]}
"""


def _plant(seed: dict[str, Any]) -> MockAirbyte:
    mock = MockAirbyte(workspace=None)
    plant(mock.world, seed)
    return mock


def test_a_file_fills_a_mock(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(SEED)
    mock = _plant(read_seed(path, {"PASSWORD": "s3cret"}))
    (connection,) = mock.world.connections()
    assert connection.connection_id == "33333333-3333-4333-8333-333333333333"
    assert connection.workspace_id == mock.workspace_id == "22222222-2222-4222-8222-222222222222"
    assert (connection.prefix, connection.streams[0].sync_mode) == ("raw_", "incremental_append")
    configuration = mock.world.actor("destination", connection.destination_id).configuration
    assert (configuration["host"], configuration["password"]) == ("localhost", "s3cret")


def test_json_will_do_as_well(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(
        json.dumps({"sources": [{"name": "S", "type": "mock-inline", "configuration": {"streams": people()}}]})
    )
    mock = _plant(read_seed(path, {}))
    assert [source.name for source in mock.world.actors("source")] == ["S"]
    assert [workspace.name for workspace in mock.world.workspaces()] == ["Default Workspace"]


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(SEED)
    with pytest.raises(BadSeed, match="PASSWORD"):
        read_seed(path, {})


@pytest.mark.parametrize("content", ["[1, 2]", "conections: []", "just a text"])
def test_a_file_with_anything_else_in_it_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(content)
    with pytest.raises(BadSeed, match="nothing else"):
        read_seed(path, {})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.yml", "sources: [", r"(?s)no YAML.*s\.yml.*line 1"),
        ("s.json", "{", r"no JSON.*s\.json.*line 1"),
        ("s.yml", "sources: [{name: x}, y]", r"\(sources, entry 2\): the value of sources, entry 2 must be an object"),
        ("s.yml", "sources: {name: x}", "the value of sources must be a list"),
        (
            "s.yml",
            "sources: [{name: x, type: faker, configuration: [1]}]",
            "the value of configuration must be an object",
        ),
        ("s.yml", "workspaces: [x]", "the value of workspaces, entry 1 must be an object"),
        ("s.yml", "substitutes: [x]", "the value of substitutes must be an object"),
        ("s.yml", "sources: [{name: 7, type: faker}]", "the value of name must be a string"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(BadSeed, match=message):
        read_seed(path, {})


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        ({"sources": [{"name": "S", "type": "teapot"}]}, "source cannot be created.*'S'.*teapot"),
        ({"substitutes": {"snowflake": {"type": "sqlite"}}}, "substitutes cannot be used.*'snowflake'"),
        ({"sources": [{"name": "S", "type": "faker", "workspace": "Else"}]}, "no such workspace.*'Else'"),
        ({"connections": [{"name": "C", "source": "S", "destination": "D"}]}, "no such source.*'S'"),
        (
            {
                "sources": [{"name": "S", "type": "mock-files", "configuration": {"folder": "/nowhere/at/all"}}],
                "destinations": [{"name": "D", "type": "sqlite", "configuration": {"destination_path": "x"}}],
                "connections": [{"name": "C", "source": "S", "destination": "D"}],
            },
            "connection cannot be created.*'C'.*folder does not exist",
        ),
    ],
)
def test_an_entry_that_cannot_be_created_is_named(seed: dict[str, Any], message: str) -> None:
    with pytest.raises(BadSeed, match=message):
        _plant(seed)


_SCHEDULED = """
sources: [{name: Fake, type: source-faker, configuration: {count: 10}}]
destinations: [{name: W, type: destination-sqlite, configuration: {destination_path: w.db}}]
connections: [{name: Nightly, source: Fake, destination: W, schedule: SCHEDULE}]
"""


@pytest.mark.parametrize(
    ("schedule", "kept"),
    [
        ('{scheduleType: cron, cronExpression: "0 0 3 * * ?"}', "0 0 3 * * ? UTC"),
        ('{scheduleType: cron, cronExpression: "0 0 3 ? * 2-6 Europe/Berlin"}', "0 0 3 ? * 2-6 Europe/Berlin"),
        ('{scheduleType: basic, basicTiming: "Every 24 HOURS"}', "Every 24 HOURS"),
    ],
)
def test_a_connection_has_its_schedule(tmp_path: Path, mock: MockAirbyte, schedule: str, kept: str) -> None:
    file = tmp_path / "seed.yml"
    file.write_text(_SCHEDULED.replace("SCHEDULE", schedule))
    plant(mock.world, read_seed(file, {}))
    (connection,) = mock.world.connections()
    assert kept in connection.schedule.values()


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        ('{scheduleType: cron, cronExpression: "0 3 * * *"}', "contains 5 parts but we expect one of"),
        ('{scheduleType: cron, cronExpression: "0 0 3 * * ? Mars/Olympus"}', "There is no such time zone"),
        ("{scheduleType: cron}", "Missing cron expression"),
        ("{scheduleType: basic, basicTiming: hourly}", "That is no interval"),
        ("{scheduleType: sometimes}", "Unexpected value 'sometimes'"),
    ],
)
def test_a_schedule_that_is_none_is_refused(tmp_path: Path, mock: MockAirbyte, schedule: str, reason: str) -> None:
    file = tmp_path / "seed.yml"
    file.write_text(_SCHEDULED.replace("SCHEDULE", schedule))
    with pytest.raises(BadSeed, match=reason) as refused:
        plant(mock.world, read_seed(file, {}))
    assert "name='Nightly'" in str(refused.value)
    assert mock.world.connections() == ()
