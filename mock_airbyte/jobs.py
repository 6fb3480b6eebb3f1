"""The book of jobs: asking for one, looking at it, moving it by hand, cancelling it.

A job's state is worked out when somebody looks. The rows of an attempt start to move, once, when its timeline says that
running is over; `tick` sees to that for jobs that nobody looks at, and starts those that a schedule has come due for
(`timetable`). Where rows cannot be moved, that they could not is all that is kept: the attempts that follow are worked
out from it (`retries`). One job at a time runs per connection.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from mock_airbyte.dormant import Dormant
from mock_airbyte.errands import errand_for
from mock_airbyte.job_refusals import AlreadyRunning, BadTransition, InactiveConnection
from mock_airbyte.job_state import JobState, counts_look, job_state, next_change, rows_due
from mock_airbyte.lifecycle import IMMEDIATE, TRANSITIONS, Move, checked
from mock_airbyte.movement import Movement, Movements
from mock_airbyte.records import Job
from mock_airbyte.retries import NO_BACKOFF
from mock_airbyte.sync.errand import CHECKPOINT_ROWS
from mock_airbyte.sync.progress import Progress
from mock_airbyte.sync.run import run
from mock_airbyte.timetable import Timetable
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from mock_airbyte.failures import Failure
    from mock_airbyte.job_state import DueRows
    from mock_airbyte.lifecycle import Timeline
    from mock_airbyte.records import Connection, JobType, RefreshMode
    from mock_airbyte.retries import Backoff
    from mock_airbyte.world import World


class JobBook:
    """All jobs of a world."""

    def __init__(
        self,
        world: World,
        *,
        timeline: Timeline = IMMEDIATE,
        backoff: Backoff = NO_BACKOFF,
        patience_seconds: float = 2.0,
        checkpoint_rows: int = CHECKPOINT_ROWS,
    ) -> None:
        """Take what every new job's timeline is, and how long it waits after an attempt that could not move its rows.

        `patience_seconds`: how long the first look at a job whose rows should have moved by now waits for them, so
        that a small sync is over at the next look. 0: no look ever waits. `checkpoint_rows`: after how many rows a
        stream that can go on from the middle is committed (≥ 1).
        """
        self.timeline = checked(timeline)
        self.backoff = backoff
        self.checkpoint_rows = checkpoint_rows
        self.cancel_seconds = 0.0  # how long after it was asked for a cancel takes effect
        self.announce: Callable[[JobState, str], None] | None = None  # told of each status that a job comes to
        self.schema_found: Callable[[str, tuple[str, ...]], None] = lambda *_: None  # told what a sync found changed
        self._timelines: dict[str, Timeline] = {}
        self._world = world
        self._patience_seconds = patience_seconds
        self._jobs: dict[int, Job] = {}
        self._newest: dict[str, int] = {}  # of each connection, its newest job
        self.timetable = Timetable(world, self._newest_of, self._state)
        self._movements = Movements()
        self._rows: dict[int, dict[int, Progress]] = {}
        self._announced: dict[int, int] = {}
        self._unsettled: set[int] = set()
        self._dormant = Dormant()
        self._moved: set[int] = set()
        self._settled: dict[int, JobState] = {}  # of jobs that time no longer changes: lists of jobs grow long
        self.resets = 0  # how often all jobs were forgotten
        self._lock = threading.RLock()
        self._is_closed = False

    def start(self, connection_id: str, job_type: JobType = "sync", *, refresh: RefreshMode | None = None) -> JobState:
        """Create a job; raises `UnknownResource`, `InactiveConnection` or `AlreadyRunning`.

        A reset cancels what its connection runs, and needs no active connection.
        """
        connection = self._world.connection(connection_id)
        if connection.status != "active" and job_type != "reset":
            raise InactiveConnection(connection)
        self._be_patient(self._moving())
        if job_type == "reset":
            self._cancel_running(connection_id)
        with self._lock:
            self.tick()
            if self._running(connection_id) is not None:
                raise AlreadyRunning(connection_id)
            job = self._add(connection, job_type, self._world.clock.now(), refresh=refresh)
            self.tick()
            return JobState(job, "pending", job.created_at)

    def _add(
        self, connection: Connection, job_type: JobType, created_at: datetime, *, refresh: RefreshMode | None = None
    ) -> Job:
        job = Job(
            job_id=len(self._jobs) + 1,
            connection_id=connection.connection_id,
            workspace_id=connection.workspace_id,
            job_type=job_type,
            created_at=created_at,
            timeline=self._timelines.get(connection.connection_id, self.timeline),
            streams=connection.streams,
            refresh=refresh,
            backoff=self.backoff,
        )
        self._jobs[job.job_id] = job
        self._newest[job.connection_id] = job.job_id
        self._unsettled.add(job.job_id)
        return job

    def _newest_of(self, connection_id: str) -> Job | None:
        job_id = self._newest.get(connection_id)
        return None if job_id is None else self._jobs[job_id]

    def look(self, job_id: int, *, counts: bool = True) -> JobState:
        """Return the job as it is now; raises `UnknownResource`.

        `counts`: whether a timeline that counts looks counts this one.
        """
        self.tick()
        self._be_patient([job_id])
        with self._lock:
            state, now = self._state(job_id), self._world.clock.now()
            if counts and counts_look(state.job, self._rows.get(job_id, {}), now):
                self._jobs[job_id] = replace(state.job, looks=(*state.job.looks, now))
                self._settled.pop(job_id, None)
            return state

    def plan(self, timeline: Timeline, connection_id: str | None = None) -> None:
        """Let new jobs (of one connection) follow this timeline; raises `ValueError` for one that cannot be."""
        if connection_id is None:
            self.timeline = checked(timeline)
            self._timelines.clear()
        else:
            self._timelines[connection_id] = checked(timeline)

    def transition(self, job_id: int, status: str, *, failure: Failure | None = None) -> JobState:
        """Move a job to a status by hand, where it stays until it is moved again; raises `BadTransition`.

        Its rows move when that is `succeeded`. `failure`: why its attempt failed.
        """
        self.tick()
        with self._lock:
            state = self._state(job_id)
            if status not in TRANSITIONS[state.status] or state.awaits_rows:
                raise BadTransition(state, status)
            self._moved_by_hand(job_id, status, failure=failure)
        return self.look(job_id, counts=False)

    def _moved_by_hand(
        self, job_id: int, status: str, *, after_seconds: float = 0, failure: Failure | None = None
    ) -> None:
        job, now = self._jobs[job_id], self._world.clock.now()
        move = Move(status, now, now + timedelta(seconds=after_seconds), failure)
        kept = tuple(one for one in job.moves if one.at <= now)
        self._jobs[job_id] = replace(job, moves=(*kept, move))
        self._settled.pop(job_id, None)
        self._moved.add(job_id)

    def reset(self) -> None:
        """Stop what is moving and forget all jobs; the next one is the first again."""
        was_closed = self._is_closed
        self.close()
        with self._lock:
            memories = (self._jobs, self._newest, self._rows, self._announced, self._timelines, self._settled)
            for memory in (*memories, self._dormant, self._movements):
                memory.clear()
            self._unsettled.clear()
            self._moved.clear()
            self.resets += 1
            self._is_closed = was_closed

    def all(self, *, patient: bool = True) -> tuple[JobState, ...]:
        """Return every job, oldest first, as it is now; `patient`: rows that are on their way are waited for."""
        if patient:
            self._be_patient(self._moving())
        with self._lock:
            return tuple(self._state(job_id) for job_id in self._jobs)

    def _moving(self) -> list[int]:
        with self._lock:
            self.tick()
            return sorted(self._unsettled)

    def _be_patient(self, job_ids: list[int]) -> None:
        """Wait, once for each attempt, for rows that are on their way; never longer than allowed."""
        until = time.monotonic() + self._patience_seconds
        while new := self._not_waited_for(job_ids):
            for movement in new:
                movement.wait(max(0.0, until - time.monotonic()))
            self.tick()  # which may begin another attempt

    def _not_waited_for(self, job_ids: list[int]) -> list[Movement]:
        with self._lock:
            return self._movements.not_waited_for(job_ids)

    def cancel(self, job_id: int) -> JobState:
        """Cancel whatever the job's connection is running now, as Airbyte does, and return the job asked about."""
        self._cancel_running(self._state(job_id).job.connection_id)
        return self._state(job_id)

    def _cancel_running(self, connection_id: str) -> None:
        self.tick()
        running = self._stop(connection_id)
        if running is not None:
            running.wait(self._patience_seconds)

    def _stop(self, connection_id: str) -> Movement | None:
        """End what the connection runs; what is moving already ends by itself at its next batch."""
        with self._lock:
            running = self._running(connection_id)
            if running is None:
                return None
            for movement in self._movements.of([running]):
                if movement.progress.finished_at is None:
                    movement.stop()
                    return movement
            if not any(move.status == "cancelled" for move in self._jobs[running].moves):
                self._moved_by_hand(running, "cancelled", after_seconds=self.cancel_seconds)
            return None

    def tick(self) -> None:
        """Start what schedules say, let rows move whose time has come, and tell which jobs came to another status."""
        with self._lock:
            now = self._world.clock.now()
            while not self._is_closed and (scheduled := self.timetable.first_due(now)) is not None:
                self._add(scheduled.connection, "sync", scheduled.at)
            for job_id in sorted(self._unsettled):
                if not self._dormant.has(self._jobs[job_id], now):
                    self._bring_on(job_id, now)

    def _bring_on(self, job_id: int, now: datetime) -> None:
        job, rows = self._jobs[job_id], self._rows.get(job_id, {})
        is_moving = any(progress.finished_at is None for progress in rows.values())
        due = rows_due(job, rows, now)
        if due is not None and not self._is_closed:
            self._move(job, due)
        state = self._state(job_id)
        self._tell(state)
        if state.is_terminal and not state.awaits_rows:
            self._unsettled.discard(job_id)
            self._dormant.wake(job_id)
            self._settled[job_id] = state
        elif due is None and not is_moving:
            self._dormant.add(job, rows, now)

    def _tell(self, state: JobState) -> None:
        told = self._announced.get(state.job.job_id, 0)
        self._announced[state.job.job_id] = len(state.history)
        if self.announce is not None:
            for status in state.history[told:]:
                self.announce(state, status)

    # For whoever moves a clock by hand

    def next_moment(self) -> datetime | None:
        """Return when something happens next by itself: a schedule is due, or a job's stage is over.

        None: nothing will, or no connection has a schedule: then it does not matter when rows move.
        """
        with self._lock:
            now, runs = self._world.clock.now(), self.timetable.runs()
            changes = (
                [next_change(self._jobs[one], self._rows.get(one, {}), now) for one in self._unsettled] if runs else []
            )
            return min((at for at in (*runs, *changes) if at is not None and at > now), default=None)

    def settle(self, seconds: float) -> None:
        """Let happen what is due by now and wait for the rows that move, at most `seconds` for each job's."""
        self.tick()
        while True:
            with self._lock:
                moving = [movement for movement in self._movements.of(self._unsettled) if movement.is_moving]
            for movement in moving:
                movement.wait(seconds)
            self.tick()
            if not moving or any(movement.is_moving for movement in moving):
                return

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Let nobody look at jobs, and no schedule start one, while the caller changes the world."""
        with self._lock:
            yield

    def open(self) -> None:
        """Let jobs start and rows move again after `close`: those whose time came in between do now."""
        with self._lock:
            if self._is_closed:
                self.timetable.open()
            self._is_closed = False

    def close(self, seconds: float = 5.0) -> None:
        """Stop what is moving, wait at most `seconds` for all of it, and let nothing start or move until `open`."""
        with self._lock:
            self._is_closed = True
            moving = self._movements.of(self._unsettled)
        for movement in moving:
            movement.stop()
        deadline = time.monotonic() + seconds
        for movement in moving:
            movement.wait(max(0.0, deadline - time.monotonic()))

    def _running(self, connection_id: str) -> int | None:
        for job_id in self._unsettled:
            if self._jobs[job_id].connection_id == connection_id and not self._state(job_id).is_terminal:
                return job_id
        return None

    def _state(self, job_id: int) -> JobState:
        with self._lock:
            if (settled := self._settled.get(job_id)) is not None:
                return settled
            job = self._jobs.get(job_id)
            if job is None:
                raise UnknownResource(kind="job", identifier=str(job_id))
            return job_state(job, self._rows.get(job_id, {}), self._world.clock.now())

    def _move(self, job: Job, due: DueRows) -> None:
        progress = Progress(now=self._world.clock.now)
        self._rows.setdefault(job.job_id, {})[due.attempt] = progress
        try:
            follows = due.attempt > 0 or self._failed_before(job)
            told, rows = self.schema_found, self.checkpoint_rows
            errand = errand_for(self._world, job, due, found=told, follows_failure=follows, checkpoint_rows=rows)
        except UnknownResource:  # its connection was deleted while it waited
            progress.outcome = "cancelled"
            progress.started_at = progress.finished_at = progress.now()
            return
        self._movements.begin(job.job_id, Movement(progress, partial(run, errand)))

    def _failed_before(self, job: Job) -> bool:
        """Return whether the connection's job before this one has failed."""
        before = (one for one in range(job.job_id - 1, 0, -1) if self._jobs[one].connection_id == job.connection_id)
        return any(self._state(one).status == "failed" for one in islice(before, 1))

    # For whoever keeps jobs beyond this process

    @property
    def newest(self) -> int:
        """The newest job's id; ids are counted from 1."""
        return len(self._jobs)

    def record(self, job_id: int) -> tuple[Job, dict[int, Progress]]:
        """Return a job as it was asked for, and how far the rows of its attempts are; raises `UnknownResource`."""
        with self._lock:
            job = self._state(job_id).job
            return job, dict(self._rows.get(job_id, {}))

    def is_over(self, job_id: int) -> bool:
        """Return whether nothing will change about a job any more, unless somebody moves it by hand."""
        with self._lock:
            return job_id not in self._unsettled

    def take_moved(self) -> set[int]:
        """Return the jobs that were moved by hand since this was asked last."""
        with self._lock:
            moved, self._moved = self._moved, set()
            return moved

    def recall(self, job: Job, rows: Mapping[int, Progress]) -> None:
        """Take back a job of an earlier process, and the rows of those of its attempts whose rows have moved.

        The statuses that it has come to by now are not announced again.
        """
        with self._lock:
            self._jobs[job.job_id] = job
            self._newest[job.connection_id] = max(job.job_id, self._newest.get(job.connection_id, 0))
            self._rows[job.job_id] = dict(rows)
            self._settled.pop(job.job_id, None)
            self._dormant.wake(job.job_id)
            self._unsettled.add(job.job_id)
            self._announced[job.job_id] = len(self._state(job.job_id).history)
