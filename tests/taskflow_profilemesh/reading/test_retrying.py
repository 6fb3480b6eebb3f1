from __future__ import annotations

import pytest

from taskflow_profilemesh.errors import ConnectionLost, ReadFailed
from taskflow_profilemesh.reading.retrying import TRIES, Retrying
from tests.clocks import HandClock

LOST = ConnectionLost(source="w", table="t", reason="gone")


class Job:
    """Loses its connection so many times."""

    def __init__(self, losses: int) -> None:
        self.losses = losses
        self.runs = 0

    def __call__(self) -> str:
        self.runs += 1
        if self.runs <= self.losses:
            raise LOST
        return "rows"


@pytest.mark.parametrize("losses", [0, 1, TRIES - 1])
def test_a_lost_job_is_run_again_after_pauses_that_double(clock: HandClock, losses: int) -> None:
    job, renewed = Job(losses), []
    result = Retrying(clock, answers=lambda: True).run(job, about="t", lost=lambda: renewed.append(job.runs))
    assert (result, job.runs) == ("rows", losses + 1)
    assert clock.slept == [0.25, 0.5, 1.0, 2.0][:losses]
    assert renewed == list(range(1, losses + 1))


def test_the_last_loss_is_the_callers(clock: HandClock) -> None:
    job = Job(TRIES)
    with pytest.raises(ConnectionLost):
        Retrying(clock, answers=lambda: True).run(job, about="t")
    assert job.runs == TRIES


def test_nobody_is_read_from_who_does_not_answer(clock: HandClock) -> None:
    answers = iter([False, False, True])
    job = Job(1)
    assert Retrying(clock, answers=lambda: next(answers)).run(job, about="t") == "rows"
    assert clock.slept == [0.25, 0.5, 1.0]
    silent = Job(1)
    with pytest.raises(ConnectionLost):
        Retrying(clock, answers=lambda: False).run(silent, about="t")
    assert silent.runs == 1


def test_what_nobody_wants_any_more_is_not_run_again(clock: HandClock) -> None:
    job = Job(1)
    with pytest.raises(ConnectionLost):
        Retrying(clock, answers=lambda: True, is_wanted=lambda: False).run(job, about="t")
    assert (job.runs, clock.slept) == (1, [])


def test_other_failures_are_not_tried_again(clock: HandClock) -> None:
    def fails() -> None:
        raise ReadFailed(source="w", table="t", reason="a value")

    with pytest.raises(ReadFailed):
        Retrying(clock, answers=lambda: True).run(fails, about="t")
    assert clock.slept == []
