"""Schedules of connections: set and list."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mock_airbyte.commands.result import Result, table
from mock_airbyte.schedules import BadSchedule, in_words, read_every, timing_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_airbyte.commands.remote import Json, Remote
    from mock_airbyte.schedules import Every


def declare(add: Callable[..., argparse.ArgumentParser], group: Any) -> None:  # noqa: ANN401 -- argparse hides its type
    """Declare the commands of the group."""
    add(group, "list", list_schedules, "list when connections sync by themselves", "mock-airbyte schedule list")
    example = 'mock-airbyte schedule set "Shop to W" --cron "0 0 12 ? * MON-FRI" --time-zone Europe/Berlin'
    setting = add(group, "set", set_schedule, "say when a connection syncs by itself", example)
    setting.add_argument("name", metavar="CONNECTION", help="its name or id")
    timing = setting.add_mutually_exclusive_group(required=True)
    timing.add_argument("--cron", metavar="EXPR", help="as Quartz has it: seconds first, Sunday is 1, one day is ?")
    timing.add_argument(
        "--every", metavar="INTERVAL", type=_interval, help='"30 minutes", "24 hours", …; at once first'
    )
    timing.add_argument("--manual", action="store_true", help="no longer")
    setting.add_argument("--time-zone", metavar="ZONE", default="UTC", help="of --cron (%(default)s)")


def list_schedules(remote: Remote, _: argparse.Namespace) -> Result:
    """List every connection's schedule and when it starts the next sync."""
    found = remote.all("/connections")
    ids = [one["connectionId"] for one in found]
    next_syncs = {one["connectionId"]: one.get("nextSync") for one in _statuses(remote, ids)}
    data = [
        {
            "connectionId": one["connectionId"],
            "name": one["name"],
            "status": one["status"],
            "schedule": one["schedule"],
            "nextSync": _moment(next_syncs[one["connectionId"]]),
        }
        for one in found
    ]
    rows = [(one["name"], in_words(timing_of(one["schedule"])), one["nextSync"], one["status"]) for one in data]
    return Result(data, table(("connection", "schedule", "next sync", "status"), rows))


def set_schedule(remote: Remote, options: argparse.Namespace) -> Result:
    """Say when a connection syncs by itself."""
    connection_id = remote.named("connection", options.name)["connectionId"]
    changed = remote.config("/connections/update", {"connectionId": connection_id, **_wanted(options)})
    (status,) = _statuses(remote, [connection_id])
    at = _moment(status.get("nextSync"))
    schedule = remote.call("GET", f"/connections/{connection_id}")["schedule"]
    data = {"connectionId": connection_id, "name": changed["name"], "schedule": schedule, "nextSync": at}
    words = f"{changed['name']}: {in_words(timing_of(schedule))}" + (f", next at {at}" if at else "")
    return Result(data, words)


def _wanted(options: argparse.Namespace) -> Json:
    if options.cron is not None:
        cron = {"cronExpression": options.cron, "cronTimeZone": options.time_zone}
        return {"scheduleType": "cron", "scheduleData": {"cron": cron}}
    if options.every is not None:
        every: Every = options.every
        basic = {"timeUnit": every.unit, "units": every.units}
        return {"scheduleType": "basic", "scheduleData": {"basicSchedule": basic}}
    return {"scheduleType": "manual"}


def _interval(text: str) -> Every:
    try:
        return read_every(text)
    except BadSchedule as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _statuses(remote: Remote, connection_ids: list[str]) -> list[Json]:
    found: list[Json] = remote.config("/connections/status", {"connectionIds": connection_ids})
    return found


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
