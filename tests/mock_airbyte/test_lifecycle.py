from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_airbyte.lifecycle import (
    IMMEDIATE,
    MANUAL,
    TERMINAL,
    TRANSITIONS,
    Course,
    Move,
    Stage,
    attempts,
    by_clock,
    checked,
    polls,
)

FLAKY = (
    Stage("pending", 1),
    Stage("running", 2),
    Stage("incomplete", 3),
    Stage("running", 4),
    Stage("succeeded"),
)


BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def _after(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def _status(course: Course, seconds: float) -> str:
    return course.passed(_after(seconds))[-1].status


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, "pending"),
        (1, "running"),
        (2.9, "running"),
        (3, "incomplete"),
        (6, "running"),
        (10, "succeeded"),
        (1e9, "succeeded"),
    ],
)
def test_a_status_follows_from_the_age(age: float, expected: str) -> None:
    assert _status(Course(FLAKY, BEGUN), age) == expected


def test_an_immediate_job_is_succeeded_at_once() -> None:
    assert _status(Course(IMMEDIATE, BEGUN), 0) == "succeeded"


def test_each_running_stage_is_an_attempt_that_the_next_stage_ends() -> None:
    first, second = attempts(Course(FLAKY, BEGUN).passed(_after(20)))
    assert first.ended is not None
    assert second.ended is not None
    assert (first.number, first.began_at, first.ended.status, first.ended.began_at) == (
        0,
        _after(1),
        "incomplete",
        _after(3),
    )
    assert (second.number, second.began_at, second.ended.status) == (1, _after(6), "succeeded")


def test_an_attempt_that_still_runs_has_no_end() -> None:
    (only,) = attempts(Course(FLAKY, BEGUN).passed(_after(2)))
    assert only.ended is None


def test_a_pending_job_has_no_attempt() -> None:
    assert attempts(Course(FLAKY, BEGUN).passed(_after(0.5))) == ()


def test_an_incomplete_job_that_succeeds_without_another_attempt_is_the_success_of_its_last() -> None:
    timeline = checked((Stage("running", 1), Stage("incomplete", 1), Stage("succeeded")))
    (only,) = attempts(Course(timeline, BEGUN).passed(_after(2)))
    assert only.ended is not None
    assert only.ended.status == "succeeded"


def test_a_stage_that_counts_looks_lasts_for_so_many() -> None:
    timeline = checked(polls(2, pending=1))
    seen = [_status(Course(timeline, BEGUN, looks=(BEGUN,) * looks), 99) for looks in range(5)]
    assert seen == ["pending", "running", "running", "succeeded", "succeeded"]


def test_looks_and_seconds_may_follow_each_other() -> None:
    timeline = checked((Stage("pending", 10), Stage("running", looks=1), Stage("succeeded")))
    assert _status(Course(timeline, BEGUN), 9) == "pending"
    assert not Course(timeline, BEGUN).counts_looks(_after(9))
    assert Course(timeline, BEGUN).counts_looks(_after(11))
    assert Course(timeline, BEGUN, looks=(_after(11),)).passed(_after(12))[-1].began_at == _after(11)


def test_a_move_by_hand_ends_the_plan() -> None:
    course = Course(
        by_clock(pending_seconds=1, running_seconds=5), BEGUN, moves=(Move("failed", _after(2), _after(2)),)
    )
    assert [_status(course, seconds) for seconds in (1.5, 2, 99)] == ["running", "failed", "failed"]


def test_a_move_that_takes_its_time_stops_the_plan_at_once() -> None:
    course = Course(
        by_clock(pending_seconds=1, running_seconds=5), BEGUN, moves=(Move("cancelled", _after(2), _after(9)),)
    )
    assert [_status(course, seconds) for seconds in (2, 8, 9)] == ["running", "running", "cancelled"]
    assert not course.counts_looks(_after(8))


@pytest.mark.parametrize(
    "timeline",
    [
        (),
        (Stage("pending", 1),),
        (Stage("succeeded", 1), Stage("running")),
        (Stage("queued", 1), Stage("succeeded")),
        (Stage("running"), Stage("succeeded")),
        (Stage("paused"),),
        (Stage("pending", looks=1),),
    ],
)
def test_a_timeline_that_airbyte_does_not_have_is_refused(timeline: tuple[Stage, ...]) -> None:
    with pytest.raises(ValueError, match=r"transition|ends with|without an end"):
        checked(timeline)


def test_a_job_that_is_moved_by_hand_may_wait_for_ever() -> None:
    assert checked(MANUAL) == MANUAL


def test_what_is_terminal_leads_nowhere_else() -> None:
    assert all(TRANSITIONS[status] <= {status} for status in TERMINAL)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20))
def test_a_status_only_ever_moves_forward(ages: list[float]) -> None:
    order = {"pending": 0, "running": 1, "succeeded": 2}
    course = Course(by_clock(pending_seconds=3, running_seconds=9), BEGUN)
    seen = [order[_status(course, age)] for age in sorted(ages)]
    assert seen == sorted(seen)
