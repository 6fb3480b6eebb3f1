"""What clients create and change through the Config API, and the words in which it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.test import Client

from mock_airbyte import MockAirbyte, StreamConfig, SyncMode
from tests.mock_airbyte.api import CONFIG, Api, Json, reason
from tests.mock_airbyte.shops import connected

FAKER, POSTGRES = "dfd88b22-b603-4c3d-aad7-3701784586b1", "25c5221d-dce2-4163-ade9-739ef790f503"
EVERYBODYS = "00000000-0000-0000-0000-000000000000"
WHOLE: Json = {"syncMode": "full_refresh", "destinationSyncMode": "overwrite"}


@pytest.fixture
def source(config_api: Api, mock: MockAirbyte) -> Json:
    body = {"sourceDefinitionId": FAKER, "connectionConfiguration": {"count": 5}, "workspaceId": mock.workspace_id}
    return config_api.post("/sources/create", body | {"name": "Fake"})


@pytest.fixture
def destination(config_api: Api, mock: MockAirbyte) -> Json:
    parts = {"host": "h", "port": 1, "database": "d", "username": "u", "password": "canary"}
    body = {"destinationDefinitionId": POSTGRES, "connectionConfiguration": parts, "workspaceId": mock.workspace_id}
    return config_api.post("/destinations/create", body | {"name": "W"})


@pytest.fixture
def connection(config_api: Api, source: Json, destination: Json) -> Json:
    users = {"stream": {"name": "users"}, "config": WHOLE | {"selected": True}}
    products = {"stream": {"name": "products"}, "config": {"selected": False}}
    body = {
        "name": "Fake to W",
        "sourceId": source["sourceId"],
        "destinationId": destination["destinationId"],
        "syncCatalog": {"streams": [users, products]},
        "scheduleType": "basic",
        "scheduleData": {"basicSchedule": {"timeUnit": "hours", "units": 6}},
        "namespaceDefinition": "customformat",
        "namespaceFormat": "x",
        "nonBreakingChangesPreference": "disable",
    }
    return config_api.post("/connections/create", body)


def _selected(connection: Json) -> list[str]:
    return [one["stream"]["name"] for one in connection["syncCatalog"]["streams"] if one["config"]["selected"]]


def test_a_source_and_a_destination_are_created_read_and_changed(
    config_api: Api, mock: MockAirbyte, source: Json, destination: Json
) -> None:
    assert config_api.post("/sources/get", {"sourceId": source["sourceId"]}) == source
    body = {"sourceId": source["sourceId"], "connectionConfiguration": {"count": 9}, "name": "Fake 2"}
    changed = config_api.post("/sources/update/", body)
    assert (changed["name"], changed["connectionConfiguration"]) == ("Fake 2", {"count": 9})
    assert destination["connectionConfiguration"]["password"] == "**********"
    same = {name: destination[name] for name in ("destinationId", "connectionConfiguration")}
    config_api.post("/destinations/update", same)
    assert mock.world.actor("destination", destination["destinationId"]).configuration["password"] == "canary"
    config_api.post("/destinations/delete", {"destinationId": destination["destinationId"]}, expect=204)
    config_api.post("/destinations/get", {"destinationId": destination["destinationId"]}, expect=404)


def test_a_connection_is_created_with_what_its_catalog_selects(config_api: Api, connection: Json) -> None:
    assert _selected(connection) == ["users"]
    assert connection["scheduleData"] == {"basicSchedule": {"timeUnit": "hours", "units": 6}}
    assert (connection["namespaceDefinition"], connection["nonBreakingChangesPreference"]) == (
        "customformat",
        "disable",
    )
    assert config_api.post("/connections/get", {"connectionId": connection["connectionId"]}) == connection


def test_the_public_api_shows_the_same_connection(mock: MockAirbyte, connection: Json) -> None:
    shown = Api(mock).get(f"/connections/{connection['connectionId']}")
    assert shown["schedule"] == {"scheduleType": "basic", "basicTiming": "Every 6 HOURS"}
    assert [one["name"] for one in shown["configurations"]["streams"]] == ["users"]


@pytest.mark.parametrize("path", ["/connections/update", "/web_backend/connections/update/"])
def test_an_update_changes_what_it_names(config_api: Api, connection: Json, path: str) -> None:
    same = {"connectionId": connection["connectionId"]}
    assert config_api.post(path, same | {"status": "inactive"})["status"] == "inactive"
    catalog = connection["syncCatalog"]
    for entry in catalog["streams"]:
        entry["config"] = {"selected": True, "syncMode": "incremental", "destinationSyncMode": "append_dedup"}
    changed = config_api.post(path, same | {"syncCatalog": catalog})
    assert (_selected(changed), changed["status"]) == (["users", "products", "purchases"], "inactive")
    nothing = [{"stream": {"name": "users"}, "config": {"selected": False}}]
    assert _selected(config_api.post(path, same | {"syncCatalog": {"streams": nothing}})) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scheduleType": "sometimes"}, "scheduleType: Unexpected value 'sometimes'"),
        ({"syncCatalog": {"streams": [{"stream": {"name": "cats"}}]}}, "Invalid stream found."),
        (
            {"syncCatalog": {"streams": [{"stream": {"name": "users"}, "config": {"syncMode": "mirror"}}]}},
            "Unexpected value 'mirror | overwrite' for syncMode.",
        ),
        ({"syncCatalog": []}, "the value of syncCatalog must be an object"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(config_api: Api, connection: Json, change: Json, message: str) -> None:
    body = {"connectionId": connection["connectionId"]} | change
    assert message in reason(config_api.post("/connections/update", body, expect=400))


def test_a_deleted_connection_is_gone(config_api: Api, connection: Json) -> None:
    same = {"connectionId": connection["connectionId"]}
    config_api.post("/connections/delete", same, expect=204)
    config_api.post("/connections/get", same, expect=404)


def test_the_web_pages_connection_has_its_ends_and_its_newest_job(
    config_api: Api, mock: MockAirbyte, warehouse: Path
) -> None:
    same = {"connectionId": connected(mock, warehouse)}
    before = config_api.post("/web_backend/connections/get", same)
    assert (before["isSyncing"], "latestSyncJobStatus" in before) == (False, False)
    mock.job(mock.sync(same["connectionId"]))
    after = config_api.post("/web_backend/connections/get", same | {"withRefreshedCatalog": True})
    assert (after["latestSyncJobStatus"], after["source"]["name"], after["destination"]["name"]) == (
        "succeeded",
        "Shop",
        "Warehouse",
    )
    mock.configure("source", after["sourceId"], streams=[])
    config_api.post("/web_backend/connections/get", same | {"withRefreshedCatalog": True}, expect=422)


def test_a_cursor_that_is_put_back_is_where_the_next_sync_begins(
    config_api: Api, mock: MockAirbyte, warehouse: Path
) -> None:
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_APPEND, cursor_field=("id",))
    same = {"connectionId": connected(mock, warehouse, streams=[stream])}
    mock.job(mock.sync(same["connectionId"]))
    state = config_api.post("/state/get", same)
    state["streamState"][0]["streamState"] = {"id": 1}  # as a connector of Airbyte's own would have it
    put = config_api.post("/state/create_or_update", same | {"connectionState": state})
    assert put["streamState"][0]["streamState"]["cursor"] == 1
    assert mock.job(mock.sync(same["connectionId"])).rows_committed == 2
    nothing = {"connectionState": {"stateType": "not_set"}}
    assert config_api.post("/state/create_or_update_safe", same | nothing)["stateType"] == "not_set"


def test_a_state_is_not_replaced_safely_while_a_sync_runs(slow_mock: MockAirbyte, warehouse: Path) -> None:
    api, same = Api(slow_mock, CONFIG), {"connectionId": connected(slow_mock, warehouse)}
    slow_mock.sync(same["connectionId"])
    body = same | {"connectionState": {"stateType": "stream", "streamState": []}}
    assert "while a sync is running" in api.post("/state/create_or_update_safe", body, expect=423)["message"]
    api.post("/state/create_or_update", body)


def test_a_workspace_says_whose_it_is(config_api: Api, mock: MockAirbyte) -> None:
    info = config_api.post("/workspaces/get_organization_info", {"workspaceId": mock.workspace_id})
    (organization,) = config_api.post("/organizations/list_by_user_id", {"userId": EVERYBODYS})["organizations"]
    assert info["organizationId"] == organization["organizationId"] == EVERYBODYS
    assert config_api.post("/organizations/get", {"organizationId": EVERYBODYS}) == organization
    found = config_api.post("/workspaces/list_by_organization_id", {"organizationId": EVERYBODYS})["workspaces"]
    assert [one["workspaceId"] for one in found] == [mock.workspace_id]


def test_definitions_are_listed_by_workspace_and_by_id(config_api: Api, mock: MockAirbyte) -> None:
    own = {"name": "Own", "dockerRepository": "shop/own", "dockerImageTag": "1"}
    made = Api(mock).post(f"/workspaces/{mock.workspace_id}/definitions/sources", own)
    body = {"workspaceId": mock.workspace_id}
    listed = config_api.post("/source_definitions/list_for_workspace", body)["sourceDefinitions"]
    assert [one["name"] for one in listed if one["custom"]] == ["Own"]
    assert config_api.post("/source_definitions/list")["sourceDefinitions"] == listed
    read = config_api.post("/source_definitions/get", {"sourceDefinitionId": made["id"]})
    assert (read["dockerRepository"], read["supportLevel"]) == ("shop/own", "none")
    config_api.post("/destination_definitions/get", {"destinationDefinitionId": EVERYBODYS}, expect=404)
    assert config_api.post("/destination_definitions/list", body)["destinationDefinitions"][0]["custom"] is False


@pytest.mark.parametrize(("status", "said"), [(200, "succeeded"), (500, "failed")])
def test_a_webhook_is_tried(config_api: Api, httpserver: HTTPServer, status: int, said: str) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("", status=status)
    slack = {"notificationTrigger": "sync_success", "slackConfiguration": {"webhook": httpserver.url_for("/hook")}}
    assert config_api.post("/notifications/try_webhook", slack)["status"] == said


@pytest.mark.parametrize("address", ["", "http://", "file:///etc/hosts", "http://[::1/canary"])
def test_a_webhook_that_cannot_be_called_is_not_repeated_in_the_answer(config_api: Api, address: str) -> None:
    slack = {"notificationTrigger": "sync_success", "slackConfiguration": {"webhook": address}}
    answer = config_api.post("/notifications/try_webhook", slack)
    assert (answer["status"], "canary" in answer["message"]) == ("failed", False)


def test_strangers_are_turned_away_as_each_api_does() -> None:
    client, wrong = Client(MockAirbyte().app), {"client_id": "x", "client_secret": "y"}
    answers = {
        "self-managed token": client.post("/api/public/v1/applications/token", json=wrong),
        "cloud token": client.post("/v1/applications/token", json=wrong),
        "public": client.get("/v1/workspaces"),
        "config": client.post("/api/v1/workspaces/list"),
    }
    assert {name: (answer.status_code, answer.get_json().get("message")) for name, answer in answers.items()} == {
        "self-managed token": (400, "Bad Request"),
        "cloud token": (401, None),
        "public": (401, "Unauthorized"),
        "config": (401, "Unauthorized"),
    }
    assert set(answers["cloud token"].get_json()) == {"errorId"}
