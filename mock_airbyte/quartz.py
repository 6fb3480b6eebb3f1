"""Quartz's cron expressions, which are Airbyte's: when they are due, in somebody's local time. Pure.

`seconds minutes hours day-of-month month day-of-week [year]`; Sunday is 1; one of the two days is `?`; a day of the
month may be `L`, `L-3`, `LW`, `15W`, and one of the week `6L`, `MON#2`. Python's libraries read other dialects
(croniter knows no `L-3`, `LW` and `6L` and finds no later year, cronsim knows no `W` and no years): hence this one.
Source: the documentation of `org.quartz.CronExpression`; the words of the errors are those of cron-utils, with which
Airbyte checks an expression first.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_YEARS = range(1970, 2100)
_WEEK = 7
_SATURDAY = 7
_MOST_WEEKS = 5  # that a month has of one weekday
_MOST_BEFORE_LAST = 30  # in L-30
_PARTS = (6, 7)
_MOST_DIGITS = 4  # of a number; Python refuses to read thousands of them
_BOTH_DAYS = "Both, a day-of-week AND a day-of-month parameter, are not supported."
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_LAST_DAY = re.compile(r"L(?:-(\d{1,2}))?(W)?", re.ASCII)
_NEAREST = re.compile(r"(\d{1,2})W", re.ASCII)
_NTH = re.compile(r"(\w+)#(\d{1,2})", re.ASCII)
_LAST_WEEKDAY = re.compile(r"(\w+)L", re.ASCII)


class BadExpression(ValueError):
    """It is no cron expression of Quartz; the message says why, in the words that Airbyte uses."""


@dataclass(frozen=True, slots=True)
class _Field:
    """What a place in the expression may hold."""

    values: range
    names: Mapping[str, int]

    def read(self, text: str) -> frozenset[int]:
        """Return the values that a text such as `1-5,10/15,MON` names."""
        return frozenset(value for part in text.split(",") for value in self._part(part))

    def number(self, text: str) -> int:
        """Return one value."""
        if text in self.names:
            return self.names[text]
        if not text.isascii() or not text.isdecimal():
            invalid = "".join(one for one in text if not (one.isascii() and one.isdecimal()))
            message = f"Invalid chars in expression! Expression: {text} Invalid chars: {invalid}"
            raise BadExpression(message)
        if len(text) > _MOST_DIGITS or int(text) not in self.values:
            message = f"Value {text} not in range [{self.values[0]}, {self.values[-1]}]"
            raise BadExpression(message)
        return int(text)

    def _part(self, text: str) -> range | list[int]:
        span, slash, step = text.partition("/")
        first, dash, last = span.partition("-")
        if span == "*" or (slash and not span):
            found: range | list[int] = self.values
        elif dash:
            found = self._between(self.number(first), self.number(last))
        else:
            start = self.number(first)
            found = range(start, self.values[-1] + 1) if slash else [start]
        return found[:: self._step(step)] if slash else found

    def _between(self, first: int, last: int) -> range | list[int]:
        """Return a range; one that ends before it begins goes on at the smallest value: FRI-MON, 22-2."""
        if first <= last:
            return range(first, last + 1)
        if self.values is _YEARS:
            message = f"Invalid range! [{first},{last}]"
            raise BadExpression(message)
        return [*range(first, self.values[-1] + 1), *range(self.values[0], last + 1)]

    def _step(self, text: str) -> int:
        most = self.values[-1]
        if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS or not 0 < int(text) <= most:
            message = f"Period {text} not in range [1, {most}]"
            raise BadExpression(message)
        return int(text)


_SECOND, _MINUTE, _HOUR = _Field(range(60), {}), _Field(range(60), {}), _Field(range(24), {})
_DAY, _MONTH = _Field(range(1, 32), {}), _Field(range(1, 13), _MONTHS)
_WEEKDAY, _YEAR = _Field(range(1, 8), _WEEKDAYS), _Field(_YEARS, {})


@dataclass(frozen=True, slots=True)
class _Days:
    """Certain days of the month."""

    days: frozenset[int]

    def of(self, year: int, month: int) -> set[int]:
        """Return those of them that the month has."""
        return {day for day in self.days if day <= monthrange(year, month)[1]}


@dataclass(frozen=True, slots=True)
class _Last:
    """The last day of the month, or `before` days earlier, or the weekday (Monday to Friday) nearest to that."""

    before: int
    is_weekday: bool

    def of(self, year: int, month: int) -> set[int]:
        """Return the day, none where the month is too short."""
        day = monthrange(year, month)[1] - self.before
        if day < 1:
            return set()
        return {_nearest_weekday(year, month, day) if self.is_weekday else day}


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The weekday (Monday to Friday) nearest to a day, in the same month."""

    day: int

    def of(self, year: int, month: int) -> set[int]:
        """Return the day, none in a month that has not so many."""
        return {_nearest_weekday(year, month, self.day)} if self.day <= monthrange(year, month)[1] else set()


@dataclass(frozen=True, slots=True)
class _Weekdays:
    """Certain days of the week (Sunday is 1): all of them, or only the `nth` of the month (0: the last)."""

    weekdays: frozenset[int]
    nth: int | None = None

    def of(self, year: int, month: int) -> set[int]:
        """Return the days of the month on which they fall."""
        first, count = monthrange(year, month)  # the first's weekday, Monday being 0
        found = [day for day in range(1, count + 1) if (first + day) % _WEEK + 1 in self.weekdays]
        if self.nth is None:
            return set(found)
        return set(found[-1:] if self.nth == 0 else found[self.nth - 1 : self.nth])


_DayRule = _Days | _Last | _Nearest | _Weekdays


@dataclass(frozen=True, slots=True)
class Quartz:
    """A cron expression, understood."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: _DayRule
    months: frozenset[int]
    years: frozenset[int]

    @classmethod
    def read(cls, expression: str) -> Quartz:
        """Return what an expression means; raises `BadExpression`."""
        parts = expression.upper().split()
        if len(parts) not in _PARTS:
            message = f"Cron expression contains {len(parts)} parts but we expect one of [6, 7]"
            raise BadExpression(message)
        try:
            return cls._of(*parts[:6], parts[6] if len(parts) == _PARTS[-1] else "*")
        except BadExpression as error:
            message = f"Failed to parse cron expression. {error}"
            raise BadExpression(message) from error

    @classmethod
    def _of(cls, *parts: str) -> Quartz:
        second, minute, hour, day, month, weekday, year = parts
        seconds, minutes, hours = _SECOND.read(second), _MINUTE.read(minute), _HOUR.read(hour)
        rules = [None if day == "?" else _read_days(day), None if weekday == "?" else _read_weekdays(weekday)]
        months, years = _MONTH.read(month), _YEAR.read(year)
        days = [rule for rule in rules if rule is not None]
        if len(days) != 1:
            raise BadExpression(_BOTH_DAYS)
        return cls(_sorted(seconds), _sorted(minutes), _sorted(hours), days[0], months, years)

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield every due time after `moment` (both naive, in the same local time), until the year 2099."""
        for day in self._days_from(moment.date()):
            hours = self.hours if day > moment.date() else tuple(one for one in self.hours if one >= moment.hour)
            for hour, minute, second in product(hours, self.minutes, self.seconds):
                due = datetime.combine(day, time(hour, minute, second))
                if due > moment:
                    yield due

    def _days_from(self, first: date) -> Iterator[date]:
        for year in range(max(first.year, _YEARS[0]), _YEARS[-1] + 1):
            if year not in self.years:
                continue
            for month in sorted(self.months):
                if (year, month) >= (first.year, first.month):
                    days = (date(year, month, day) for day in sorted(self.days.of(year, month)))
                    yield from (day for day in days if day >= first)


def _sorted(values: frozenset[int]) -> tuple[int, ...]:
    return tuple(sorted(values))


def _read_days(text: str) -> _DayRule:
    if match := _LAST_DAY.fullmatch(text):
        before = int(match[1] or 0)
        if before > _MOST_BEFORE_LAST:
            message = f"Value {before} not in range [0, {_MOST_BEFORE_LAST}]"
            raise BadExpression(message)
        return _Last(before, is_weekday=match[2] is not None)
    if match := _NEAREST.fullmatch(text):
        return _Nearest(_DAY.number(match[1]))
    return _Days(_DAY.read(text))


def _read_weekdays(text: str) -> _DayRule:
    if text == "L":
        return _Weekdays(frozenset({_SATURDAY}))
    if match := _LAST_WEEKDAY.fullmatch(text):
        return _Weekdays(frozenset({_WEEKDAY.number(match[1])}), 0)
    if match := _NTH.fullmatch(text):
        nth = int(match[2])
        if not 1 <= nth <= _MOST_WEEKS:
            message = f"Value {nth} not in range [1, {_MOST_WEEKS}]"
            raise BadExpression(message)
        return _Weekdays(frozenset({_WEEKDAY.number(match[1])}), nth)
    return _Weekdays(_WEEKDAY.read(text))


def _nearest_weekday(year: int, month: int, day: int) -> int:
    """Return the day itself, or the Friday before or the Monday after it: whichever is nearer and in the month."""
    weekday, last = date(year, month, day).isoweekday(), monthrange(year, month)[1]
    if weekday == 6:  # noqa: PLR2004 -- Saturday
        return day - 1 if day > 1 else day + 2
    if weekday == 7:  # noqa: PLR2004 -- Sunday
        return day + 1 if day < last else day - 2
    return day
