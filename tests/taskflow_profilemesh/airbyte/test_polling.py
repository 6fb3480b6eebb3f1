from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.airbyte.models import Job
from taskflow_profilemesh.airbyte.polling import Done, Failed, Wait, next_step
from taskflow_profilemesh.airbyte.statuses import ACTIVE, TERMINAL

_times = st.floats(min_value=0, max_value=1e6)
_periods = st.floats(min_value=0.01, max_value=1e5)


def job(status: str) -> Job:
    return Job(job_id=7, status=status, job_type="sync", connection_id="c")


@given(status=st.sampled_from(sorted(TERMINAL)), waited=_times, timeout=_periods, poll=_periods)
def test_a_final_status_counts_at_any_age(status: str, waited: float, timeout: float, poll: float) -> None:
    step = next_step(job(status), waited_seconds=waited, timeout_seconds=timeout, poll_seconds=poll)
    assert step == (Done(job(status)) if status == "succeeded" else Failed(job(status), status))  # type: ignore[arg-type] # the statuses are causes


@given(status=st.sampled_from([*sorted(ACTIVE), "invented"]), waited=_times, timeout=_periods, poll=_periods)
def test_any_other_status_waits_until_the_deadline(status: str, waited: float, timeout: float, poll: float) -> None:
    step = next_step(job(status), waited_seconds=waited, timeout_seconds=timeout, poll_seconds=poll)
    if waited >= timeout:
        assert step == Failed(job(status), "timed_out")
    else:
        assert isinstance(step, Wait)
        assert 0 < step.seconds <= poll
        assert waited + step.seconds <= timeout * (1 + 1e-9)


@pytest.mark.parametrize(("waited", "seconds"), [(0, 1), (4, 1), (20, 5), (120, 30), (3000, 30), (3590, 10)])
def test_the_first_looks_come_sooner_and_none_after_the_deadline(waited: float, seconds: float) -> None:
    assert next_step(job("running"), waited_seconds=waited, timeout_seconds=3600, poll_seconds=30) == Wait(seconds)


def test_waiting_always_ends() -> None:
    waited, looks = 0.0, 0
    while isinstance(step := next_step(job("queued"), waited_seconds=waited, timeout_seconds=60, poll_seconds=7), Wait):
        waited, looks = waited + step.seconds, looks + 1
    assert waited == pytest.approx(60)
    assert looks < 30
