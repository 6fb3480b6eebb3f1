"""The mock of one cell: its world, what goes wrong in it, its time, and what its journal says at the end."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mock_airbyte.clock import HandClock
from mock_airbyte.job_state import JobState
from mock_airbyte.lifecycle import by_clock
from mock_airbyte.mock import MockAirbyte
from mock_airbyte.scenarios import SCENARIOS
from tests.fault_matrix.cells import Cell
from tests.fault_matrix.verdict import JobSeen, Seen

_TIMELINE = by_clock(pending_seconds=5, running_seconds=30)  # longer than an answer is kept back
_STEP, _LONG_STEP = 2.0, 600.0  # of the mock's seconds: a beat, and one while a job is queued
_ONE_AT_A_TIME = threading.Lock()  # a mock compiles its routes, which CPython 3.11 cannot do in two threads at once


@contextmanager
def mock_of(cell: Cell) -> Iterator[MockAirbyte]:
    """Serve the cell's mock, whose clock stands still until `pass_time` moves it."""
    with _ONE_AT_A_TIME:
        made = MockAirbyte(clock=HandClock(), timeline=_TIMELINE)
    with tempfile.TemporaryDirectory() as folder, made as airbyte:
        rows = [{"id": 1}, {"id": 2}]
        source = airbyte.create_source("Shop", "mock-inline", streams=[{"name": "users", "rows": rows}])
        destination = airbyte.create_destination("Warehouse", "sqlite", destination_path=f"{folder}/w.db")
        connection = airbyte.create_connection(source, destination, name="Shop")
        if cell.fault is None:
            airbyte.play(SCENARIOS[cell.wrong], connection)
        else:
            airbyte.fail(cell.fault)
        yield airbyte


def pass_time(airbyte: MockAirbyte) -> None:
    """Move the mock's clock on by a beat: by hours, soon, where a job only waits for them."""
    is_queued = any(job.status == "queued" for job in airbyte.control.app.jobs.all(patient=False))
    airbyte.advance(_LONG_STEP if is_queued else _STEP)


def seen(airbyte: MockAirbyte, state: str, result: Any) -> Seen:
    """Return what became of the task and of each job; whose they are, the journal knows."""
    own = {request.started_job for request in airbyte.requests}
    jobs = airbyte.jobs()
    return Seen(
        task_state=state,
        followed_job=result["job_id"] if result else None,
        own_jobs=[_job(one) for one in jobs if one.job.job_id in own],
        others=[_job(one) for one in jobs if one.job.job_id not in own],
    )


def _job(state: JobState) -> JobSeen:
    ended = state.updated_at.timestamp() if state.is_terminal else None
    return JobSeen(state.job.job_id, state.status, state.job.created_at.timestamp(), ended)
