"""Jobs that retry, fail in part, are moved by hand or cancelled slowly: what both APIs show, and what lands."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_airbyte import MANUAL, HandClock, MockAirbyte, Stage, polls
from mock_airbyte.failures import Failure
from mock_airbyte.job_refusals import AlreadyRunning, BadTransition
from tests.mock_airbyte.api import CONFIG, Api, Json
from tests.mock_airbyte.shops import PEOPLE, select

BROKEN = Failure("The source went away.", "source", "transient_error", "a")
RETRIED = (
    Stage("pending", 0),
    Stage("running", 10),
    Stage("incomplete", 10, commits=0.5, failure=BROKEN),
    Stage("running", 10),
    Stage("succeeded"),
)


@pytest.fixture
def connection_id(mock: MockAirbyte, warehouse: Path) -> str:
    """A connection with two streams, `a` and `b`, of two rows each."""
    source = mock.create_source("S", "mock-inline", streams=[{"name": name, "rows": PEOPLE} for name in "ab"])
    return mock.create_connection(source, mock.create_destination("W", "sqlite", destination_path=str(warehouse)))


def _attempts(mock: MockAirbyte, job_id: int) -> list[Json]:
    info = Api(mock, CONFIG).post("/jobs/get", {"id": job_id})
    return [one["attempt"] for one in info["attempts"]]


def _tables(warehouse: Path) -> list[str]:
    return [name for (name,) in select(warehouse, "select name from sqlite_master order by name")]


def test_an_attempt_that_fails_in_part_commits_some_streams_and_the_next_commits_the_rest(
    mock: MockAirbyte, connection_id: str, warehouse: Path
) -> None:
    mock.book.plan(RETRIED)
    job_id = mock.sync(connection_id)
    mock.advance(15)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed, _tables(warehouse)) == ("incomplete", 2, ["a"])
    mock.advance(20)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed, _tables(warehouse)) == ("succeeded", 4, ["a", "b"])
    first, second = _attempts(mock, job_id)
    assert (first["status"], first["totalStats"]["recordsCommitted"]) == ("failed", 2)
    assert first["failureSummary"]["partialSuccess"] is True
    assert first["failureSummary"]["failures"][0] | {"timestamp": 0} == {
        "failureOrigin": "source",
        "failureType": "transient_error",
        "externalMessage": "The source went away.",
        "internalMessage": "The source went away.",
        "stacktrace": "",
        "retryable": True,
        "timestamp": 0,
        "streamDescriptor": {"name": "a"},
    }
    assert (second["status"], second["totalStats"]["recordsCommitted"]) == ("succeeded", 2)
    assert "failureSummary" not in second


def test_a_failed_job_says_in_the_public_api_how_many_rows_it_committed(
    mock: MockAirbyte, api: Api, connection_id: str
) -> None:
    mock.book.plan((Stage("running", 1), Stage("failed", commits=0.5, failure=BROKEN)))
    job_id = mock.sync(connection_id)
    mock.advance(1)
    assert mock.job(job_id).status == "failed"
    shown = api.get(f"/jobs/{job_id}")
    assert (shown["status"], shown["rowsSynced"]) == ("failed", 2)


def test_a_real_failure_in_an_attempt_ends_the_job(mock: MockAirbyte, connection_id: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    destination = mock.world.connection(connection_id).destination_id
    mock.configure("destination", destination, destination_path=str(tmp_path / "file" / "x.db"))
    mock.book.plan(RETRIED)
    job_id = mock.sync(connection_id)
    mock.advance(100)
    mock.job(job_id)
    state = mock.job(job_id)
    assert state.failure is not None
    assert (state.status, state.failure.origin, len(state.attempts)) == ("failed", "destination", 1)


def test_a_success_without_rows_leaves_the_tables_alone(
    mock: MockAirbyte, api: Api, connection_id: str, warehouse: Path
) -> None:
    mock.book.plan((Stage("running", 0), Stage("succeeded", commits=0)))
    mock.sync(connection_id)
    shown = api.get("/jobs/1")
    assert (shown["status"], shown["rowsSynced"], warehouse.exists()) == ("succeeded", 0, False)


def test_rows_may_come_later_than_the_success(mock: MockAirbyte, api: Api, connection_id: str, warehouse: Path) -> None:
    mock.book.plan((Stage("running", 0), Stage("succeeded", rows_after=60)))
    mock.sync(connection_id)
    shown = api.get("/jobs/1")
    assert (shown["status"], "rowsSynced" in shown, warehouse.exists()) == ("succeeded", False, False)
    mock.advance(60)
    assert mock.job(1).rows_committed == 4
    assert api.get("/jobs/1")["lastUpdatedAt"] == shown["lastUpdatedAt"]
    assert _tables(warehouse) == ["a", "b"]


def test_a_job_that_counts_looks_succeeds_after_so_many(mock: MockAirbyte, api: Api, connection_id: str) -> None:
    mock.book.plan(polls(2, pending=1))
    mock.sync(connection_id)
    assert mock.job(1).status == "pending"
    api.get("/jobs")
    assert mock.job(1).status == "pending", "neither a list nor a look from outside counts"
    seen = [api.get("/jobs/1")["status"] for _ in range(4)]
    assert seen == ["pending", "running", "running", "succeeded"]
    assert mock.job(1).rows_committed == 4


def test_a_job_moved_by_hand_goes_where_it_is_told(mock: MockAirbyte, api: Api, connection_id: str) -> None:
    mock.book.plan(MANUAL)
    mock.sync(connection_id)
    mock.advance(10_000)
    seen = [api.get("/jobs/1")["status"]]
    for status in ("queued", "running", "incomplete", "running", "succeeded"):
        mock.transition(1, status)
        mock.advance(1)
        seen.append(api.get("/jobs/1")["status"])
    assert seen == ["pending", "queued", "running", "incomplete", "running", "succeeded"]
    assert mock.job(1).rows_committed == 4
    assert [attempt["status"] for attempt in _attempts(mock, 1)] == ["failed", "succeeded"]


def test_any_job_may_be_moved_by_hand_and_says_why_it_failed(mock: MockAirbyte, connection_id: str) -> None:
    mock.book.plan((Stage("running"),))
    mock.sync(connection_id)
    state = mock.transition(1, "failed", failure=BROKEN)
    assert state.failure is not None
    assert (state.status, state.failure.external_message) == ("failed", "The source went away.")


def test_a_move_that_airbyte_does_not_have_is_refused(mock: MockAirbyte, connection_id: str) -> None:
    mock.book.plan(MANUAL)
    mock.sync(connection_id)
    with pytest.raises(BadTransition, match="'pending' to 'succeeded': allowed from there: cancelled, failed"):
        mock.transition(1, "succeeded")
    mock.transition(1, "cancelled")
    with pytest.raises(BadTransition, match="allowed from there: none"):
        mock.transition(1, "running")


def test_a_cancel_may_take_its_time(mock: MockAirbyte, api: Api, connection_id: str, warehouse: Path) -> None:
    mock.book.plan((Stage("running", 5), Stage("succeeded")))
    mock.book.cancel_seconds = 30
    mock.sync(connection_id)
    assert api.delete("/jobs/1")["status"] == "running"
    with pytest.raises(AlreadyRunning):
        mock.sync(connection_id)
    mock.advance(20)
    assert api.delete("/jobs/1")["status"] == "running", "a second cancel changes nothing"
    mock.advance(10)
    cancelled = api.get("/jobs/1")
    assert (cancelled["status"], cancelled["duration"], warehouse.exists()) == ("cancelled", "PT30S", False)
    failures = _attempts(mock, 1)[0]["failureSummary"]["failures"]
    assert [failure["failureType"] for failure in failures] == ["manual_cancellation"]


def test_connections_may_follow_timelines_of_their_own(mock: MockAirbyte, connection_id: str, tmp_path: Path) -> None:
    connection = mock.world.connection(connection_id)
    other = mock.create_connection(connection.source_id, connection.destination_id)
    mock.book.plan((Stage("running"),), other)
    assert [mock.job(mock.sync(one)).status for one in (connection_id, other)] == ["succeeded", "running"]


def test_forgetting_all_jobs_begins_with_the_first_again(mock: MockAirbyte, connection_id: str) -> None:
    mock.job(mock.sync(connection_id))
    mock.book.reset()
    assert mock.jobs() == ()
    assert mock.sync(connection_id) == 1


def test_each_status_that_a_job_comes_to_is_announced_once(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), timeline=RETRIED)
    told: list[tuple[int, str]] = []
    mock.book.announce = lambda state, status: told.append((state.job.job_id, status))
    source = mock.create_source("S", "mock-inline", streams=[{"name": name, "rows": PEOPLE} for name in "ab"])
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    mock.sync(mock.create_connection(source, destination))
    mock.advance(10)
    mock.advance(25)
    for _ in range(3):
        mock.job(1)
        mock.book.tick()
    assert told == [(1, one) for one in ("pending", "running", "incomplete", "running", "succeeded")]
    mock.stop()
