"""The exact requests of clients that are not installed here, each once, and what each of them reads of the answers.

Source: the public sources of dagster-airbyte, prefect-airbyte, Kestra's plugin, Airbyte's Terraform provider and
`airbyte-api` before 1.0.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client

from mock_airbyte import Auth, HandClock, MockAirbyte, by_clock
from tests.mock_airbyte.api import Json
from tests.mock_airbyte.shops import connected, people

BASIC = {"Authorization": "Basic " + base64.b64encode(b"airbyte:password").decode()}
SECRETS = {"client_id": "mock-client-id", "client_secret": "mock-client-secret"}
JSON = {"accept": "application/json", "User-Agent": "dagster"}
Call = Callable[..., Json]


def _calls(mock: MockAirbyte, headers: dict[str, str]) -> Call:
    client = Client(mock.app)

    def call(method: str, path: str, *, expect: int = 200, **options: Any) -> Json:
        answer = client.open(path, method=method, headers=headers, **options)
        assert answer.status_code == expect, answer.text
        assert answer.content_type == "application/json"
        return answer.get_json(force=True)

    return call


@pytest.fixture
def old_mock() -> MockAirbyte:
    """A self-managed Airbyte of the days of basic authentication, whose jobs take a minute."""
    return MockAirbyte(clock=HandClock(), auth=Auth(mode="basic"), timeline=by_clock(running_seconds=60))


def test_dagster_syncs_a_self_managed_airbyte(old_mock: MockAirbyte, warehouse: Path) -> None:
    call, same = _calls(old_mock, BASIC | JSON), {"connectionId": connected(old_mock, warehouse, prefix="raw_")}
    workspace = call("POST", "/api/v1/workspaces/list", json={})["workspaces"][0]["workspaceId"]
    assert workspace == old_mock.workspace_id
    connection = call("POST", "/api/v1/connections/get", json=same)
    streams = [one["stream"]["name"] for one in connection["syncCatalog"]["streams"] if one["config"]["selected"]]
    assert (streams, connection["prefix"]) == (["people"], "raw_")
    job_id = call("POST", "/api/v1/connections/sync", json=same)["job"]["id"]
    old_mock.advance(2)
    running = call("POST", "/api/v1/jobs/get", json={"id": job_id})
    assert (running["job"]["status"], len(running["attempts"])) == ("running", 1)
    old_mock.advance(60)
    query = {"configTypes": ["sync"], "configId": same["connectionId"], "pagination": {"pageSize": 5}}
    (entry,) = call("POST", "/api/v1/jobs/list", json=query)["jobs"]
    assert (entry["job"]["id"], entry["job"]["status"]) == (job_id, "succeeded")
    last = call("POST", "/api/v1/jobs/get", json={"id": job_id})["attempts"][-1]
    assert last["logs"]["logLines"]
    (stats,) = last["attempt"]["streamStats"]
    assert (stats["streamName"], stats["stats"]["recordsEmitted"]) == ("people", 2)
    assert call("POST", "/api/v1/jobs/cancel", json={"id": job_id})["job"]["status"] == "succeeded"


def test_dagster_reads_a_cloud_workspace_and_syncs(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock())
    connection_id = connected(mock, warehouse)
    token = _calls(mock, JSON)("POST", "/v1/applications/token", json=SECRETS)["access_token"]
    call = _calls(mock, JSON | {"Authorization": f"Bearer {token}"})
    (listed,) = call("GET", "/v1/connections", query_string={"workspaceIds": mock.workspace_id})["data"]
    details = call("POST", "/api/v1/connections/get", json={"connectionId": listed["connectionId"]})
    destination = call("GET", f"/v1/destinations/{details['destinationId']}")
    assert (destination["name"], destination["destinationType"]) == ("Warehouse", "sqlite")
    job = call("POST", "/v1/jobs", json={"connectionId": connection_id, "jobType": "sync"})
    assert call("GET", f"/v1/jobs/{job['jobId']}")["status"] == "succeeded"
    assert call("DELETE", f"/v1/jobs/{job['jobId']}")["jobType"] == "sync"


def test_a_reader_of_pages_that_follows_next_until_it_is_empty_comes_to_an_end(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="none"))
    for _ in range(3):
        connected(mock, warehouse)
    call, path, seen = _calls(mock, JSON), "/v1/connections", 0
    query: dict[str, list[str]] = {"limit": ["2"], "offset": ["0"]}
    while True:
        page = call("GET", path, query_string=query)
        seen += len(page["data"])
        if not page["next"]:
            break
        query = parse_qs(urlsplit(page["next"]).query)
    assert seen == 3


def test_prefect_syncs_with_a_slash_at_the_end_of_each_path(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="none"))
    call, same = _calls(mock, {}), {"connectionId": connected(mock, warehouse)}
    assert call("GET", "/api/v1/health/")["available"] is True
    assert call("POST", "/api/v1/connections/get/", json=same)["status"] == "active"
    started = call("POST", "/api/v1/connections/sync/", json=same)["job"]
    assert (started["id"], started["createdAt"]) == (1, 1767268800)
    seen = call("POST", "/api/v1/jobs/get/", json={"id": started["id"]})["job"]
    assert (seen["status"], seen["updatedAt"] >= seen["createdAt"]) == ("succeeded", True)
    unknown = {"connectionId": "11111111-1111-4111-8111-111111111111"}
    call("POST", "/api/v1/connections/sync/", json=unknown, expect=404)


def test_kestra_tells_a_sync_that_runs_already_by_its_message(old_mock: MockAirbyte, warehouse: Path) -> None:
    call, same = _calls(old_mock, BASIC), {"connectionId": connected(old_mock, warehouse)}
    call("POST", "/api/v1/connections/sync/", json=same)
    refused = call("POST", "/api/v1/connections/sync/", json=same, expect=409)
    assert "A sync is already running" in refused["message"]
    old_mock.advance(62)
    info = call("POST", "/api/v1/jobs/get/", json={"id": 1})
    (attempt,) = info["attempts"]
    stats = attempt["attempt"]["streamStats"][0]["stats"]
    assert (info["job"]["status"], stats["recordsCommitted"], stats["bytesEmitted"] > 0) == ("succeeded", 2, True)
    assert all(isinstance(line, str) for line in attempt["logs"]["logLines"])


def test_kestra_reads_the_times_of_a_cloud_job(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="bearer", token="t"))
    call = _calls(mock, {"Authorization": "Bearer t", "Accept": "application/json"})
    body = {"connectionId": connected(mock, warehouse), "jobType": "sync"}
    job = call("GET", f"/v1/jobs/{call('POST', '/v1/jobs', json=body)['jobId']}")
    assert datetime.fromisoformat(job["startTime"]) <= datetime.fromisoformat(job["lastUpdatedAt"])
    assert job["duration"].startswith("PT")


@pytest.mark.parametrize("scope", [{}, {"scope": ""}])
def test_older_sdks_and_terraform_take_the_token(scope: dict[str, str]) -> None:
    form = {"grant_type": "client_credentials", **SECRETS, **scope}
    token = _calls(MockAirbyte(), {})("POST", "/api/public/v1/applications/token", data=form)
    assert (token["token_type"], type(token["expires_in"])) == ("Bearer", int), "no other spelling is understood"


def test_older_sdks_never_see_a_queued_job_unless_a_scenario_wants_one(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), timeline=by_clock(pending_seconds=10, running_seconds=10))
    job_id, seen = mock.sync(connected(mock, warehouse)), set()
    for _ in range(30):
        seen.add(mock.job(job_id).status)
        mock.advance(1)
    assert seen == {"pending", "running", "succeeded"}


def test_terraform_creates_reads_changes_and_destroys(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="none"))
    call, root = _calls(mock, {"Accept": "application/json"}), "/api/public/v1"
    inline = {"streams": people(), "sourceType": "mock-inline"}
    made = {"configuration": inline, "name": "Shop", "workspaceId": mock.workspace_id}
    source = call("POST", f"{root}/sources", json=made)
    sqlite = {"destination_path": str(warehouse), "destinationType": "sqlite"}
    destination = call("POST", f"{root}/destinations", json=made | {"configuration": sqlite})
    call("PUT", f"{root}/sources/{source['sourceId']}", json={"configuration": inline, "name": "Shop 2"})
    body = {"destinationId": destination["destinationId"], "sourceId": source["sourceId"], "name": "C"}
    schedule = {"scheduleType": "cron", "cronExpression": "0 0 12 * * ?"}
    connection = call("POST", f"{root}/connections", json=body | {"schedule": schedule, "status": "inactive"})
    path = f"{root}/connections/{connection['connectionId']}"
    streams = {"streams": [{"name": "people", "syncMode": "full_refresh_append"}]}
    call("PATCH", path, json={"configurations": streams, "status": "active"})
    read = call("GET", path)
    assert (read["schedule"], read["status"], read["configurations"]["streams"][0]["syncMode"]) == (
        schedule | {"cronExpression": "0 0 12 * * ? UTC"},
        "active",
        "full_refresh_append",
    )
    client = Client(mock.app)
    kinds = {"connections": connection, "sources": source, "destinations": destination}
    for kind, one in kinds.items():
        assert client.delete(f"{root}/{kind}/{one[kind.removesuffix('s') + 'Id']}").status_code == 204
    gone = call("GET", path, expect=404)
    assert gone["title"] == "resource-not-found", "and terraform forgets it"
