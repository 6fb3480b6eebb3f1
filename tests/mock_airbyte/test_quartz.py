"""Quartz's cron expressions, against times worked out by hand, a search through every minute, and croniter."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_airbyte.quartz import BadExpression, Quartz

NEW_YEAR = datetime.fromisoformat("2026-01-01")  # a Thursday, in whatever place


def _due(expression: str, count: int = 3, after: datetime = NEW_YEAR) -> list[str]:
    found = islice(Quartz.read(expression).after(after), count)
    return [f"{one:%a %Y-%m-%d %H:%M:%S}" for one in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 12 * * ?", ["Thu 2026-01-01 12:00:00", "Fri 2026-01-02 12:00:00", "Sat 2026-01-03 12:00:00"]),
        ("30 15 10 ? * *", ["Thu 2026-01-01 10:15:30", "Fri 2026-01-02 10:15:30", "Sat 2026-01-03 10:15:30"]),
        ("0 0 0 1 * ?", ["Sun 2026-02-01 00:00:00", "Sun 2026-03-01 00:00:00", "Wed 2026-04-01 00:00:00"]),
        ("0 0/25 14 * * ?", ["Thu 2026-01-01 14:00:00", "Thu 2026-01-01 14:25:00", "Thu 2026-01-01 14:50:00"]),
        ("0 10,44 14 ? 3 WED", ["Wed 2026-03-04 14:10:00", "Wed 2026-03-04 14:44:00", "Wed 2026-03-11 14:10:00"]),
        ("0 0 12 ? * 1", ["Sun 2026-01-04 12:00:00", "Sun 2026-01-11 12:00:00", "Sun 2026-01-18 12:00:00"]),
        ("0 0 12 ? * 2-6", ["Thu 2026-01-01 12:00:00", "Fri 2026-01-02 12:00:00", "Mon 2026-01-05 12:00:00"]),
        ("0 0 12 ? * fri-mon", ["Fri 2026-01-02 12:00:00", "Sat 2026-01-03 12:00:00", "Sun 2026-01-04 12:00:00"]),
        ("0 0 22-2/2 * * ?", ["Thu 2026-01-01 02:00:00", "Thu 2026-01-01 22:00:00", "Fri 2026-01-02 00:00:00"]),
        ("0 0 12 ? * 2/2", ["Fri 2026-01-02 12:00:00", "Mon 2026-01-05 12:00:00", "Wed 2026-01-07 12:00:00"]),
        ("0 0 12 ? * L", ["Sat 2026-01-03 12:00:00", "Sat 2026-01-10 12:00:00", "Sat 2026-01-17 12:00:00"]),
        ("0 0 12 L * ?", ["Sat 2026-01-31 12:00:00", "Sat 2026-02-28 12:00:00", "Tue 2026-03-31 12:00:00"]),
        ("0 0 12 L-2 * ?", ["Thu 2026-01-29 12:00:00", "Thu 2026-02-26 12:00:00", "Sun 2026-03-29 12:00:00"]),
        ("0 0 12 L-29 * ?", ["Fri 2026-01-02 12:00:00", "Mon 2026-03-02 12:00:00", "Wed 2026-04-01 12:00:00"]),
        ("0 0 12 LW * ?", ["Fri 2026-01-30 12:00:00", "Fri 2026-02-27 12:00:00", "Tue 2026-03-31 12:00:00"]),
        ("0 0 12 15W 2-11/3 ?", ["Mon 2026-02-16 12:00:00", "Fri 2026-05-15 12:00:00", "Fri 2026-08-14 12:00:00"]),
        ("0 0 12 1W * ?", ["Thu 2026-01-01 12:00:00", "Mon 2026-02-02 12:00:00", "Mon 2026-03-02 12:00:00"]),
        ("0 0 12 1W 8 ?", ["Mon 2026-08-03 12:00:00", "Mon 2027-08-02 12:00:00", "Tue 2028-08-01 12:00:00"]),
        ("0 0 12 31W * ?", ["Fri 2026-01-30 12:00:00", "Tue 2026-03-31 12:00:00", "Fri 2026-05-29 12:00:00"]),
        ("0 0 12 ? * 6L", ["Fri 2026-01-30 12:00:00", "Fri 2026-02-27 12:00:00", "Fri 2026-03-27 12:00:00"]),
        ("0 0 12 ? * MON#2", ["Mon 2026-01-12 12:00:00", "Mon 2026-02-09 12:00:00", "Mon 2026-03-09 12:00:00"]),
        ("0 0 12 ? * 5#5", ["Thu 2026-01-29 12:00:00", "Thu 2026-04-30 12:00:00", "Thu 2026-07-30 12:00:00"]),
        ("0 0 12 29 FEB ?", ["Tue 2028-02-29 12:00:00", "Sun 2032-02-29 12:00:00", "Fri 2036-02-29 12:00:00"]),
        ("0 0 12 1 1 ? 2027-2028", ["Fri 2027-01-01 12:00:00", "Sat 2028-01-01 12:00:00"]),
        ("0 0 12 1 1 ? 2025", []),
        ("0 0 12 30 2 ?", []),
    ],
)
def test_it_is_due_when_a_calendar_says(expression: str, expected: list[str]) -> None:
    assert _due(expression) == expected


def test_a_due_time_itself_is_not_after_itself() -> None:
    assert _due("0 0 12 * * ?", 1, NEW_YEAR.replace(hour=11, minute=59, second=59)) == ["Thu 2026-01-01 12:00:00"]
    assert _due("0 0 12 * * ?", 1, NEW_YEAR.replace(hour=12)) == ["Fri 2026-01-02 12:00:00"]
    assert _due("0 0 12 * * ?", 1, NEW_YEAR.replace(hour=12, microsecond=1)) == ["Fri 2026-01-02 12:00:00"]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "Cron expression contains 0 parts but we expect one of [6, 7]"),
        ("0 12 * * *", "Cron expression contains 5 parts but we expect one of [6, 7]"),
        ("0 0 12 * * ? * *", "Cron expression contains 8 parts"),
        ("0 0 12 * * 1", "Both, a day-of-week AND a day-of-month parameter, are not supported."),
        ("0 0 12 ? * ?", "Both, a day-of-week AND a day-of-month parameter, are not supported."),
        ("0 60 12 * * ?", "Value 60 not in range [0, 59]"),
        ("0 0 24 * * ?", "Value 24 not in range [0, 23]"),
        ("0 0 12 0 * ?", "Value 0 not in range [1, 31]"),
        ("0 0 12 ? * 8", "Value 8 not in range [1, 7]"),
        ("0 0 12 ? * MON#6", "Value 6 not in range [1, 5]"),
        ("0 0 12 L-31 * ?", "Value 31 not in range [0, 30]"),
        ("0 0/0 12 * * ?", "Period 0 not in range [1, 59]"),
        ("0 0/x 12 * * ?", "Period X not in range [1, 59]"),
        ("0 0 12 ? * MONDAY", "Invalid chars: MONDAY"),
        ("0 0 12 ? MAI MON", "Invalid chars: MAI"),
        ("0 0 12 1,LW * ?", "Invalid chars: LW"),
        ("0 0 12 1,, * ?", "Invalid chars: "),
        ("0 ? 12 * * ?", "Invalid chars: ?"),
        ("cron(0 4 * * * ?)", "Invalid chars in expression! Expression: CRON(0 Invalid chars: CRON("),
        ("0 0 12 1 1 ? 2028-2027", "Invalid range! [2028,2027]"),
        ("0 0 12 1 1 ? 1969", "Value 1969 not in range [1970, 2099]"),
        ("0 0 ١٢ * * ?", "Invalid chars"),
        (f"0 0 {'1' * 5000} * * ?", "not in range [0, 23]"),
        (f"0 0/{'1' * 5000} 12 * * ?", "not in range [1, 59]"),
        (f"0 0 12 L-{'1' * 5000} * ?", "Invalid chars"),
    ],
)
def test_what_quartz_does_not_know_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(BadExpression) as refused:
        Quartz.read(expression)
    assert reason in str(refused.value)


def _field(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    span = st.sets(number, min_size=2, max_size=2).map(lambda ends: f"{min(ends)}-{max(ends)}")
    step = st.tuples(st.one_of(st.just("*"), span), st.integers(1, most)).map("{0[0]}/{0[1]}".format)
    return st.one_of(st.just("*"), number.map(str), span, step, st.lists(number.map(str), min_size=1).map(",".join))


_TIMES = st.tuples(_field(0, 59), _field(0, 23))
_STARTS = st.datetimes(datetime.fromisoformat("2024-02-20"), datetime.fromisoformat("2028-03-10"))


def _values(text: str, least: int, most: int) -> set[int]:
    """What a field means, read a second time and otherwise."""
    chosen = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{least}-{most}" if span == "*" else span).partition("-")
        chosen |= {
            value for value in range(int(first), int(last or first) + 1) if (value - int(first)) % int(step or 1) == 0
        }
    return chosen


@settings(max_examples=60, deadline=None)
@given(times=_TIMES, weekdays=_field(1, 7), after=_STARTS)
def test_over_a_week_it_is_due_in_exactly_those_minutes_that_a_search_finds(
    times: tuple[str, str], weekdays: str, after: datetime
) -> None:
    minutes, hours, days = _values(times[0], 0, 59), _values(times[1], 0, 23), _values(weekdays, 1, 7)
    first = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    week = [first + timedelta(minutes=number) for number in range(7 * 24 * 60)]
    searched = [one for one in week if one.minute in minutes and one.hour in hours and one.isoweekday() % 7 + 1 in days]
    found = Quartz.read(f"0 {times[0]} {times[1]} ? * {weekdays}").after(after)
    assert list(islice(found, len(searched))) == searched
    assert next(found) > week[-1]


@settings(max_examples=60, deadline=None)
@given(times=_TIMES, days=st.one_of(_field(1, 28), st.just("L"), st.just("15W")), after=_STARTS)
def test_where_croniter_speaks_the_same_dialect_it_says_the_same(
    times: tuple[str, str], days: str, after: datetime
) -> None:
    other = croniter(f"0 {times[0]} {times[1]} {days} * *", after, second_at_beginning=True)
    assert list(islice(Quartz.read(f"0 {times[0]} {times[1]} {days} * ?").after(after), 5)) == [
        other.get_next(datetime) for _ in range(5)
    ]
