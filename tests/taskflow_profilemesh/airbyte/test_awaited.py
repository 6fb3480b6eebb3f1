"""What "a sync has succeeded since …" means."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.airbyte.awaited import (
    AwaitedSync,
    OutOfTime,
    decide,
    has_succeeded,
    moment_of,
    newest_jobs,
)
from taskflow_profilemesh.airbyte.models import Job
from taskflow_profilemesh.airbyte.polling import Done, Failed, Wait
from taskflow_profilemesh.errors import InvalidOption

TEN = datetime(2026, 1, 1, 10, tzinfo=UTC)


def at(minute: float) -> datetime:
    """Return so many minutes after ten."""
    return TEN + timedelta(minutes=minute)


def job(number: int, status: str, *, began: float, ended: float | None = None, **more: Any) -> Job:
    return Job(
        job_id=number,
        status=status,
        job_type="sync",
        connection_id="shop",
        started_at=at(began),
        updated_at=None if ended is None else at(ended),
        **more,
    )


def awaited(**changes: Any) -> AwaitedSync:
    values: dict[str, Any] = {
        "connection_id": "shop",
        "connection_name": "Shop",
        "workspace_id": "main",
        "since": TEN.timestamp(),
        "deadline": at(60).timestamp(),
        "poll_interval_seconds": 30,
    }
    return AwaitedSync(**values | changes)


YESTERDAYS = job(1, "succeeded", began=-1440, ended=-1430)


def test_no_job_at_all_is_no_success() -> None:
    assert has_succeeded([], TEN) is None


def test_a_success_before_since_does_not_count_and_one_after_does() -> None:
    assert has_succeeded([YESTERDAYS], TEN) is None
    todays = job(2, "succeeded", began=1, ended=5)
    assert has_succeeded([todays, YESTERDAYS], TEN) == Done(todays)


def test_a_success_in_the_very_second_counts_as_airbyte_tells_whole_seconds() -> None:
    punctual = job(2, "succeeded", began=-5, ended=0)
    assert has_succeeded([punctual], TEN + timedelta(milliseconds=900)) == Done(punctual)
    assert has_succeeded([punctual], TEN + timedelta(seconds=1)) is None


def test_a_sync_that_began_before_since_counts_unless_its_start_is_compared() -> None:
    across = job(2, "succeeded", began=-5, ended=5)
    assert has_succeeded([across], TEN) == Done(across)
    assert has_succeeded([across], TEN, compare="started_at") is None
    within = job(3, "succeeded", began=6, ended=9)
    assert has_succeeded([within, across], TEN, compare="started_at") == Done(within)


def test_a_success_without_its_end_ended_after_its_duration_or_when_it_began() -> None:
    lasted = job(2, "succeeded", began=-5, duration_seconds=600.0)
    assert has_succeeded([lasted], TEN) == Done(lasted)
    assert has_succeeded([job(2, "succeeded", began=-5)], TEN) is None


def test_a_success_counts_even_if_a_later_sync_failed() -> None:
    good, bad = job(2, "succeeded", began=1, ended=5), job(3, "failed", began=6, ended=7)
    assert has_succeeded([bad, good], TEN) == Done(good)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_newest_sync_that_ended_badly_since_is_told(status: str) -> None:
    bad = job(2, status, began=1, ended=5)
    assert has_succeeded([YESTERDAYS, bad], TEN) == Failed(bad, status)  # type: ignore[arg-type] # one of the two


def test_a_failure_before_since_says_nothing() -> None:
    assert has_succeeded([job(1, "failed", began=-20, ended=-10)], TEN) is None


@pytest.mark.parametrize("status", ["pending", "queued", "running", "incomplete", "a new word"])
def test_a_failure_is_not_the_newest_while_another_sync_runs(status: str) -> None:
    assert has_succeeded([job(2, "failed", began=1, ended=5), job(3, status, began=6)], TEN) is None


def test_a_failure_is_waited_through_unless_it_is_to_end_the_waiting() -> None:
    bad = job(2, "failed", began=1, ended=5)
    now = at(6).timestamp()
    assert decide(awaited(), [bad], now=now) == Wait(30)
    assert decide(awaited(fail_on_failed_sync=True), [bad], now=now) == Failed(bad, "failed")


def test_no_look_comes_later_than_the_deadline_and_a_success_counts_after_it() -> None:
    late = at(60).timestamp()
    assert decide(awaited(), [], now=late - 10) == Wait(10)
    assert decide(awaited(), [], now=late) == OutOfTime()
    todays = job(2, "succeeded", began=1, ended=59)
    assert decide(awaited(), [todays], now=late + 100) == Done(todays)


def test_only_syncs_are_asked_for() -> None:
    succeeded, newest = newest_jobs("shop")
    assert (succeeded.job_type, succeeded.status) == ("sync", "succeeded")
    assert (newest.connection_id, newest.job_type, newest.status) == ("shop", "sync", None)


ENDINGS = st.tuples(st.sampled_from(["succeeded", "failed", "cancelled", "running"]), st.integers(-3, 3))


@given(st.lists(ENDINGS, max_size=6))
def test_the_newest_success_and_the_newest_job_say_as_much_as_all_jobs(endings: list[tuple[str, int]]) -> None:
    moments = sorted(minute for _, minute in endings)
    jobs = [
        job(number, status, began=minute, ended=None if status == "running" else minute)
        for number, ((status, _), minute) in enumerate(zip(endings, moments, strict=True))
    ]
    newest_success = [one for one in jobs if one.has_succeeded][-1:]
    assert has_succeeded([*newest_success, *jobs[-1:]], TEN) == has_succeeded(jobs, TEN)


@pytest.mark.parametrize(
    "since",
    [
        "2026-01-01T10:00:00Z",
        "2026-01-01 10:00:00+00:00",
        "2026-01-01T11:00+01:00",
        " 20260101T100000 ",
        TEN,
        TEN.replace(tzinfo=None),
        datetime(2026, 1, 1, 5, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_a_moment_is_read_in_any_time_zone_and_in_utc_without_one(since: object) -> None:
    assert moment_of(since) == TEN
    assert moment_of(since).tzinfo is UTC


@pytest.mark.parametrize("since", ["yesterday", "None", "", None, 5, TEN.date()])
def test_what_is_no_moment_is_refused(since: object) -> None:
    with pytest.raises(InvalidOption, match=r"option='since'.*2026-01-31T10:00:00"):
        moment_of(since)


def test_what_is_waited_for_survives_json() -> None:
    value = awaited(compare="started_at", fail_on_failed_sync=True)
    assert AwaitedSync.from_dict(json.loads(json.dumps(value.as_dict()))) == value


@pytest.mark.parametrize(
    ("part", "wrong"),
    [("since", "now"), ("deadline", float("inf")), ("compare", "created_at"), ("connection_id", ""), ("since", True)],
)
def test_a_wrong_part_is_named(part: str, wrong: object) -> None:
    with pytest.raises(InvalidOption, match=rf"awaited\.{part}"):
        AwaitedSync.from_dict(awaited().as_dict() | {part: wrong})


@pytest.mark.parametrize("value", [None, [], {}, "sync"])
def test_what_is_none_of_ours_is_refused(value: object) -> None:
    with pytest.raises(InvalidOption, match=r"awaited\."):
        AwaitedSync.from_dict(value)
