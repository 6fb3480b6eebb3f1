"""Workspaces, sources, destinations, connections and streams of the public API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_airbyte import MockAirbyte
from tests.mock_airbyte.api import Api, Json, reason
from tests.mock_airbyte.shops import connected, people

UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def source(api: Api, mock: MockAirbyte) -> Json:
    configuration = {"sourceType": "mock-inline", "streams": people(), "api_key": "k-123"}
    return api.post("/sources", {"name": "Shop", "workspaceId": mock.workspace_id, "configuration": configuration})


@pytest.fixture
def destination(api: Api, mock: MockAirbyte, warehouse: Path) -> Json:
    configuration = {"destinationType": "destination-sqlite", "destination_path": str(warehouse)}
    return api.post("/destinations", {"name": "W", "workspaceId": mock.workspace_id, "configuration": configuration})


def _connect(api: Api, source: Json, destination: Json, *, expect: int = 200, **more: Json) -> Json:
    ids = {"sourceId": source["sourceId"], "destinationId": destination["destinationId"]}
    return api.post("/connections", ids | more, expect=expect)


def _stream(**config: Json) -> Json:
    return {"streams": [{"name": "people", **config}]}


def test_a_workspace_is_created_read_renamed_and_deleted(api: Api) -> None:
    made = api.post("/workspaces", {"name": "Analytics"})
    path = f"/workspaces/{made['workspaceId']}"
    assert made == {
        "workspaceId": made["workspaceId"],
        "name": "Analytics",
        "dataResidency": "auto",
        "notifications": made["notifications"],
    }
    assert api.get(path) == made
    assert api.patch(path, {"name": "Sales"})["name"] == "Sales"
    assert api.delete(path, expect=204) is None
    assert api.get(path, expect=404)["data"] == {
        "resourceType": "STANDARD_WORKSPACE",
        "resourceId": made["workspaceId"],
    }
    assert [one["name"] for one in api.get("/workspaces")["data"]] == ["Default Workspace"]
    assert len(api.get("/workspaces", includeDeleted="true")["data"]) == 2


def test_deleting_a_workspace_deletes_what_is_in_it(api: Api, source: Json, destination: Json) -> None:
    connection = _connect(api, source, destination)
    api.delete(f"/workspaces/{source['workspaceId']}", expect=204)
    api.get(f"/sources/{source['sourceId']}", expect=404)
    api.get(f"/destinations/{destination['destinationId']}", expect=404)
    api.get(f"/connections/{connection['connectionId']}", expect=404)


def test_a_source_answers_as_airbyte_does_with_its_secrets_masked(api: Api, mock: MockAirbyte, source: Json) -> None:
    assert source == {
        "sourceId": source["sourceId"],
        "name": "Shop",
        "sourceType": "mock-inline",
        "definitionId": source["definitionId"],
        "workspaceId": mock.workspace_id,
        "configuration": {"streams": people(), "api_key": "**********", "sourceType": "mock-inline"},
        "createdAt": 1767268800,
    }
    assert api.get(f"/sources/{source['sourceId']}") == source
    assert api.get("/sources")["data"] == [source]


def test_a_destination_says_its_type_inside_its_configuration_too(api: Api, destination: Json) -> None:
    assert destination["destinationType"] == "sqlite"
    read = api.get(f"/destinations/{destination['destinationId']}")
    assert read["configuration"]["destinationType"] == "sqlite"


def test_a_connector_may_be_named_by_its_definition_id(api: Api, mock: MockAirbyte) -> None:
    body = {"name": "F", "workspaceId": mock.workspace_id, "configuration": {"count": 5}}
    made = api.post("/sources", body | {"definitionId": "dfd88b22-b603-4c3d-aad7-3701784586b1"})
    assert made["sourceType"] == "faker"


@pytest.mark.parametrize(
    ("configuration", "expect", "message"),
    [
        ({}, 422, "The body of the request was not understood"),
        ({"sourceType": "Tea Pot"}, 400, "The submitted value could not be found."),
        ({"sourceType": "file", "format": "csv"}, 422, "required property 'dataset_name' not found"),
        ("text", 400, "must be an object"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_refused(
    api: Api, mock: MockAirbyte, configuration: Json, expect: int, message: str
) -> None:
    body = {"name": "S", "workspaceId": mock.workspace_id, "configuration": configuration}
    assert message in reason(api.post("/sources", body, expect=expect))


def test_a_connector_that_nobody_knows_is_named_in_the_answer(api: Api, mock: MockAirbyte) -> None:
    body = {"name": "S", "workspaceId": mock.workspace_id, "configuration": {"sourceType": "Tea Pot"}}
    assert api.post("/sources", body, expect=400) == {
        "status": 400,
        "type": "https://reference.airbyte.com/reference/errors",
        "title": "value-not-found",
        "detail": "The submitted value could not be found.",
        "documentationUrl": None,
        "data": {"value": "Tea Pot"},
    }
    unknown = api.post("/sources", body | {"configuration": {}, "definitionId": UNKNOWN}, expect=404)
    assert unknown["data"] == {"resourceType": "STANDARD_SOURCE_DEFINITION", "resourceId": UNKNOWN}


def test_a_source_needs_a_workspace_that_exists(api: Api) -> None:
    body = {"name": "S", "workspaceId": UNKNOWN, "configuration": {"sourceType": "faker"}}
    assert api.post("/sources", body, expect=404)["data"]["resourceType"] == "STANDARD_WORKSPACE"


def test_a_patch_adds_to_a_configuration_and_a_put_replaces_it(api: Api, source: Json) -> None:
    path = f"/sources/{source['sourceId']}"
    patched = api.patch(path, {"name": "Shop 2", "configuration": {"note": "x"}})
    assert (patched["name"], set(patched["configuration"])) == ("Shop 2", {"streams", "api_key", "note", "sourceType"})
    replaced = api.call("PUT", path, json={"name": "Shop 3", "configuration": {"streams": []}})
    assert replaced["configuration"] == {"streams": [], "sourceType": "mock-inline"}


def test_a_mask_that_comes_back_keeps_the_secret(api: Api, mock: MockAirbyte, source: Json) -> None:
    api.patch(f"/sources/{source['sourceId']}", {"configuration": source["configuration"]})
    assert mock.world.actor("source", source["sourceId"]).configuration["api_key"] == "k-123"


def test_deleting_a_source_deletes_its_connections(api: Api, source: Json, destination: Json) -> None:
    connection = _connect(api, source, destination)
    assert api.delete(f"/sources/{source['sourceId']}", expect=204) is None
    assert api.get("/connections")["data"] == []
    (gone,) = api.get("/connections", includeDeleted="true")["data"]
    assert (gone["connectionId"], gone["status"]) == (connection["connectionId"], "deprecated")


def test_a_connection_without_configured_streams_syncs_all_of_them(api: Api, source: Json, destination: Json) -> None:
    made = _connect(api, source, destination)
    assert made == {
        "connectionId": made["connectionId"],
        "name": "Shop → W",
        "sourceId": source["sourceId"],
        "destinationId": destination["destinationId"],
        "workspaceId": source["workspaceId"],
        "status": "active",
        "schedule": {"scheduleType": "manual"},
        "dataResidency": "auto",
        "configurations": {
            "streams": [
                {
                    "name": "people",
                    "syncMode": "full_refresh_overwrite",
                    "cursorField": [],
                    "primaryKey": [],
                    "mappers": [],
                }
            ]
        },
        "createdAt": 1767268800,
        "tags": [],
        "namespaceDefinition": "destination",
        "nonBreakingSchemaUpdatesBehavior": "ignore",
        "prefix": "",
    }
    assert api.get(f"/connections/{made['connectionId']}") == made
    assert api.get("/connections", workspaceIds=source["workspaceId"])["data"] == [made]
    assert api.get("/connections", workspaceIds=UNKNOWN)["data"] == []


def test_a_connection_keeps_what_it_is_told(api: Api, source: Json, destination: Json) -> None:
    told: Json = {
        "name": "Nightly",
        "prefix": "raw_",
        "namespaceDefinition": "custom_format",
        "namespaceFormat": "shop",
        "nonBreakingSchemaUpdatesBehavior": "propagate_fully",
        "schedule": {"scheduleType": "cron", "cronExpression": "0 0 * * * ? UTC"},
        "status": "inactive",
    }
    streams = _stream(syncMode="incremental_deduped_history", cursorField=["name"], primaryKey=[["id"]])
    made = _connect(api, source, destination, configurations=streams, **told)
    assert {name: made[name] for name in told} == told
    assert made["configurations"]["streams"][0]["syncMode"] == "incremental_deduped_history"
    assert made["configurations"]["streams"][0]["primaryKey"] == [["id"]]


@pytest.mark.parametrize(
    ("streams", "message"),
    [
        ({"streams": [{"name": "cats"}]}, "Invalid stream found. The list of valid streams include: [people]."),
        ({"streams": [{"name": "people"}] * 2}, "Duplicate stream found in configuration for: people."),
        (_stream(syncMode="mirror"), "Cannot set sync mode to mirror for stream people."),
        (_stream(syncMode="incremental_append"), "No default cursor field for stream: people."),
        (_stream(syncMode="incremental_append", cursorField=["at"]), "Invalid cursor field for stream: people."),
        (
            _stream(syncMode="incremental_deduped_history", cursorField=["id"]),
            "No default primary key for stream: people.",
        ),
        (
            _stream(syncMode="full_refresh_overwrite_deduped", primaryKey=[["key"]]),
            "The list of valid primary keys fields: [[id], [name]].",
        ),
    ],
)
def test_streams_that_cannot_be_synced_are_refused_in_airbytes_words(
    api: Api, source: Json, destination: Json, streams: Json, message: str
) -> None:
    refused = _connect(api, source, destination, expect=400, configurations=streams)
    assert message in refused["data"]["message"]


def test_a_cursor_that_the_source_defines_is_not_to_be_configured(
    api: Api, mock: MockAirbyte, destination: Json
) -> None:
    source = {"sourceId": mock.create_source("F", "faker", count=1)}
    streams = {"streams": [{"name": "users", "syncMode": "incremental_append", "cursorField": ["id"]}]}
    refused = _connect(api, source, destination, expect=400, configurations=streams)
    assert "is already defined by source" in refused["data"]["message"]


@pytest.mark.parametrize(
    "more",
    [
        {"status": "asleep"},
        {"namespaceDefinition": "elsewhere"},
        {"schedule": {"scheduleType": "basic"}},
        {"schedule": {"scheduleType": "cron"}},
    ],
)
def test_settings_that_do_not_exist_are_refused(api: Api, source: Json, destination: Json, more: Json) -> None:
    refused = _connect(api, source, destination, expect=400, **more)
    assert "Unexpected value" in reason(refused) or "Missing cron expression" in reason(refused)


def test_a_source_that_cannot_be_read_gives_no_connection(api: Api, mock: MockAirbyte, destination: Json) -> None:
    source = {"sourceId": mock.create_source("Files", "mock-files", folder="/nowhere/at/all")}
    refused = _connect(api, source, destination, expect=500)
    assert reason(refused).startswith("Something went wrong in the connector. logs:The folder does not exist")
    assert mock.world.connections() == ()


def test_a_patch_changes_what_it_names_and_nothing_else(api: Api, mock: MockAirbyte, warehouse: Path) -> None:
    path = f"/connections/{connected(mock, warehouse, prefix='raw_')}"
    before = api.get(path)
    assert api.patch(path, {"status": "inactive"}) == before | {"status": "inactive"}
    streams = _stream(syncMode="full_refresh_append")
    assert (
        api.patch(path, {"configurations": streams})["configurations"]["streams"][0]["syncMode"]
        == "full_refresh_append"
    )


def test_a_deleted_connection_is_gone(api: Api, mock: MockAirbyte, warehouse: Path) -> None:
    path = f"/connections/{connected(mock, warehouse)}"
    assert api.delete(path, expect=204) is None
    assert api.get(path, expect=404)["title"] == "resource-not-found"


def test_the_streams_of_a_source_are_listed_with_what_they_can_do(api: Api, source: Json, destination: Json) -> None:
    (stream,) = api.get("/streams", sourceId=source["sourceId"], destinationId=destination["destinationId"])
    assert stream["streamName"] == "people"
    assert stream["propertyFields"] == [["id"], ["name"]]
    assert "incremental_deduped_history" in stream["syncModes"]


@pytest.mark.parametrize(("query", "expect"), [({}, 400), ({"sourceId": "x"}, 400), ({"sourceId": UNKNOWN}, 404)])
def test_streams_need_a_source_that_exists(api: Api, query: dict[str, Any], expect: int) -> None:
    api.get("/streams", expect=expect, **query)


def test_streams_of_a_source_that_cannot_be_read_are_an_unexpected_problem(api: Api, mock: MockAirbyte) -> None:
    source = mock.create_source("Files", "mock-files", folder="/nowhere/at/all")
    assert api.get("/streams", expect=500, sourceId=source)["title"] == "unexpected-problem"


@pytest.mark.parametrize("base", ["/api/public/v1", "/v1"])
@pytest.mark.parametrize("ending", ["", "/", "//"])
def test_both_bases_answer_with_or_without_a_slash(mock: MockAirbyte, base: str, ending: str) -> None:
    assert len(Api(mock, base).get(f"/workspaces{ending}")["data"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "expect", "message"),
    [
        ("GET", "/connections/sync/trigger", 404, "Page Not Found"),
        ("GET", "/nothing", 404, "Page Not Found"),
        ("PUT", "/jobs", 405, "Method [PUT] not allowed for URI [/api/public/v1/jobs]."),
        ("GET", "/sources/nope", 400, "[sourceId] for value [nope] due to: Invalid UUID string: nope"),
        ("GET", "/workspaces/nope", 400, "[workspaceId] for value [nope] due to: Invalid UUID string: nope"),
    ],
)
def test_what_airbyte_does_not_have_is_not_there(api: Api, method: str, path: str, expect: int, message: str) -> None:
    answer = api.call(method, path, expect=expect)
    assert set(answer) == {"message", "_links", "_embedded"}
    assert message in reason(answer)


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", f"/connections/{UNKNOWN}", "READER"),
        ("DELETE", f"/sources/{UNKNOWN}", "EDITOR"),
        ("GET", "/jobs/9", "READER"),
        ("DELETE", "/jobs/9", "RUNNER"),
    ],
)
def test_the_cloud_does_not_tell_what_is_missing_from_what_is_not_ones_own(
    mock: MockAirbyte, method: str, path: str, role: str
) -> None:
    refused = Api(mock, "/v1").call(method, path, expect=403)
    assert (refused["title"], refused["detail"]) == ("forbidden", "The request is forbidden.")
    assert reason(refused) == (
        f"Caller does not have the required WORKSPACE_{role} permissions to access the resource(s)."
    )


@pytest.mark.parametrize("body", ["{", "[1]", '"text"'])
def test_a_body_that_is_no_json_object_is_a_bad_request(api: Api, body: str) -> None:
    response = api.raw("POST", "/jobs", data=body, content_type="application/json")
    assert (response.status_code, response.content_type) == (400, "application/json")


def test_health_is_open_to_anybody(mock: MockAirbyte) -> None:
    response = Api(mock).raw("GET", "/health", headers={"Authorization": ""})
    assert (response.status_code, response.text) == (200, "Successful operation")
    assert response.content_type == "application/json", "which it is not"


def test_an_error_of_the_mock_itself_is_an_unexpected_problem(
    api: Api, mock: MockAirbyte, caplog: pytest.LogCaptureFixture
) -> None:
    mock.app.jobs = None  # type: ignore[assignment]  # whatever breaks it
    answer = api.get("/jobs", expect=500)
    assert answer["title"] == "unexpected-problem"
    assert "Traceback" in caplog.text


def test_configurations_never_show_a_secret(api: Api, mock: MockAirbyte) -> None:
    mock.create_destination("W", "postgres", host="h", port=1, database="d", username="u", password="canary-1")
    mock.create_source("S", "mock-inline", streams=[], nested=[{"client_secret": "canary-2", "primary_key": "id"}])
    assert "canary" not in str(api.get("/destinations")) + str(api.get("/sources")) + repr(mock.world.actors("source"))
    assert api.get("/sources")["data"][0]["configuration"]["nested"][0]["primary_key"] == "id"
