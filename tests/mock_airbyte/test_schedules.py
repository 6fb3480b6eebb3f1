"""Schedules as values: what is read and refused, and when the next job starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mock_airbyte.schedules import (
    BadSchedule,
    Cron,
    Every,
    Timing,
    as_schedule,
    in_words,
    next_run,
    read_cron,
    read_every,
    read_text,
    timing_of,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0 12 * * ?", Cron("0 0 12 * * ?", "UTC")),
        ("0  0 12 * * ?  UTC", Cron("0 0 12 * * ?", "UTC")),
        ("0 0 12 ? * MON", Cron("0 0 12 ? * MON", "UTC")),
        ("0 0 12 ? * MON-FRI US/Pacific", Cron("0 0 12 ? * MON-FRI", "US/Pacific")),
        (
            "0 0 12 * * ? 2027 America/Argentina/Buenos_Aires",
            Cron("0 0 12 * * ? 2027", "America/Argentina/Buenos_Aires"),
        ),
    ],
)
def test_an_expression_may_have_a_time_zone_behind_it(text: str, expected: Cron) -> None:
    assert read_text(text) == expected


@pytest.mark.parametrize("timing", [None, Every(6, "hours"), Cron("0 0 12 ? * MON-FRI", "Europe/Berlin")])
def test_what_a_record_keeps_is_read_back(timing: Timing) -> None:
    assert timing_of(as_schedule(timing)) == timing


@pytest.mark.parametrize(
    ("text", "expected"),
    [("24 hours", Every(24, "hours")), ("1 day", Every(1, "days")), ("Every 30 MINUTES", Every(30, "minutes"))],
)
def test_an_interval_is_a_number_and_a_unit(text: str, expected: Every) -> None:
    assert read_every(text) == expected


@pytest.mark.parametrize("text", ["", "0 hours", "hourly", "24", "-1 hours", "1.5 hours", "2 fortnights"])
def test_no_interval_is_refused(text: str) -> None:
    with pytest.raises(BadSchedule, match="'30 minutes'"):
        read_every(text)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Etc/GMT+1", "../UTC", "Europe", ""])
def test_a_time_zone_that_airbyte_does_not_know_is_refused(zone: str) -> None:
    with pytest.raises(BadSchedule, match="no such time zone") as refused:
        read_cron("0 0 12 * * ?", zone)
    assert refused.value.fault == "timezone"


@pytest.mark.parametrize("seconds", ["*", "0,30", "0/20"])
def test_more_than_once_a_minute_is_refused(seconds: str) -> None:
    with pytest.raises(BadSchedule, match="more than 1 minute apart"):
        read_cron(f"{seconds} 0 12 * * ?")


def test_there_is_no_other_type() -> None:
    with pytest.raises(BadSchedule, match="scheduleType='sometimes'"):
        timing_of({"scheduleType": "sometimes"})


@pytest.mark.parametrize(
    ("timing", "newest", "expected"),
    [
        (None, None, None),
        (Every(6, "hours"), None, "2026-01-01T12:00"),
        (Every(6, "hours"), "2026-01-01T10:30", "2026-01-01T16:30"),
        (Every(1, "months"), "2026-01-31T00:00", "2026-03-02T00:00"),
        (Every(999_999_999, "months"), "2026-01-01T10:30", None),
        (Every(99_999_999, "days"), "2026-01-01T10:30", None),
        (Cron("0 0 * * * ?"), None, "2026-01-01T13:00"),
        (Cron("0 0 * * * ?"), "2026-01-01T12:30", "2026-01-01T13:00"),
        (Cron("0 0 * * * ?"), "2026-01-01T12:59:30", "2026-01-01T14:00"),
        (Cron("0 0 * * * ?"), "2026-01-01T08:00", "2026-01-01T09:00"),
        (Cron("0 0 12 1 1 ? 2025"), None, None),
        (Cron("0 0 12 * * ?", "Europe/Berlin"), None, "2026-01-02T11:00"),
        (Cron("0 0 12 * * ?", "America/New_York"), None, "2026-01-01T17:00"),
    ],
)
def test_the_next_job_counts_from_the_newest_or_from_when_the_schedule_was_set(
    timing: Timing, newest: str | None, expected: str | None
) -> None:
    found = next_run(timing, _at(newest) if newest else None, since=NOON)
    assert found == (_at(expected) if expected else None)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [  # New York springs forward on 8 March 2026 at 2:00 and falls back on 1 November at 2:00
        ("0 30 2 * * ?", "2026-03-07T08:00", "2026-03-09T06:30"),
        ("0 30 * * * ?", "2026-03-08T06:30", "2026-03-08T07:30"),
        ("0 30 1 * * ?", "2026-11-01T03:00", "2026-11-01T06:30"),
        ("0 30 1 * * ?", "2026-11-01T06:30", "2026-11-02T06:30"),
        ("0 0 12 * * ?", "2026-03-07T17:00", "2026-03-08T16:00"),
    ],
)
def test_summer_time_leaves_out_and_repeats_as_with_quartz(expression: str, after: str, expected: str) -> None:
    assert next_run(Cron(expression, "America/New_York"), None, since=_at(after)) == _at(expected)


def test_over_two_changes_of_the_clock_it_is_due_at_exactly_the_local_times_that_a_search_finds() -> None:
    from zoneinfo import ZoneInfo

    zone, at, found = ZoneInfo("Europe/Berlin"), _at("2026-03-25T00:00"), []
    while (at := next_run(Cron("0 15 3/9 * * ?", "Europe/Berlin"), None, since=at)) < _at("2026-11-01T00:00"):  # type: ignore[operator,assignment]
        found.append(at)
    quarters = (_at("2026-03-25T00:15") + timedelta(minutes=15 * number) for number in range(221 * 96))
    wanted = [one for one in quarters if f"{one.astimezone(zone):%H:%M}" in ("03:15", "12:15", "21:15")]
    assert found == [one for one in wanted if one < _at("2026-11-01T00:00")]


@pytest.mark.parametrize(
    ("timing", "words"),
    [
        (None, "Manual"),
        (Every(6, "hours"), "Every 6 hours"),
        (Every(1, "days"), "Every day"),
        (Cron("0 0 12 ? * 2-6", "Europe/Berlin"), "At 12:00, Monday through Friday (Europe/Berlin)"),
        (Cron("0 0 12 LW * ?"), "At 12:00, on the last weekday of the month (UTC)"),
        (Cron("0 0 12 ? * L"), "0 0 12 ? * L (UTC)"),
    ],
)
def test_it_is_said_in_words(timing: Timing, words: str) -> None:
    assert in_words(timing) == words
