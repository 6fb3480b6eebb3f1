"""Jobs whose rows take their time: what a look shows meanwhile, and what a cancel leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mock_airbyte import HandClock, MockAirbyte, by_clock
from mock_airbyte.connectors import SOURCES, Connector
from mock_airbyte.jobs import AlreadyRunning
from mock_airbyte.movement import Movement
from mock_airbyte.sources.fitting import fit_rows
from mock_airbyte.sources.protocol import Batch, Column, Stream
from mock_airbyte.sync.progress import Progress
from mock_airbyte.types import AirbyteType
from tests.mock_airbyte.shops import connected, select

STREAM = Stream("people", (Column("id", AirbyteType.INTEGER),))


class GatedSource:
    """Hands out one row, then waits for the gate before each further one."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.gate = threading.Semaphore(0)
        self.reached = threading.Semaphore(0)

    def check(self) -> None:
        pass

    def streams(self) -> tuple[Stream, ...]:
        return (STREAM,)

    def batches(self, stream: Stream) -> Iterator[Batch]:
        for number in range(self.rows):
            yield fit_rows([{"id": number}], stream.columns)
            self.reached.release()
            assert self.gate.acquire(timeout=30)


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch) -> GatedSource:
    """A connector of the test's own, known to the mock as `gated`."""
    source = GatedSource(rows=3)
    connector = Connector("gated", "00000000-0000-4000-8000-000000000001", (), lambda *_: source)
    monkeypatch.setattr("mock_airbyte.connectors.SOURCES", (*SOURCES, connector))
    return source


@pytest.fixture
def mock(gated: GatedSource) -> Iterator[MockAirbyte]:
    mock = MockAirbyte(clock=HandClock(), patience_seconds=0)
    yield mock
    gated.gate.release(10)
    mock.stop()


@pytest.fixture
def moving(mock: MockAirbyte, gated: GatedSource, warehouse: Path) -> tuple[str, int]:
    """A connection and its job, whose first row is on its way."""
    source = mock.create_source("Slow", "gated")
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    connection = mock.create_connection(source, destination)
    job_id = mock.sync(connection)
    assert gated.reached.acquire(timeout=30)
    return connection, job_id


def _finish(mock: MockAirbyte, job_id: int) -> None:
    mock.book._movements[job_id].wait(30)


def test_a_job_runs_until_its_rows_are_committed(
    mock: MockAirbyte, gated: GatedSource, moving: tuple[str, int], warehouse: Path
) -> None:
    connection, job_id = moving
    state = mock.job(job_id)
    assert (state.status, state.rows_committed, state.streams[0].records_emitted) == ("running", 0, 1)
    with pytest.raises(AlreadyRunning):
        mock.sync(connection)
    gated.gate.release(3)
    _finish(mock, job_id)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed) == ("succeeded", 3)
    assert select(warehouse, "select count(*) from people") == [(3,)]


def test_a_cancel_while_rows_move_commits_none_of_them(
    mock: MockAirbyte, gated: GatedSource, moving: tuple[str, int], warehouse: Path
) -> None:
    connection, job_id = moving
    assert mock.cancel(job_id).status == "running", "it stops at the next batch"
    gated.gate.release(3)
    _finish(mock, job_id)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed) == ("cancelled", 0)
    assert select(warehouse, "select name from sqlite_master") == []
    assert mock.sync(connection) == job_id + 1, "the connection is free again"


def test_stopping_the_mock_stops_what_moves(
    mock: MockAirbyte, gated: GatedSource, moving: tuple[str, int], warehouse: Path
) -> None:
    gated.gate.release(3)
    mock.stop()
    assert mock.book._movements[moving[1]].progress.finished_at is not None


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


def test_the_first_look_waits_for_a_small_sync(gated: GatedSource, warehouse: Path) -> None:
    mock = MockAirbyte(patience_seconds=30)
    gated.gate.release(10)
    source = mock.create_source("Slow", "gated")
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    assert mock.job(mock.sync(mock.create_connection(source, destination))).status == "succeeded"


def test_a_served_mock_finishes_jobs_that_nobody_looks_at(warehouse: Path) -> None:
    with MockAirbyte(timeline=by_clock(pending_seconds=0.01, running_seconds=0.01)) as mock:
        job_id = mock.sync(connected(mock, warehouse))
        _eventually(lambda: job_id in mock.book._movements)
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


def test_what_the_mock_itself_gets_wrong_fails_the_job_and_is_logged(
    mock: MockAirbyte, gated: GatedSource, warehouse: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gated.rows = -1
    gated.batches = None  # type: ignore[assignment,method-assign]  # a defect
    source = mock.create_source("Slow", "gated")
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    job_id = mock.sync(mock.create_connection(source, destination))
    _finish(mock, job_id)
    state = mock.job(job_id)
    assert state.failure is not None
    assert (state.status, state.failure.kind) == ("failed", "system_error")
    assert "could not move the rows of job" in caplog.text


def test_a_movement_is_over_when_its_work_is_done() -> None:
    clock = HandClock()
    movement = Movement(Progress(now=clock.now), lambda _: clock.advance(5))
    movement.start()
    movement.wait(30)
    assert movement.progress.started_at is not None
    assert movement.progress.finished_at is not None
    assert (movement.progress.finished_at - movement.progress.started_at).total_seconds() == 5
