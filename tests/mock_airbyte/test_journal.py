"""What the journal remembers, and what its assertions say."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from mock_airbyte import Auth, HandClock, MockAirbyte
from mock_airbyte.faults import Delay, fault
from mock_airbyte.journal import Journal, SeenRequest, shown_jobs
from mock_airbyte.masking import MASK
from tests.mock_airbyte.api import Api
from tests.mock_airbyte.shops import connected


@pytest.fixture
def connection_id(mock: MockAirbyte, warehouse: Path) -> str:
    return connected(mock, warehouse)


def _start(api: Api, connection_id: str) -> int:
    job_id: int = api.post("/jobs", {"connectionId": connection_id, "jobType": "sync"})["jobId"]
    return job_id


def test_a_request_is_kept_with_its_query_body_status_and_time(mock: MockAirbyte, api: Api, connection_id: str) -> None:
    _start(api, connection_id)
    api.get("/jobs", limit=5, workspaceIds=[mock.workspace_id, connection_id])
    created, listed = mock.requests
    assert (created.method, created.path, created.status) == ("POST", "/api/public/v1/jobs", 200)
    assert created.body == {"connectionId": connection_id, "jobType": "sync"}
    assert created.at == mock.world.clock.now()
    assert created.started_job == 1
    assert listed.query == {"limit": ("5",), "workspaceIds": (mock.workspace_id, connection_id)}
    assert listed.shown_jobs == {1: "succeeded"}


def test_secrets_of_bodies_and_queries_are_masked(mock: MockAirbyte, api: Api) -> None:
    canary = "canary-of-a-secret"
    api.raw("POST", "/applications/token", json={"client_id": "x", "client_secret": canary})
    api.raw("POST", "/applications/token", data={"client_id": "x", "client_secret": canary})
    api.raw("GET", "/jobs", query_string={"access_token": canary})
    assert mock.requests[0].body == mock.requests[1].body == {"client_id": "x", "client_secret": MASK}
    assert mock.requests[2].query == {"access_token": (MASK,)}
    assert canary not in repr(mock.requests)


def test_a_long_body_is_not_kept(mock: MockAirbyte, api: Api) -> None:
    api.raw("POST", "/sources", json={"name": "x" * 20_000})
    assert mock.requests[0].body is None


def test_only_the_newest_requests_are_kept_and_all_are_counted() -> None:
    journal = Journal(remembered=2)
    for number in range(5):
        journal.add(SeenRequest("GET", f"/v1/jobs/{number}", 200))
    assert [one.path for one in journal.requests] == ["/v1/jobs/3", "/v1/jobs/4"]
    assert journal.counts == {("GET", 200): 5}


def test_called_is_told_by_method_and_path_below_any_base(mock: MockAirbyte, api: Api) -> None:
    api.get("/jobs")
    Api(mock, "/v1").get("/jobs")
    mock.journal.assert_called("GET", "/jobs")
    mock.journal.assert_called("GET", "/jobs", times=2)
    mock.journal.assert_called("GET", "/v1/jobs", times=1)
    mock.journal.assert_called("GET", "/jobs/*", times=0)
    assert len(mock.journal.find(path="/jo*")) == 2


def test_a_difference_is_explained(mock: MockAirbyte, api: Api) -> None:
    with pytest.raises(AssertionError, match="No request came at all"):
        mock.journal.assert_called("POST", "/jobs")
    api.get("/jobs")
    with pytest.raises(AssertionError) as caught:
        mock.journal.assert_called("POST", "/jobs", times=2)
    assert str(caught.value) == (
        "POST /jobs was expected 2 times and came never. These came:\n  GET /api/public/v1/jobs → 200"
    )


def test_of_many_requests_the_last_are_listed() -> None:
    journal = Journal()
    for number in range(30):
        journal.add(SeenRequest("GET", f"/{number}", 200))
    with pytest.raises(AssertionError, match=r"once and came 30 times.*the last 20 of 30") as caught:
        journal.assert_called("GET", "/*", times=1)
    assert "GET /9 " not in str(caught.value)


def test_a_second_sync_of_a_connection_is_a_duplicate(mock: MockAirbyte, api: Api, connection_id: str) -> None:
    _start(api, connection_id)
    mock.journal.assert_no_duplicate_jobs()
    _start(api, connection_id)
    with pytest.raises(AssertionError, match=rf"{connection_id}: jobs \[1, 2\]"):
        mock.journal.assert_no_duplicate_jobs()
    mock.journal.clear()
    mock.journal.assert_no_duplicate_jobs()


def test_what_the_mock_started_itself_is_no_duplicate_and_no_orphan(
    mock: MockAirbyte, api: Api, connection_id: str
) -> None:
    mock.sync(connection_id)
    _start(api, connection_id)
    mock.journal.assert_no_duplicate_jobs()
    assert api.get("/jobs/2")["status"] == "succeeded"
    mock.journal.assert_no_orphan_jobs()


def test_a_reset_beside_a_sync_is_no_duplicate(mock: MockAirbyte, api: Api, connection_id: str) -> None:
    _start(api, connection_id)
    api.post("/jobs", {"connectionId": connection_id, "jobType": "reset"})
    mock.journal.assert_no_duplicate_jobs()


def test_a_job_whose_end_nobody_saw_is_an_orphan(mock: MockAirbyte, api: Api, connection_id: str) -> None:
    _start(api, connection_id)
    with pytest.raises(AssertionError, match=rf"job 1 of connection {connection_id}: last seen pending"):
        mock.journal.assert_no_orphan_jobs()
    api.get("/jobs/1")
    mock.journal.assert_no_orphan_jobs()


def test_jobs_are_recognised_in_every_kind_of_answer(
    mock: MockAirbyte, config_api: Api, api: Api, connection_id: str
) -> None:
    started = config_api.post("/connections/sync", {"connectionId": connection_id})
    assert shown_jobs(started) == {1: "pending"}
    assert mock.requests[-1].started_job == 1
    assert shown_jobs(config_api.post("/jobs/get", {"id": 1})) == {1: "succeeded"}
    assert shown_jobs(config_api.post("/jobs/list", {"configId": connection_id})) == {1: "succeeded"}
    assert shown_jobs(api.get("/jobs")) == {1: "succeeded"}
    assert shown_jobs(api.get("/connections")) == shown_jobs(None) == {}


def test_a_caller_that_went_away_did_not_get_its_answer(warehouse: Path) -> None:
    clock = HandClock()
    with MockAirbyte(clock=clock, auth=Auth(mode="none")) as mock:
        connection = connected(mock, warehouse)
        mock.fail(fault(Delay(6, after=True), method="POST", path="/jobs", calls=1))
        body = {"connectionId": connection, "jobType": "sync"}
        with pytest.raises(requests.ReadTimeout):
            requests.post(f"{mock.url}/jobs", json=body, timeout=0.2)
        mock.advance(6)
        requests.get(f"{mock.url}/health", timeout=5)
        while not mock.journal.find("POST", "/jobs"):
            requests.get(f"{mock.url}/health", timeout=5)
        (seen,) = mock.journal.find("POST", "/jobs")
        assert (seen.delivered, seen.seconds, seen.started_job) == (False, 6, 1)
        with pytest.raises(AssertionError, match="its id never reached the caller"):
            mock.journal.assert_no_orphan_jobs()
