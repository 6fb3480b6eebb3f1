"""Jobs whose rows take their time: what a look shows meanwhile, and what a cancel leaves."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mock_airbyte import IMMEDIATE, HandClock, MockAirbyte, by_clock
from mock_airbyte.errands import errand_for
from mock_airbyte.job_refusals import AlreadyRunning
from mock_airbyte.job_state import DueRows
from mock_airbyte.movement import Movement
from mock_airbyte.records import Job
from mock_airbyte.sync.progress import Progress
from mock_airbyte.sync.run import run
from tests.mock_airbyte.shops import connected, select


class Gate:
    """Keeps the rows of a sync from landing: it holds the warehouse's write lock, for which the mock waits."""

    def __init__(self, warehouse: Path) -> None:
        self._connection = sqlite3.connect(warehouse, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("begin immediate")

    def open(self) -> None:
        self._connection.close()  # which rolls back; a second time does nothing


@pytest.fixture
def gate(warehouse: Path) -> Iterator[Gate]:
    gate = Gate(warehouse)
    yield gate
    gate.open()


@pytest.fixture
def mock(gate: Gate) -> Iterator[MockAirbyte]:
    mock = MockAirbyte(clock=HandClock(), patience_seconds=0)
    yield mock
    gate.open()
    mock.stop()


@pytest.fixture
def moving(mock: MockAirbyte, warehouse: Path) -> tuple[str, int]:
    """A connection and its job, whose rows are read and wait for the gate."""
    connection = connected(mock, warehouse)
    job_id = mock.sync(connection)
    _eventually(lambda: mock.job(job_id).streams != () and mock.job(job_id).streams[0].records_emitted > 0)
    return connection, job_id


def _finish(mock: MockAirbyte, job_id: int) -> None:
    (movement,) = mock.book._movements.of([job_id])
    movement.wait(30)


def test_a_job_runs_until_its_rows_are_committed(
    mock: MockAirbyte, gate: Gate, moving: tuple[str, int], warehouse: Path
) -> None:
    connection, job_id = moving
    state = mock.job(job_id)
    assert (state.status, state.rows_committed, state.streams[0].records_emitted) == ("running", 0, 2)
    with pytest.raises(AlreadyRunning):
        mock.sync(connection)
    gate.open()
    _finish(mock, job_id)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed) == ("succeeded", 2)
    assert select(warehouse, "select count(*) from people") == [(2,)]


def test_a_cancel_while_rows_move_commits_none_of_them(
    mock: MockAirbyte, gate: Gate, moving: tuple[str, int], warehouse: Path
) -> None:
    connection, job_id = moving
    assert mock.cancel(job_id).status == "running", "it stops at the next batch"
    gate.open()
    _finish(mock, job_id)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed) == ("cancelled", 0)
    assert [attempt.status for attempt in state.attempts] == ["failed"]
    assert select(warehouse, "select name from sqlite_master") == []
    assert mock.sync(connection) == job_id + 1, "the connection is free again"


def test_stopping_the_mock_stops_what_moves(mock: MockAirbyte, gate: Gate, moving: tuple[str, int]) -> None:
    gate.open()
    mock.stop()
    (movement,) = mock.book._movements.of([moving[1]])
    assert movement.progress.finished_at is not None


def test_a_job_that_waits_while_the_mock_is_away_is_done_when_it_is_back(tmp_path: Path) -> None:
    clock = HandClock()
    mock = MockAirbyte(clock=clock, timeline=by_clock(pending_seconds=1, running_seconds=10), patience_seconds=30)
    source = mock.create_source("Shop", "mock-inline", streams=[{"name": "users", "rows": [{"id": 1}]}])
    destination = mock.create_destination("W", "sqlite", destination_path=str(tmp_path / "w.db"))
    connection_id = mock.create_connection(source, destination)
    with mock:
        job_id = mock.sync(connection_id)
    mock.advance(60)
    assert mock.job(job_id).status == "running"  # nothing moves while it is away
    with mock:
        assert mock.job(job_id).status == "succeeded"
        assert mock.job(job_id).rows_committed == 1


def test_the_first_look_waits_for_a_small_sync(warehouse: Path) -> None:
    mock = MockAirbyte(patience_seconds=30)
    assert mock.job(mock.sync(connected(mock, warehouse))).status == "succeeded"


def test_a_served_mock_finishes_jobs_that_nobody_looks_at(warehouse: Path) -> None:
    with MockAirbyte(timeline=by_clock(pending_seconds=0.01, running_seconds=0.01)) as mock:
        job_id = mock.sync(connected(mock, warehouse))
        _eventually(lambda: mock.book._movements.of([job_id]) != [])
        _finish(mock, job_id)
        assert select(warehouse, "select count(*) from people") == [(2,)]


def _eventually(happened: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(3000):
        if happened():
            return
        waiting.wait(0.01)
    pytest.fail("it did not happen within thirty seconds")


def test_a_job_whose_connection_is_deleted_while_it_waits_is_cancelled(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), timeline=by_clock(pending_seconds=1, running_seconds=1))
    connection = connected(mock, warehouse)
    job_id = mock.sync(connection)
    mock.world.delete_connection(connection)
    mock.advance(10)
    assert mock.job(job_id).status == "cancelled"


def test_what_the_mock_itself_gets_wrong_fails_the_attempt_and_is_logged(
    warehouse: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mock = MockAirbyte(clock=HandClock(), patience_seconds=30)
    due = DueRows(0, mock.world.connection(connected(mock, warehouse)).streams)
    errand = errand_for(mock.world, _job(mock), due)
    progress = Progress(now=mock.world.clock.now)

    def forgets(*_: object) -> None:
        message = "a defect"
        raise RuntimeError(message)

    run(replace(errand, remember=forgets), progress)
    assert progress.failure is not None
    assert (progress.outcome, progress.failure.kind) == ("failed", "system_error")
    assert "could not move the rows of job" in caplog.text


def _job(mock: MockAirbyte) -> Job:
    (connection,) = mock.world.connections()
    ids, now = (connection.connection_id, connection.workspace_id), mock.world.clock.now()
    return Job(1, *ids, "sync", now, IMMEDIATE, connection.streams)


def test_a_movement_is_over_when_its_work_is_done() -> None:
    clock = HandClock()
    movement = Movement(Progress(now=clock.now), lambda _: clock.advance(5))
    movement.start()
    movement.wait(30)
    assert movement.progress.started_at is not None
    assert movement.progress.finished_at is not None
    assert (movement.progress.finished_at - movement.progress.started_at).total_seconds() == 5
