"""The Config API: attempts, counts, failures and logs that the public API keeps to itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_airbyte import HandClock, MockAirbyte, Stage, StreamConfig, SyncMode
from mock_airbyte.lifecycle import Timeline
from tests.mock_airbyte.api import CONFIG, Api, Json, reason
from tests.mock_airbyte.shops import connected

UNKNOWN = "11111111-1111-4111-8111-111111111111"
BEGUN = 1767268800  # the hand-moved clock's start
FLAKY: Timeline = (Stage("running", 2), Stage("incomplete", 3), Stage("running", 4), Stage("succeeded"))


@pytest.fixture
def connection_id(mock: MockAirbyte, warehouse: Path) -> str:
    return connected(mock, warehouse)


def _broken(mock: MockAirbyte, tmp_path: Path) -> str:
    (tmp_path / "file").touch()
    return connected(mock, tmp_path / "file" / "warehouse.db")


def test_health_is_available(config_api: Api) -> None:
    assert config_api.get("/health") == {"available": True}


def test_a_sync_answers_with_its_job(config_api: Api, connection_id: str) -> None:
    info = config_api.post("/connections/sync/", {"connectionId": connection_id})
    assert info["job"]["id"] == 1
    assert info["job"]["status"] == "pending"


def test_a_finished_job_tells_attempts_counts_and_log(config_api: Api, mock: MockAirbyte, connection_id: str) -> None:
    mock.sync(connection_id)
    info = config_api.post("/jobs/get", {"id": 1})
    size = info["job"]["aggregatedStats"]["bytesCommitted"]
    assert info["job"] == {
        "id": 1,
        "configType": "sync",
        "configId": connection_id,
        "createdAt": BEGUN,
        "updatedAt": BEGUN,
        "startedAt": BEGUN,
        "status": "succeeded",
        "enabledStreams": [{"name": "people"}],
        "aggregatedStats": {
            "recordsEmitted": 2,
            "bytesEmitted": size,
            "recordsCommitted": 2,
            "bytesCommitted": size,
            "recordsRejected": 0,
        },
    }
    ((attempt, log),) = [(entry["attempt"], entry["logs"]["logLines"]) for entry in info["attempts"]]
    assert (attempt["id"], attempt["status"], attempt["recordsSynced"], attempt["endedAt"]) == (
        0,
        "succeeded",
        2,
        BEGUN,
    )
    assert attempt["streamStats"][0]["streamName"] == "people"
    assert attempt["streamStats"][0]["stats"]["recordsCommitted"] == 2
    assert log == ["2026-01-01 12:00:00 destination > Committed 2 records of stream 'people'."]


def test_a_failed_job_tells_why(config_api: Api, mock: MockAirbyte, tmp_path: Path) -> None:
    mock.sync(_broken(mock, tmp_path))
    (entry,) = config_api.post("/jobs/get", {"id": 1})["attempts"]
    summary = entry["attempt"]["failureSummary"]
    (failure,) = summary["failures"]
    assert (entry["attempt"]["status"], summary["partialSuccess"]) == ("failed", False)
    assert (failure["failureOrigin"], failure["failureType"]) == ("destination", "config_error")
    assert failure["retryable"] is False
    assert failure["externalMessage"].startswith("The SQLite file cannot be written")
    assert "ERROR destination > The SQLite file" in entry["logs"]["logLines"][-1]


def test_a_cancelled_job_was_cancelled_by_hand(slow_mock: MockAirbyte, warehouse: Path) -> None:
    job_id = slow_mock.sync(connected(slow_mock, warehouse))
    slow_mock.advance(20)
    info = Api(slow_mock, CONFIG).post("/jobs/cancel", {"id": job_id})
    assert info["job"]["status"] == "cancelled"
    (failure,) = info["attempts"][-1]["attempt"]["failureSummary"]["failures"]
    assert failure["failureType"] == "manual_cancellation"


def test_attempts_are_there_as_soon_as_a_job_runs(slow_mock: MockAirbyte, warehouse: Path) -> None:
    api = Api(slow_mock, CONFIG)
    slow_mock.sync(connected(slow_mock, warehouse))
    assert api.post("/jobs/get", {"id": 1})["attempts"] == []
    slow_mock.advance(10)
    info = api.post("/jobs/get", {"id": 1})
    assert info["attempts"][-1]["attempt"]["status"] == "running"
    assert "endedAt" not in info["attempts"][-1]["attempt"]
    assert info["job"]["startedAt"] == BEGUN + 10


def test_every_attempt_of_a_job_is_listed(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), timeline=FLAKY)
    mock.sync(connected(mock, warehouse))
    mock.advance(100)
    first, second = (entry["attempt"] for entry in Api(mock, CONFIG).post("/jobs/get", {"id": 1})["attempts"])
    assert (first["status"], first["recordsSynced"], first["endedAt"]) == ("failed", 0, BEGUN + 2)
    assert (second["status"], second["recordsSynced"], second["endedAt"]) == ("succeeded", 2, BEGUN + 9)


def test_a_second_sync_while_one_runs_conflicts(slow_mock: MockAirbyte, warehouse: Path) -> None:
    api, connection_id = Api(slow_mock, CONFIG), connected(slow_mock, warehouse)
    api.post("/connections/sync", {"connectionId": connection_id})
    refused = api.post("/connections/sync", {"connectionId": connection_id}, expect=409)
    assert refused["message"] == f"A sync is already running for: {connection_id}"


def test_jobs_are_listed_newest_first_with_their_attempts_not_nested(
    config_api: Api, mock: MockAirbyte, connection_id: str
) -> None:
    for _ in range(3):
        mock.job(mock.sync(connection_id))
    body = {"configTypes": ["sync"], "configId": connection_id, "pagination": {"pageSize": 2, "rowOffset": 1}}
    listed = config_api.post("/jobs/list", body)
    assert listed["totalJobCount"] == 3
    assert [entry["job"]["id"] for entry in listed["jobs"]] == [2, 1]
    assert listed["jobs"][0]["attempts"][0]["status"] == "succeeded"


def test_jobs_are_filtered_by_type_and_status(config_api: Api, mock: MockAirbyte, connection_id: str) -> None:
    mock.job(mock.sync(connection_id))
    config_api.post("/connections/reset", {"connectionId": connection_id})
    assert config_api.post("/jobs/list", {"configTypes": ["reset_connection"]})["totalJobCount"] == 1
    assert config_api.post("/jobs/list", {"configTypes": ["sync"], "statuses": ["failed"]})["totalJobCount"] == 0


@pytest.mark.parametrize(
    ("path", "body", "expect"),
    [
        ("/jobs/get", {"id": 9}, 500),
        ("/jobs/cancel", {"id": 9}, 500),
        ("/connections/get", {"connectionId": UNKNOWN}, 404),
        ("/connections/sync", {"connectionId": UNKNOWN}, 404),
    ],
)
def test_of_what_does_not_exist_only_the_id_of_an_error_is_told(
    config_api: Api, path: str, body: dict[str, object], expect: int
) -> None:
    first, second = (config_api.post(path, body, expect=expect) for _ in "ab")
    assert set(first) == set(second) == {"errorId"}
    assert first != second


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/jobs/get", {"id": "x"}, "the value of id must be an integer"),
        ("/jobs/get", {}, "the property id is missing (therefore NULL)"),
        ("/connections/sync", {"connectionId": "nope"}, "Invalid UUID string: nope"),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(config_api: Api, path: str, body: Json, expected: str) -> None:
    answer = config_api.post(path, body, expect=400)
    assert answer["_links"] == {"self": {"href": f"/api/v1{path}", "templated": False}}
    assert reason(answer).startswith("Failed to convert argument [body] for value [null] due to: ")
    assert expected in reason(answer)


def test_a_switched_off_connection_does_not_sync_and_nobody_says_why(
    config_api: Api, mock: MockAirbyte, connection_id: str
) -> None:
    mock.deactivate(connection_id)
    assert set(config_api.post("/connections/sync", {"connectionId": connection_id}, expect=500)) == {"errorId"}


def test_a_refresh_is_listed_as_one(config_api: Api, mock: MockAirbyte, connection_id: str) -> None:
    mock.refresh(connection_id, "merge")
    (entry,) = config_api.post("/jobs/list", {"configId": connection_id})["jobs"]
    assert entry["job"]["configType"] == "refresh"
    assert config_api.post("/jobs/get", {"id": 1})["job"]["configType"] == "refresh"


def test_a_connection_carries_its_catalog(config_api: Api, mock: MockAirbyte, warehouse: Path) -> None:
    stream = StreamConfig(
        "people", None, SyncMode.INCREMENTAL_DEDUPED_HISTORY, cursor_field=("name",), primary_key=(("id",),)
    )
    connection_id = connected(
        mock, warehouse, streams=[stream], namespace_definition="custom_format", namespace_format="x", prefix="raw_"
    )
    read = config_api.post("/connections/get", {"connectionId": connection_id})
    assert (read["namespaceDefinition"], read["namespaceFormat"], read["prefix"]) == ("customformat", "x", "raw_")
    (entry,) = read["syncCatalog"]["streams"]
    assert entry["stream"]["jsonSchema"]["properties"]["id"] == {"type": ["null", "integer"]}
    assert entry["config"] == {
        "selected": True,
        "aliasName": "people",
        "syncMode": "incremental",
        "destinationSyncMode": "append_dedup",
        "cursorField": ["name"],
        "primaryKey": [["id"]],
        "fieldSelectionEnabled": False,
    }
    listed = config_api.post("/connections/list", {"workspaceId": mock.workspace_id})
    assert listed["connections"] == [read]


def test_a_schedule_is_shown_as_the_config_api_has_it(config_api: Api, mock: MockAirbyte, warehouse: Path) -> None:
    connected(mock, warehouse, schedule={"scheduleType": "cron", "cronExpression": "0 0 * * * ?"})
    (read,) = config_api.post("/connections/list", {"workspaceId": mock.workspace_id})["connections"]
    assert read["scheduleData"] == {"cron": {"cronExpression": "0 0 * * * ?", "cronTimeZone": "UTC"}}


def test_the_state_of_an_incremental_stream_is_its_cursor(config_api: Api, mock: MockAirbyte, warehouse: Path) -> None:
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_APPEND, cursor_field=("id",))
    connection_id = connected(mock, warehouse, streams=[stream])
    body = {"connectionId": connection_id}
    assert config_api.post("/state/get", body) == {"stateType": "not_set", "connectionId": connection_id}
    mock.job(mock.sync(connection_id))
    assert config_api.post("/state/get", body) == {
        "stateType": "stream",
        "connectionId": connection_id,
        "streamState": [{"streamDescriptor": {"name": "people"}, "streamState": {"cursor": 2, "cursor_field": ["id"]}}],
    }


def test_a_connection_check_says_what_is_wrong(config_api: Api, mock: MockAirbyte, warehouse: Path) -> None:
    good = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    assert config_api.post("/destinations/check_connection", {"destinationId": good})["status"] == "succeeded"
    bad = mock.create_source("F", "mock-files", folder="/nowhere/at/all")
    answer = config_api.post("/sources/check_connection", {"sourceId": bad})
    assert (answer["status"], "does not exist" in answer["message"]) == ("failed", True)


def test_a_source_is_discovered_as_it_is_now(config_api: Api, mock: MockAirbyte, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x\n1\n")
    source = {"sourceId": mock.create_source("F", "mock-files", folder=str(tmp_path))}
    (before,) = config_api.post("/sources/discover_schema", source)["catalog"]["streams"]
    assert (before["stream"]["name"], before["config"]["selected"]) == ("t", False)
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    (after,) = config_api.post("/sources/discover_schema", source)["catalog"]["streams"]
    assert list(after["stream"]["jsonSchema"]["properties"]) == ["x", "y"]
    mock.configure("source", source["sourceId"], folder="/nowhere/at/all")
    failed = config_api.post("/sources/discover_schema", source)
    assert ("catalog" in failed, failed["jobInfo"]["succeeded"]) == (False, False)
    assert "does not exist" in failed["jobInfo"]["failureReason"]["externalMessage"]


def test_workspaces_sources_and_destinations_are_listed(config_api: Api, mock: MockAirbyte, connection_id: str) -> None:
    body = {"workspaceId": mock.workspace_id}
    assert config_api.post("/workspaces/list")["workspaces"] == [config_api.post("/workspaces/get", body)]
    (source,) = config_api.post("/sources/list", body)["sources"]
    (destination,) = config_api.post("/destinations/list", body)["destinations"]
    assert (source["name"], source["sourceName"]) == ("Shop", "mock-inline")
    assert destination["connectionConfiguration"]["destination_path"].endswith("warehouse.db")
