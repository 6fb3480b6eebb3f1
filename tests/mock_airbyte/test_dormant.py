from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_airbyte import MANUAL, MockAirbyte, Stage, by_clock
from mock_airbyte.dormant import Dormant
from mock_airbyte.job_state import DueRows, Rows, rows_due
from mock_airbyte.lifecycle import Course, Move
from mock_airbyte.records import Job
from tests.mock_airbyte.shops import PEOPLE

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
RUNNING = Job(1, "c", "w", "sync", BEGUN, by_clock(pending_seconds=1, running_seconds=5), ())


def _after(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def test_a_job_sleeps_until_its_status_changes() -> None:
    dormant = Dormant()
    assert not dormant.has(RUNNING, _after(2))
    dormant.add(RUNNING, {}, _after(2))
    assert dormant.has(RUNNING, _after(5.9))
    assert not dormant.has(RUNNING, _after(6))


def test_a_job_that_nothing_brings_on_sleeps_for_ever() -> None:
    dormant, job = Dormant(), replace(RUNNING, timeline=MANUAL)
    dormant.add(job, {}, BEGUN)
    assert dormant.has(job, _after(1e9))


def test_a_job_that_somebody_changed_sleeps_no_more() -> None:
    dormant = Dormant()
    dormant.add(RUNNING, {}, BEGUN)
    assert not dormant.has(replace(RUNNING, moves=(Move("cancelled", BEGUN, BEGUN),)), BEGUN)


def test_a_job_that_is_woken_or_forgotten_sleeps_no_more() -> None:
    dormant, other = Dormant(), replace(RUNNING, job_id=2)
    for job in (RUNNING, other):
        dormant.add(job, {}, BEGUN)
    dormant.wake(1)
    assert (dormant.has(RUNNING, BEGUN), dormant.has(other, BEGUN)) == (False, True)
    dormant.clear()
    assert not dormant.has(other, BEGUN)


_seconds = st.sampled_from([0.0, 1.0, 2.5, 4.0])
_middle = st.builds(
    Stage,
    status=st.sampled_from(["running", "incomplete"]),
    seconds=_seconds,
    commits=st.sampled_from([None, 0.5]),
    rows_after=_seconds,
)


@given(st.lists(_middle, max_size=4), _seconds, st.floats(0, 20), st.floats(0, 20))
def test_until_a_job_is_looked_at_again_neither_its_status_nor_the_rows_that_are_due_change(
    middle: list[Stage], late: float, first: float, second: float
) -> None:
    earlier, later = sorted((_after(first), _after(second)))
    course = Course((Stage("pending", 1), *middle, Stage("succeeded", rows_after=late)), BEGUN)
    change = course.next_change(earlier)

    def come_to(now: datetime) -> list[tuple[str, bool]]:
        return [
            (one.status, one.began_at + timedelta(seconds=one.stage.rows_after) <= now) for one in course.passed(now)
        ]

    if change is None or later < change:
        assert come_to(later) == come_to(earlier)
    else:
        assert come_to(change) != come_to(earlier)


def test_looking_at_one_job_costs_nothing_for_those_that_sleep(
    mock: MockAirbyte, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.book.plan(by_clock(running_seconds=60))
    source = mock.create_source("S", "mock-inline", streams=[{"name": "a", "rows": PEOPLE}])
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    started = [mock.sync(mock.create_connection(source, destination, name=f"C{number}")) for number in range(5)]
    mock.advance(2)
    looked_at: list[int] = []

    def watched(job: Job, rows: Rows, now: datetime) -> DueRows | None:
        looked_at.append(job.job_id)
        return rows_due(job, rows, now)

    monkeypatch.setattr("mock_airbyte.jobs.rows_due", watched)
    assert mock.book.look(started[0]).status == "running"
    assert looked_at == []
    mock.advance(60)
    assert [mock.job(job_id).status for job_id in started] == ["succeeded"] * 5
    assert set(looked_at) == set(started)
