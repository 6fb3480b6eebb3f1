"""The book of jobs: asking for one, looking at it, cancelling it.

A job's state is worked out when somebody looks. Its rows start to move, once, when its timeline says that running is
over; `tick` sees to that for jobs that nobody looks at. One job at a time runs per connection.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from mock_airbyte.job_state import JobState, job_state, rows_are_due
from mock_airbyte.lifecycle import IMMEDIATE, checked
from mock_airbyte.movement import Movement
from mock_airbyte.records import Job
from mock_airbyte.sync.progress import Progress
from mock_airbyte.sync.run import Errand, run
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from mock_airbyte.lifecycle import Timeline
    from mock_airbyte.records import Connection
    from mock_airbyte.world import World


class AlreadyRunning(Exception):
    """The connection has a job that is not over yet."""

    def __init__(self, connection_id: str) -> None:
        """Name the connection, in the words that Airbyte uses."""
        super().__init__(f"A sync is already running for: {connection_id}")


class InactiveConnection(Exception):
    """The connection is switched off."""

    def __init__(self, connection: Connection) -> None:
        """Name the connection."""
        super().__init__(f"The connection {connection.connection_id} is {connection.status}; a job needs it active.")


class JobBook:
    """All jobs of a world."""

    def __init__(self, world: World, *, timeline: Timeline = IMMEDIATE, patience_seconds: float = 2.0) -> None:
        """Take what every new job's timeline is.

        `patience_seconds`: how long the first look at a job whose rows should have moved by now waits for them, so
        that a small sync is over at the next look. 0: no look ever waits.
        """
        self.timeline = checked(timeline)
        self._world = world
        self._patience_seconds = patience_seconds
        self._jobs: dict[int, Job] = {}
        self._movements: dict[int, Movement] = {}
        self._unsettled: set[int] = set()
        self._waited_for: set[int] = set()
        self._lock = threading.RLock()

    def start(self, connection_id: str, job_type: Literal["sync", "reset"] = "sync") -> JobState:
        """Create a job; raises `UnknownResource`, `InactiveConnection` or `AlreadyRunning`."""
        connection = self._world.connection(connection_id)
        if connection.status != "active":
            raise InactiveConnection(connection)
        self._be_patient(self._moving())
        with self._lock:
            self.tick()
            if self._running(connection_id) is not None:
                raise AlreadyRunning(connection_id)
            job = Job(
                job_id=len(self._jobs) + 1,
                connection_id=connection_id,
                workspace_id=connection.workspace_id,
                job_type=job_type,
                created_at=self._world.clock.now(),
                timeline=self.timeline,
                streams=connection.streams,
            )
            self._jobs[job.job_id] = job
            self._unsettled.add(job.job_id)
            self.tick()
            return JobState(job, "pending", job.created_at)

    def look(self, job_id: int) -> JobState:
        """Return the job as it is now; raises `UnknownResource`."""
        self.tick()
        self._be_patient([job_id])
        return self._state(job_id)

    def all(self) -> tuple[JobState, ...]:
        """Return every job, oldest first, as it is now."""
        self._be_patient(self._moving())
        with self._lock:
            return tuple(self._state(job_id) for job_id in self._jobs)

    def _moving(self) -> list[int]:
        with self._lock:
            self.tick()
            return sorted(self._unsettled)

    def _be_patient(self, job_ids: list[int]) -> None:
        """Wait, once per job, for rows that are on their way."""
        with self._lock:
            new = [job_id for job_id in job_ids if job_id in self._movements and job_id not in self._waited_for]
            self._waited_for.update(new)
        for job_id in new:
            self._movements[job_id].wait(self._patience_seconds)

    def cancel(self, job_id: int) -> JobState:
        """Cancel whatever the job's connection is running now, as Airbyte does, and return the job asked about."""
        self.tick()
        running = self._stop(self._state(job_id).job.connection_id)
        if running is not None:
            running.wait(self._patience_seconds)
        return self._state(job_id)

    def _stop(self, connection_id: str) -> Movement | None:
        """End what the connection runs; what is moving already ends by itself at its next batch."""
        with self._lock:
            running = self._running(connection_id)
            if running is None:
                return None
            movement = self._movements.get(running)
            if movement is not None:
                movement.stop()
            else:
                self._jobs[running] = replace(self._jobs[running], cancelled_at=self._world.clock.now())
            return movement

    def tick(self) -> None:
        """Let rows move whose time has come."""
        with self._lock:
            now = self._world.clock.now()
            for job_id in sorted(self._unsettled):
                movement = self._movements.get(job_id)
                if movement is None and rows_are_due(self._jobs[job_id], now):
                    self._move(self._jobs[job_id])
                elif self._state(job_id).is_terminal:
                    self._unsettled.discard(job_id)

    def close(self, seconds: float = 5.0) -> None:
        """Stop what is moving and wait at most `seconds` for each."""
        with self._lock:
            moving = [self._movements[job_id] for job_id in self._unsettled if job_id in self._movements]
            self._unsettled.clear()
        for movement in moving:
            movement.stop()
        for movement in moving:
            movement.wait(seconds)

    def _running(self, connection_id: str) -> int | None:
        for job_id in self._unsettled:
            if self._jobs[job_id].connection_id == connection_id and not self._state(job_id).is_terminal:
                return job_id
        return None

    def _state(self, job_id: int) -> JobState:
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                raise UnknownResource(kind="job", identifier=str(job_id))
            movement = self._movements.get(job_id)
            return job_state(job, movement.progress if movement else None, self._world.clock.now())

    def _move(self, job: Job) -> None:
        try:
            errand = self._errand(job)
        except UnknownResource:  # its connection was deleted while it waited
            self._jobs[job.job_id] = replace(job, cancelled_at=self._world.clock.now())
            return
        movement = Movement(Progress(now=self._world.clock.now), partial(run, errand))
        movement.start()
        self._movements[job.job_id] = movement

    def _errand(self, job: Job) -> Errand:
        world, connection_id = self._world, job.connection_id
        connection = world.connection(connection_id)
        return Errand(
            job=job,
            connection=replace(connection, streams=job.streams),
            source=world.actor("source", connection.source_id),
            destination=world.actor("destination", connection.destination_id),
            states=world.states(connection_id),
            seed=world.seed,
            started_at=world.clock.now(),
            remember=partial(world.remember, connection_id),
        )

    # For whoever keeps jobs beyond this process

    @property
    def newest(self) -> int:
        """The newest job's id; ids are counted from 1."""
        return len(self._jobs)

    def record(self, job_id: int) -> tuple[Job, Progress | None]:
        """Return a job as it was asked for, and how far its rows are."""
        with self._lock:
            movement = self._movements.get(job_id)
            return self._jobs[job_id], movement.progress if movement else None

    def is_over(self, job_id: int) -> bool:
        """Return whether nothing will change about a job any more."""
        with self._lock:
            return job_id not in self._unsettled

    def recall(self, job: Job, progress: Progress | None) -> None:
        """Take back a job of an earlier process; its rows have moved if there is a `progress`."""
        with self._lock:
            self._jobs[job.job_id] = job
            if progress is None:
                self._unsettled.add(job.job_id)
                return
            self._movements[job.job_id] = Movement(progress, lambda _: None)
            self._waited_for.add(job.job_id)
