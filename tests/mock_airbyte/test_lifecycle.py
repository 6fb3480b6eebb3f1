from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_airbyte.lifecycle import (
    IMMEDIATE,
    TERMINAL,
    TRANSITIONS,
    Stage,
    attempts_at,
    by_clock,
    checked,
    status_at,
)

FLAKY = (
    Stage("pending", 1),
    Stage("running", 2),
    Stage("incomplete", 3),
    Stage("running", 4),
    Stage("succeeded"),
)


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
    assert status_at(FLAKY, age) == expected


def test_an_immediate_job_is_over_as_soon_as_it_exists() -> None:
    assert status_at(IMMEDIATE, 0) == "succeeded"


def test_a_job_by_the_clock_waits_runs_and_succeeds() -> None:
    timeline = by_clock(pending_seconds=1, running_seconds=5)
    assert [status_at(timeline, age) for age in (0, 1, 5.9, 6)] == ["pending", "running", "running", "succeeded"]


def test_every_running_stage_is_an_attempt() -> None:
    first, second = attempts_at(FLAKY, 7)
    assert (first.status, first.begins_seconds, first.ends_seconds) == ("failed", 1, 3)
    assert (second.number, second.status, second.ends_seconds) == (1, "running", None)
    assert [attempt.status for attempt in attempts_at(FLAKY, 10)] == ["failed", "succeeded"]


def test_a_pending_job_has_no_attempt() -> None:
    assert attempts_at(FLAKY, 0.5) == ()


@pytest.mark.parametrize(
    "timeline",
    [
        (),
        (Stage("pending", 1),),
        (Stage("succeeded", 1), Stage("running")),
        (Stage("queued", 1), Stage("succeeded")),
        (Stage("running"), Stage("succeeded")),
        (Stage("paused"),),
    ],
)
def test_a_timeline_that_airbyte_does_not_have_is_refused(timeline: tuple[Stage, ...]) -> None:
    with pytest.raises(ValueError, match=r"transition|ends with|without an end"):
        checked(timeline)


def test_what_is_terminal_leads_nowhere_else() -> None:
    assert all(TRANSITIONS[status] <= {status} for status in TERMINAL)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20))
def test_a_status_only_ever_moves_forward(ages: list[float]) -> None:
    order = {"pending": 0, "running": 1, "succeeded": 2}
    seen = [order[status_at(by_clock(pending_seconds=3, running_seconds=9), age)] for age in sorted(ages)]
    assert seen == sorted(seen)
