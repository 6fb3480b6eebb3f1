"""Each scenario as a real client sees it: the product's own client, or plain HTTP where that hides nothing.

The client waits by a clock that moves the mock's, so hours pass at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from airbyte_api import AirbyteAPI
from airbyte_api.api import GetJobRequest
from airbyte_api.errors import SDKError
from airbyte_api.models import SchemeClientCredentials, Security

from mock_airbyte import Auth, HandClock, MockAirbyte
from mock_airbyte.job_refusals import AlreadyRunning
from mock_airbyte.scenarios import SCENARIOS, Scenario, scenario_named
from mock_airbyte.world import UnknownResource
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.result import SyncResult
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.airbyte.spec import OnConflict, SyncSpec
from taskflow_profilemesh.airbyte.sync import sync
from taskflow_profilemesh.airbyte.wire import Timeouts
from taskflow_profilemesh.errors import (
    SyncCancelled,
    SyncConflict,
    SyncFailed,
    SyncMisconfigured,
    SyncTimeout,
    SyncTooFewRows,
)
from tests.mock_airbyte.shops import connected, people, select


class SharedClock:
    """The client's clock: its waiting moves the mock's time."""

    def __init__(self, mock: MockAirbyte) -> None:
        self.mock = mock
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.mock.world.clock.now()

    def monotonic(self) -> float:
        return self.now().timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.mock.advance(seconds)


@pytest.fixture
def mock() -> Iterator[MockAirbyte]:
    with MockAirbyte(clock=HandClock(), patience_seconds=30, auth=Auth(client_id="scenarios")) as mock:
        yield mock


@pytest.fixture
def connection_id(mock: MockAirbyte, warehouse: Path) -> str:
    return connected(mock, warehouse)


@pytest.fixture
def clock(mock: MockAirbyte) -> SharedClock:
    return SharedClock(mock)


@pytest.fixture
def client(mock: MockAirbyte, clock: SharedClock) -> Iterator[AirbyteClient]:
    settings = AirbyteSettings.of(host=mock.url, login=mock.client_id, password=mock.client_secret)
    with AirbyteClient.from_settings(settings, clock=clock, draw=lambda: 0.0) as client:
        yield client


def _sync(client: AirbyteClient, connection_id: str, **options: Any) -> SyncResult:
    return sync(client, SyncSpec(connection=connection_id, **{"poll_interval_seconds": 5, **options}))


def _statuses(mock: MockAirbyte, path: str = "/jobs/*") -> list[int]:
    return [request.status for request in mock.journal.find("GET", path)]


def test_happy(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("happy")
    assert _sync(client, connection_id).rows_synced == 2
    mock.journal.assert_no_duplicate_jobs()
    mock.journal.assert_no_orphan_jobs()


def test_slow_create_is_a_job_that_a_hasty_client_does_not_know_of(
    mock: MockAirbyte, client: AirbyteClient, connection_id: str
) -> None:
    mock.play("slow-create")
    client.sender.timeouts = Timeouts(slow_seconds=0.2)
    assert _sync(client, connection_id).rows_synced == 2, "it finds the job that was made"
    assert [job.job.job_id for job in mock.jobs()] == [1]


def test_slow_create_makes_a_duplicate_of_a_client_that_simply_tries_again(
    mock: MockAirbyte, connection_id: str
) -> None:
    mock.play("slow-create")
    session = _session(mock)
    body = {"connectionId": connection_id, "jobType": "sync"}
    with pytest.raises(requests.ReadTimeout):
        session.post(f"{mock.url}/jobs", json=body, timeout=0.2)
    refused = session.post(f"{mock.url}/jobs", json=body, timeout=10)
    assert refused.status_code == 409
    mock.advance(60)
    assert mock.job(1).status == "succeeded"
    assert session.post(f"{mock.url}/jobs", json=body, timeout=10).json()["jobId"] == 2
    session.close()


def _session(mock: MockAirbyte) -> requests.Session:
    session = requests.Session()
    token = mock.gate.issue(mock.client_id, mock.client_secret, mock.world.clock.now())
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def test_flaky_5xx(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("flaky-5xx")
    assert _sync(client, connection_id, poll_interval_seconds=2).rows_synced == 2
    assert {500, 502, 503} <= set(_statuses(mock))


def test_flaky_5xx_is_an_error_for_a_client_that_does_not_retry(mock: MockAirbyte, connection_id: str) -> None:
    mock.play("flaky-5xx")
    job_id = mock.sync(connection_id)
    credentials = SchemeClientCredentials(
        client_id=mock.client_id, client_secret=mock.client_secret, token_url=f"{mock.url}/applications/token"
    )
    sdk = AirbyteAPI(server_url=mock.url, security=Security(client_credentials=credentials))
    with pytest.raises(SDKError, match="500"):
        sdk.jobs.get_job(request=GetJobRequest(job_id=job_id))


@pytest.mark.parametrize(("name", "waits_as_told"), [("rate-limited", False), ("rate-limited-retry-after", True)])
def test_rate_limited(
    mock: MockAirbyte, client: AirbyteClient, connection_id: str, name: str, *, waits_as_told: bool
) -> None:
    clock = client.sender.clock
    assert isinstance(clock, SharedClock)
    mock.play(name)
    assert _sync(client, connection_id).rows_synced == 2
    assert 429 in _statuses(mock)
    assert (7 in clock.slept) is waits_as_told
    mock.journal.assert_no_duplicate_jobs()


def test_token_expiry(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("token-expiry")
    assert _sync(client, connection_id).rows_synced == 2
    assert _statuses(mock).count(401) == 1
    mock.journal.assert_called("POST", "/applications/token", times=2)


@pytest.mark.parametrize(("on_conflict", "jobs"), [("attach", 1), ("wait", 2)])
def test_already_running(
    mock: MockAirbyte, client: AirbyteClient, connection_id: str, on_conflict: OnConflict, jobs: int
) -> None:
    mock.play("already-running")
    assert _sync(client, connection_id, on_conflict=on_conflict).rows_synced == 2
    assert mock.journal.find("POST", "/jobs")[0].status == 409
    assert len(mock.jobs()) == jobs


def test_already_running_may_be_a_failure(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("already-running")
    with pytest.raises(SyncConflict):
        _sync(client, connection_id, on_conflict="fail")


def test_failed_config(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("failed-config")
    with pytest.raises(SyncMisconfigured, match="Invalid credentials"):
        _sync(client, connection_id)


def test_failed_transient(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("failed-transient")
    with pytest.raises(SyncFailed, match="connection to the source was lost"):
        _sync(client, connection_id)
    assert [attempt.status for attempt in mock.job(1).attempts] == ["failed"] * 3


def test_retry_then_succeed(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("retry-then-succeed")
    assert _sync(client, connection_id).rows_synced == 2
    shown = {status for request in mock.requests for status in request.shown_jobs.values()}
    assert {"incomplete", "succeeded"} <= shown
    assert [attempt.status for attempt in mock.job(1).attempts] == ["failed", "succeeded"]


def test_partial(mock: MockAirbyte, client: AirbyteClient, warehouse: Path) -> None:
    streams = [*people(), {**people()[0], "name": "others"}]
    source = mock.create_source("Two", "mock-inline", streams=streams)
    connection = mock.create_connection(source, mock.create_destination("W", "sqlite", destination_path=str(warehouse)))
    mock.play("partial")
    with pytest.raises(SyncFailed):
        _sync(client, connection)
    job = client.get(1)
    assert (job.status, job.rows_synced) == ("failed", 2)
    assert select(warehouse, "select name from sqlite_master") == [("people",)]


def test_zero_row_success(mock: MockAirbyte, client: AirbyteClient, connection_id: str, warehouse: Path) -> None:
    mock.play("zero-row-success")
    assert _sync(client, connection_id).rows_synced == 0
    with pytest.raises(SyncTooFewRows):
        _sync(client, connection_id, min_rows=1)
    assert not warehouse.exists()


def test_stuck(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("stuck")
    job_id = client.start(connection_id).job.job_id
    with pytest.raises(SyncTimeout):
        client.wait_for_sync(connection_id, job_id, timeout=24 * 3600, poll_seconds=600)
    assert client.get(job_id).status == "running"


def test_cancelled_externally(mock: MockAirbyte, client: AirbyteClient, connection_id: str, warehouse: Path) -> None:
    mock.play("cancelled-externally")
    with pytest.raises(SyncCancelled):
        _sync(client, connection_id)
    assert not warehouse.exists()


def test_schema_drift(mock: MockAirbyte, client: AirbyteClient, connection_id: str, warehouse: Path) -> None:
    connection = mock.world.connection(connection_id)
    mock.world.put_connection(replace(connection, schema_updates="propagate_fully"))
    mock.configure("source", connection.source_id, streams=people({"id": 1, "age": 36}, primary_key=["id"]))
    mock.play("happy")
    _sync(client, connection_id)
    assert select(warehouse, "select id, age from people") == [(1, 36)]
    mock.play("schema-drift")
    _sync(client, connection_id)
    assert select(warehouse, "select id, age, drifted from people") == [(1, "36", "new")]


def test_late_rows(mock: MockAirbyte, client: AirbyteClient, connection_id: str, warehouse: Path) -> None:
    mock.play("late-rows")
    result = _sync(client, connection_id)
    assert (result.rows_synced, warehouse.exists()) == (None, False)
    mock.advance(60)
    assert mock.job(1).rows_committed == 2
    assert select(warehouse, "select count(*) from people") == [(2,)]


def test_queued_for_hours(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("queued-for-hours")
    result = _sync(client, connection_id, timeout_seconds=6 * 3600, poll_interval_seconds=300)
    assert result.rows_synced == 2
    assert "queued" in {status for request in mock.requests for status in request.shown_jobs.values()}


def test_server_restart(mock: MockAirbyte, client: AirbyteClient, connection_id: str) -> None:
    mock.play("server-restart")
    assert _sync(client, connection_id, poll_interval_seconds=3).rows_synced == 2
    looks = mock.journal.find("GET", "/jobs/*")
    assert [look.delivered for look in looks].count(False) == 2
    assert [look.status for look in looks if look.delivered].count(503) == 2
    mock.journal.assert_no_duplicate_jobs()
    mock.journal.assert_no_orphan_jobs()


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_has_a_test_and_says_what_it_is(name: str) -> None:
    tests: list[Callable[..., None]] = [value for key, value in globals().items() if key.startswith("test_")]
    sought = "test_rate_limited" if name.startswith("rate-limited") else "test_" + name.replace("-", "_")
    assert any(test.__name__.startswith(sought) for test in tests)
    assert SCENARIOS[name].says.endswith(".")


def test_a_scenario_may_concern_one_connection(mock: MockAirbyte, connection_id: str, tmp_path: Path) -> None:
    other = connected(mock, tmp_path / "other.db")
    mock.play("already-running", other)
    mock.sync(connection_id)
    with pytest.raises(AlreadyRunning):
        mock.sync(other)


def test_a_scenario_takes_the_place_of_the_one_before(mock: MockAirbyte) -> None:
    mock.play("server-restart")
    mock.play(Scenario("mine", "Nothing goes wrong.", SCENARIOS["happy"].timeline))
    assert mock.app.exchange.faults.faults == ()


def test_what_there_is_not_cannot_be_played(mock: MockAirbyte) -> None:
    with pytest.raises(ValueError, match=r"'teapot'.*happy, slow-create"):
        scenario_named("teapot")
    with pytest.raises(UnknownResource):
        mock.play("happy", mock.world.new_id())
