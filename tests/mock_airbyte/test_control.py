"""Steering a mock: over HTTP at `/_mock`, and as methods of `MockAirbyte`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.test import Client

from mock_airbyte import MANUAL, Auth, HandClock, MockAirbyte
from mock_airbyte.faults import Delay, Drop, as_json, fault
from mock_airbyte.scenarios import SCENARIOS
from tests.mock_airbyte.shops import connected

TOKEN = "the-token-of-control"


@pytest.fixture
def served() -> Iterator[MockAirbyte]:
    with MockAirbyte(clock=HandClock(), auth=Auth(mode="none"), patience_seconds=30) as mock:
        yield mock


@pytest.fixture
def connection_id(served: MockAirbyte, warehouse: Path) -> str:
    return connected(served, warehouse)


def _call(mock: MockAirbyte, method: str, path: str, body: object = None, *, expect: int = 200) -> Any:
    answer = requests.request(method, f"{mock.root_url}/_mock/{path}", json=body, timeout=10)
    assert answer.status_code == expect, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json()


def test_it_says_that_it_is_well(served: MockAirbyte) -> None:
    assert _call(served, "GET", "health") == {"status": "ok"}


def test_its_state_in_short(served: MockAirbyte, connection_id: str) -> None:
    served.job(served.sync(connection_id))
    state = _call(served, "GET", "state")
    assert state == served.control.state()
    assert state == {
        "clock": {"now": "2026-01-01T12:00:00+00:00", "canBeMoved": True},
        "seed": 0,
        "scenario": None,
        "workspaces": 1,
        "sources": 1,
        "destinations": 1,
        "connections": [{"connectionId": connection_id, "name": "Shop → Warehouse", "status": "active"}],
        "jobs": {"succeeded": 1},
        "faults": 0,
        "requests": 0,
    }


def test_time_is_moved(served: MockAirbyte) -> None:
    moved = _call(served, "POST", "clock", {"advanceSeconds": 90})
    assert moved == _call(served, "GET", "clock") == {"now": "2026-01-01T12:01:30+00:00", "canBeMoved": True}
    _call(served, "POST", "clock", {"advanceSeconds": -1}, expect=400)


def test_the_machines_own_time_is_not_moved() -> None:
    with MockAirbyte() as mock:
        assert "HandClock" in _call(mock, "POST", "clock", {"advanceSeconds": 1}, expect=400)["error"]


def test_faults_are_set_listed_and_taken_back(served: MockAirbyte) -> None:
    one = as_json(fault(Drop(), path="/health"))
    assert _call(served, "POST", "faults", one)["faults"] == [one]
    assert _call(served, "POST", "faults", {"faults": [one, one]}) == _call(served, "GET", "faults")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{served.url}/health", timeout=10)
    _call(served, "DELETE", "faults")
    assert requests.get(f"{served.url}/health", timeout=10).status_code == 200
    assert "each with its kind" in _call(served, "POST", "faults", {"effects": [{"kind": "x"}]}, expect=400)["error"]


def test_scenarios_are_listed_and_played(served: MockAirbyte, connection_id: str) -> None:
    listed = _call(served, "GET", "scenarios")
    assert [one["name"] for one in listed["scenarios"]] == list(SCENARIOS)
    _call(served, "POST", "scenarios", {"name": "already-running", "connectionId": connection_id})
    assert _call(served, "GET", "scenarios")["playing"] == "already-running"
    assert [job.status for job in served.jobs()] == ["pending"]
    assert "teapot" in _call(served, "POST", "scenarios", {"name": "teapot"}, expect=400)["error"]
    unknown = served.world.new_id()
    assert (
        unknown in _call(served, "POST", "scenarios", {"name": "happy", "connectionId": unknown}, expect=404)["error"]
    )


def test_jobs_are_moved_by_hand(served: MockAirbyte, connection_id: str) -> None:
    served.book.plan(MANUAL)
    served.sync(connection_id)
    assert _call(served, "POST", "jobs/1/transition", {"status": "running"}) == {"jobId": 1, "status": "running"}
    failure = {"message": "No disk.", "origin": "destination", "kind": "system_error"}
    _call(served, "POST", "jobs/1/transition", {"status": "failed", "failure": failure})
    found = served.job(1).failure
    assert found is not None
    assert (found.external_message, found.origin) == ("No disk.", "destination")
    assert "allowed" in _call(served, "POST", "jobs/1/transition", {"status": "queued"}, expect=400)["error"]
    _call(served, "POST", "jobs/1/transition", {}, expect=400)
    _call(served, "POST", "jobs/7/transition", {"status": "running"}, expect=404)
    _call(served, "GET", "jobs/1/transition", expect=405)


def test_the_journal_is_read_and_cleared_and_holds_no_control(served: MockAirbyte, connection_id: str) -> None:
    body = {"connectionId": connection_id, "jobType": "sync"}
    requests.post(f"{served.url}/jobs", json=body, timeout=10)
    (seen,) = _call(served, "GET", "requests")["requests"]
    assert seen == {
        "method": "POST",
        "path": "/api/public/v1/jobs",
        "status": 200,
        "query": {},
        "body": body,
        "at": "2026-01-01T12:00:00+00:00",
        "seconds": 0.0,
        "delivered": True,
        "started_job": 1,
        "shown_jobs": {"1": "pending"},
    }
    _call(served, "DELETE", "requests")
    assert _call(served, "GET", "requests") == {"requests": []}


def test_a_snapshot_has_everything_and_no_secret(served: MockAirbyte, connection_id: str) -> None:
    canary = "canary-of-a-secret"
    served.create_destination("P", "postgres", host="h", port=1, database="d", username="u", password=canary)
    served.job(served.sync(connection_id))
    served.fail(fault(Drop(), path="/nowhere"))
    snapshot = _call(served, "GET", "snapshot")
    lengths = {name: len(value) for name, value in snapshot.items() if isinstance(value, list)}
    assert lengths == {
        "workspaces": 1,
        "sources": 1,
        "destinations": 2,
        "connections": 1,
        "states": 1,
        "jobs": 1,
        "faults": 1,
        "requests": 0,
        "notices": 1,
    }
    assert snapshot["jobs"][0]["attempts"][0]["totalStats"]["recordsCommitted"] == 2
    assert canary not in str(snapshot)


def test_a_seed_is_planted_and_planted_again_by_a_reset(served: MockAirbyte, warehouse: Path) -> None:
    seed = {
        "workspaces": [{"name": "Sales"}],
        "sources": [{"name": "Fake", "type": "source-faker", "configuration": {"count": 1}}],
        "destinations": [
            {"name": "W", "type": "destination-sqlite", "configuration": {"destination_path": str(warehouse)}}
        ],
        "connections": [{"name": "Fake to W", "source": "Fake", "destination": "W"}],
    }
    _call(served, "POST", "seed", seed)
    before = served.control.snapshot()
    (connection,) = served.world.connections()
    served.play("stuck")
    served.book.cancel_seconds = 5
    served.sync(connection.connection_id)
    served.create_workspace("Another")
    _call(served, "POST", "reset")
    assert served.control.snapshot() == before
    assert served.job(served.sync(connection.connection_id)).status == "succeeded"
    assert (
        "teapot" in _call(served, "POST", "seed", {"sources": [{"name": "x", "type": "teapot"}]}, expect=400)["error"]
    )


def test_a_seed_with_a_section_that_does_not_exist_is_refused(served: MockAirbyte) -> None:
    assert "sauces" in _call(served, "POST", "seed", {"sauces": []}, expect=400)["error"]
    assert _call(served, "GET", "state")["workspaces"] == 1


def test_a_mock_that_is_started_again_keeps_callers_waiting_again() -> None:
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="none"))
    mock.start()
    mock.stop()
    mock.fail(fault(Delay(1), path="/workspaces"))
    with mock, pytest.raises(requests.ReadTimeout):
        requests.get(f"{mock.url}/workspaces", timeout=0.2)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nothing", 404), ("DELETE", "health", 405)])
def test_what_there_is_not(served: MockAirbyte, method: str, path: str, status: int) -> None:
    assert path in _call(served, method, path, expect=status)["error"]


@pytest.mark.parametrize("raw", ["[1]", "{", "7"])
def test_a_body_that_cannot_be_read_is_said(served: MockAirbyte, raw: str) -> None:
    answer = requests.post(f"{served.root_url}/_mock/faults", data=raw, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("caller", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {"Host": "[::1]:8000"}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("127.0.0.1", {"Origin": "http://localhost"}, 200),
        ("10.0.0.7", {}, 403),
        ("10.0.0.7", {"X-Forwarded-For": "127.0.0.1"}, 403),
        (None, {}, 403),
        ("127.0.0.1", {"Host": "rebound.example"}, 403),
        ("127.0.0.1", {"Origin": "https://elsewhere.example"}, 403),
        ("127.0.0.1", {"Origin": "null"}, 403),
    ],
)
def test_without_a_token_only_this_machine_is_obeyed(caller: str | None, headers: dict[str, str], status: int) -> None:
    answer = Client(MockAirbyte().app).get("/_mock/health", headers=headers, environ_overrides={"REMOTE_ADDR": caller})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 403), ({"Authorization": "Bearer no"}, 403), ({"Authorization": f"Bearer {TOKEN}"}, 200)],
)
@pytest.mark.parametrize("caller", ["127.0.0.1", "10.0.0.7"])
def test_with_a_token_whoever_has_it_is_obeyed(headers: dict[str, str], status: int, caller: str) -> None:
    client = Client(MockAirbyte(control_token=TOKEN).app)
    answer = client.get("/_mock/state", headers=headers, environ_overrides={"REMOTE_ADDR": caller})
    assert answer.status_code == status
    assert TOKEN not in answer.text
