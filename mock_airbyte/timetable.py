"""Which schedules start a job, and when: worked out from the connections and their newest jobs.

One job at a time runs per connection. What came due while one ran, while the connection was switched off or while the
mock was not there is not made up for job by job: a single one starts as soon as it can, as Airbyte's documentation has
it ("the scheduled sync will start after the completion of the previous sync"), and the schedule goes on from that. A
job of the schedule counts as created at that moment, however much later somebody looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mock_airbyte.records import Connection
from mock_airbyte.schedules import next_run, timing_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_airbyte.job_state import JobState
    from mock_airbyte.records import Job
    from mock_airbyte.world import World


@dataclass(frozen=True, slots=True)
class Run:
    """A job that a schedule starts, and the moment at which it does."""

    connection: Connection
    at: datetime


class Timetable:
    """The schedules of a world's connections."""

    def __init__(self, world: World, newest: Callable[[str], Job | None], state: Callable[[int], JobState]) -> None:
        """Take how to find the newest job of a connection, and what a job looks like now. It is open from now on."""
        self._world = world
        self._newest = newest
        self._state = state
        self._open_since = world.clock.now()

    def open(self) -> None:
        """Start nothing as of an earlier moment than this: nobody was there to start it."""
        self._open_since = self._world.clock.now()

    def next_run(self, connection: Connection) -> datetime | None:
        """Return when the schedule starts the next job, at the earliest; None: never, so it is manual or switched off.

        The moment has passed where a job that runs is still in the way.
        """
        if connection.status != "active":
            return None
        newest = self._newest(connection.connection_id)
        since = connection.scheduled_since or connection.created_at
        return next_run(timing_of(connection.schedule), newest.created_at if newest else None, since)

    def runs(self) -> tuple[datetime, ...]:
        """Return when each schedule starts its next job."""
        found = (self.next_run(connection) for connection in self._world.connections())
        return tuple(at for at in found if at is not None)

    def first_due(self, now: datetime) -> Run | None:
        """Return the earliest job that schedules start by now; of two at the same moment the older connection's."""
        due = [run for connection in self._world.connections() if (run := self._due(connection, now)) is not None]
        return min(due, key=lambda run: run.at, default=None)

    def _due(self, connection: Connection, now: datetime) -> Run | None:
        at = self.next_run(connection)
        if at is None or at > now:
            return None
        moments = [at, self._open_since, connection.scheduled_since or at]
        newest = self._newest(connection.connection_id)
        if newest is not None:
            state = self._state(newest.job_id)
            if not state.is_terminal:
                return None
            moments.append(state.updated_at)
        return Run(connection, min(max(moments), now))
