"""When a connection's schedule starts a job: every so often, or by a cron expression in a time zone. Pure.

A record keeps a schedule as Airbyte's public API prints it; `timing_of` reads that, `as_schedule` writes it. The rules
of when are those of `ConfigFetchActivityImpl` and `CronSchedulingHelper` of airbyte-platform, those of what is refused
are those of its `ConnectionScheduleHelper` in a self-managed Airbyte: not more often than once a minute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from mock_airbyte.quartz import BadExpression, Quartz

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "weeks": 7 * 86_400, "months": 30 * 86_400}
_LEAST_PAUSE = timedelta(minutes=1)  # after a job's creation, before cron may start the next
_EVERY = re.compile(r"(?:every\s+)?(\d{1,9})\s*(minute|hour|day|week|month)s?", re.IGNORECASE)
_ZONE = re.compile(r"[A-Za-z][\w+\-/]*")
_FIELDS = 6  # of a cron expression without a year
_TOO_OFTEN = "Invalid cron expression: Cron executions must be more than 1 minute apart"


class BadSchedule(ValueError):
    """No schedule; the message says why. `fault`: what of it is wrong."""

    def __init__(self, message: str, *, fault: Literal["expression", "often", "timezone", "timing"]) -> None:
        """Take what is wrong."""
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Every:
    """A job every so often, counted from the creation of the one before; a month has 30 days, as in Airbyte."""

    units: int
    unit: str  # minutes, hours, days, weeks or months

    @property
    def length(self) -> timedelta:
        """The time from one job to the next."""
        return timedelta(seconds=self.units * _SECONDS[self.unit])


@dataclass(frozen=True, slots=True)
class Cron:
    """A job whenever an expression of Quartz is due in a time zone."""

    expression: str
    time_zone: str = "UTC"

    @property
    def minutes(self) -> str:
        """The expression's minutes as they were written."""
        return self.expression.split()[1]

    @property
    def has_year(self) -> bool:
        """Whether the expression has a year."""
        return len(self.expression.split()) > _FIELDS


Timing = Every | Cron | None  # None: only by hand


def read_cron(expression: str, time_zone: str = "UTC") -> Cron:
    """Return an expression that was checked; raises `BadSchedule`."""
    try:
        quartz = Quartz.read(expression)
    except BadExpression as error:
        raise BadSchedule(str(error), fault="expression") from error
    if len(quartz.seconds) > 1:
        raise BadSchedule(_TOO_OFTEN, fault="often")
    if not _is_known(time_zone):
        message = f"There is no such time zone (time zone={time_zone!r}). Europe/Berlin or UTC would be one."
        raise BadSchedule(message, fault="timezone")
    return Cron(" ".join(expression.split()), time_zone)


def read_text(text: str) -> Cron:
    """Return an expression that may have a time zone behind it, as the public API prints it; raises `BadSchedule`."""
    parts = text.split()
    is_zoned = bool(parts) and (parts[-1] == "UTC" or (len(parts) > _FIELDS and _ZONE.fullmatch(parts[-1]) is not None))
    return read_cron(" ".join(parts[:-1]), parts[-1]) if is_zoned else read_cron(text)


def read_every(text: str) -> Every:
    """Return what `24 hours`, `1 day` or `Every 24 HOURS` says; raises `BadSchedule`."""
    match = _EVERY.fullmatch(text.strip())
    if match is None or not int(match[1]):
        message = (
            f"That is no interval (given={text!r}). It is a number and a unit: '30 minutes', '24 hours', '2 days',"
            " '1 week', '1 month'."
        )
        raise BadSchedule(message, fault="timing")
    return Every(int(match[1]), f"{match[2].lower()}s")


def timing_of(schedule: Mapping[str, str]) -> Timing:
    """Return what a record's schedule says; raises `BadSchedule`."""
    match schedule["scheduleType"]:
        case "basic":
            return read_every(schedule.get("basicTiming", ""))
        case "cron":
            return _read_once(schedule.get("cronExpression", ""))
        case "manual":
            return None
    message = f"There is no such type of schedule (scheduleType={schedule['scheduleType']!r})."
    raise BadSchedule(message, fault="timing")


def as_schedule(timing: Timing) -> dict[str, str]:
    """Return a timing as a record keeps it, which is how Airbyte's public API prints it."""
    match timing:
        case Every(units, unit):
            return {"scheduleType": "basic", "basicTiming": f"Every {units} {unit.upper()}"}
        case Cron(expression, time_zone):
            return {"scheduleType": "cron", "cronExpression": f"{expression} {time_zone}"}
    return {"scheduleType": "manual"}


def next_run(timing: Timing, newest_job_at: datetime | None, since: datetime) -> datetime | None:
    """Return when the next job is to start, which may have been long ago; None: never.

    `newest_job_at`: when the connection's newest job was created, whoever asked for it and however it ended (None:
    there was none). `since`: the moment from which the schedule counts where there was no job. An interval counts from
    the newest job and begins at once without one; cron is due next a minute after the newest job at the earliest. So of
    several times that have passed, because a job ran or nothing did, the first alone counts.
    """
    match timing:
        case Every():
            return since if newest_job_at is None else _later(newest_job_at, timing)
        case Cron(expression, time_zone):
            return _due_after(expression, time_zone, since if newest_job_at is None else newest_job_at + _LEAST_PAUSE)
    return None


def _later(moment: datetime, timing: Every) -> datetime | None:
    """Return the moment an interval later; None: there is no such year."""
    try:
        return moment + timing.length
    except OverflowError:
        return None


def next_times(cron: Cron, after: datetime, count: int) -> list[datetime]:
    """Return the next `count` due times after a moment, fewer where the expression's years are over."""
    times: list[datetime] = []
    while len(times) < count and (at := _due_after(cron.expression, cron.time_zone, after)) is not None:
        times.append(at)
        after = at
    return times


def in_words(timing: Timing) -> str:
    """Return a timing as a person says it: `Every 6 hours`, `At 12:00, Monday through Friday (UTC)`, `Manual`."""
    match timing:
        case Every(units, unit):
            return f"Every {units} {unit}" if units > 1 else f"Every {unit.removesuffix('s')}"
        case Cron(expression, time_zone):
            return f"{described(expression)} ({time_zone})"
    return "Manual"


@lru_cache(maxsize=4096)
def _due_after(expression: str, time_zone: str, moment: datetime) -> datetime | None:
    """Return the first due time after `moment`, in UTC.

    As with Quartz, a local time that a change to summer time leaves out is not due that day, and one that comes twice
    is due the second time.
    """
    zone = ZoneInfo(time_zone)
    local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    for due in Quartz.read(expression).after(local):
        at = due.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None, fold=0) == due:
            return at
    return None


@lru_cache(maxsize=1024)
def _read_once(text: str) -> Cron:
    return read_text(text)


@lru_cache(maxsize=1024)
def described(expression: str) -> str:
    """Return an expression in English, or as it stands where the library does not know it (`0 0 12 ? * L`)."""
    from cron_descriptor import FormatException, MissingFieldException, Options, WrongArgumentException, get_description

    options = Options()
    options.day_of_week_start_index_zero = False  # Sunday is 1
    options.use_24hour_time_format = True
    options.locale_code = "en_US"
    try:
        return str(get_description(expression, options))
    except (FormatException, MissingFieldException, WrongArgumentException, ValueError, LookupError):
        return expression


@lru_cache(maxsize=256)
def _is_known(time_zone: str) -> bool:
    """Return whether Airbyte knows a time zone; it takes none of those that begin with Etc."""
    try:
        ZoneInfo(time_zone)
    except (ValueError, OSError, LookupError):  # a key that is none, a folder, no such zone
        return False
    return not time_zone.lower().startswith("etc")
