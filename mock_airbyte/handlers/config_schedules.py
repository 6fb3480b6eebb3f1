"""Schedules in the Config API: how connections are doing and when they sync next, and what a cron expression means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer, required
from mock_airbyte.payloads import schedules as payloads
from mock_airbyte.schedules import next_times
from mock_airbyte.sync_catalogs import cron_of
from mock_airbyte.texts import as_id

if TYPE_CHECKING:
    from mock_airbyte.calls import Call

_SHOWN_TIMES = 3


def statuses(call: Call) -> Answer:
    """Show of each connection what runs, what came of the last job, and when the schedule starts the next."""
    jobs = call.jobs.all()
    shown = []
    for connection in [call.world.connection(as_id(one)) for one in call.body["connectionIds"]]:
        own = [state for state in jobs if state.job.connection_id == connection.connection_id]
        shown.append(payloads.status(connection, own, call.jobs.timetable.next_run(connection)))
    return Answer(shown)


def describe(call: Call) -> Answer:
    """Say in words what a cron expression means, and when it is due next, in UTC."""
    cron = cron_of({"cronExpression": required(call.body, "cronExpression"), "cronTimeZone": "UTC"})
    return Answer(payloads.description(cron, next_times(cron, call.world.clock.now(), _SHOWN_TIMES)))
