"""What a task remembers of its sync from one try to the next, so that one intent makes one job. Pure.

The order of things is what makes it safe. Each step is written down before the next one begins:

1. `starting`: the connection's newest job is noted, *then* the start is sent. A worker that dies after the start but
   before its answer leaves this note: a job newer than the noted one, made within minutes of it, is the one that was
   asked for. A start that Airbyte plainly refused takes the note back.
2. `running`: the job's id, deadline and role, written before the first look. The next try goes on with this job: it
   waits for it, takes its result if it has succeeded meanwhile, and starts another only if it ended otherwise.
   It stays written when the task ends well: a worker that dies before its success is told returns the same result in
   its next try.

A task that is *cleared* is a new intent: it takes nothing that has ended, but goes on with a job that still runs.
Clearing raises the number of tries that Airflow allows (`max_tries`), which is written down beside the job; a retry
does not.

A job that failed, was cancelled, or moved too few rows is forgotten: what is tried again is the sync.

Times are absolute. The deadline is that of the intent: a try that takes over a running job gets no new time, and
whether the job has ended is looked at before the deadline. Only a task that has already failed for want of time, and
let the job run (`cancel_on_kill=False`, or somebody else's), gets the whole time again at its next try (`overtime`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeAlias, get_args

from taskflow_profilemesh.airbyte.plain_values import check_parts, is_moment, is_text, is_whole
from taskflow_profilemesh.airbyte.running import RunningSync
from taskflow_profilemesh.airbyte.starting import is_same_work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from taskflow_profilemesh.airbyte.models import Job
    from taskflow_profilemesh.airbyte.spec import JobType

Phase: TypeAlias = Literal["starting", "running"]

VERSION = 1
LATE_SECONDS = 600.0  # how far a start and its job may lie apart: a slow server, and clocks that differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One sync as a task wrote it down. `at`: when, in seconds since 1970. `try_number`, `max_tries`: Airflow's, then.

    `last_job_id`: the connection's newest job before the start (0: it had none), `sync`: the job that is waited for,
    None while `starting`. `overtime`: the task has failed for want of time and left the job running.
    """

    phase: Phase
    connection_id: str
    job_type: str
    at: float
    try_number: int
    max_tries: int
    last_job_id: int = 0
    sync: RunningSync | None = None
    overtime: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_value` reads them back."""
        plain = {name: getattr(self, name) for name in _RIGHT}
        return {"version": VERSION, **plain, "sync": self.sync.as_dict() if self.sync else None}

    @classmethod
    def from_value(cls, value: object) -> Self | None:
        """Read what `as_dict` wrote; None where nothing is remembered, or in another version's words.

        Raises `InvalidOption` that names the part that is wrong.
        """
        if not isinstance(value, Mapping) or value.get("version") != VERSION:
            return None
        check_parts("remembered", value, _RIGHT)
        sync = RunningSync.from_dict(value["sync"]) if value.get("sync") is not None else None
        return cls(**{name: value[name] for name in _RIGHT}, sync=sync)

    def is_of(self, connection_id: str, job_type: JobType) -> bool:
        """Return whether this is the same work: a task may name another connection when it is tried again."""
        return (self.connection_id, self.job_type) == (connection_id, job_type)

    def is_of_another_intent(self, *, try_number: int, max_tries: int) -> bool:
        """Return whether the task has been cleared since, or is run anew, rather than tried again.

        The same try a second time is none: Airflow's scheduler may lose a task that comes back from the triggerer while
        it is queued, and then runs the try again from its beginning.
        """
        return max_tries != self.max_tries or try_number < self.try_number

    def job_of_lost_start(self, jobs: Sequence[Job]) -> Job | None:
        """Return the job that a start made whose answer nobody heard, or None: the first new one of that time."""
        new = (job for job in jobs if job.job_id > self.last_job_id and is_same_work(job, self.job_type))
        near = (job for job in new if job.started_at is None or self._is_near(job.started_at))
        return min(near, key=lambda job: job.job_id, default=None)

    def _is_near(self, moment: datetime) -> bool:
        return abs(moment.timestamp() - self.at) <= LATE_SECONDS


_RIGHT = {
    "phase": lambda value: value in get_args(Phase),
    "connection_id": is_text,
    "job_type": is_text,
    "at": is_moment,
    "try_number": is_whole,
    "max_tries": is_whole,
    "last_job_id": is_whole,
    "overtime": lambda value: isinstance(value, bool),
}


class Memory(Protocol):
    """Where a task's sync is remembered; without one (`NO_MEMORY`) every start is the first."""

    def recall(self) -> Remembered | None:
        """Return what was written down last, or None."""

    def is_new_intent(self, past: Remembered) -> bool:
        """Return whether the task has been cleared since, or is run anew, rather than tried again."""

    def starting(self, connection_id: str, job_type: JobType, *, last_job_id: int, at: float) -> None:
        """Write down that a start is about to be sent at `at` (seconds since 1970)."""

    def forget(self) -> None:
        """Remember nothing."""

    def running(self, sync: RunningSync, *, overtime: bool = False) -> None:
        """Write down the job that is waited for."""

    def is_ours(self, job: Job) -> bool:
        """Return whether a running job that nobody wrote down is an earlier try's."""


class _NoMemory:
    """Remembers nothing: for callers who are no tasks."""

    def recall(self) -> Remembered | None:
        return None

    def is_new_intent(self, past: Remembered) -> bool:  # noqa: ARG002 -- the protocol's signature
        return True

    def starting(self, connection_id: str, job_type: JobType, *, last_job_id: int, at: float) -> None:
        pass

    def forget(self) -> None:
        pass

    def running(self, sync: RunningSync, *, overtime: bool = False) -> None:
        pass

    def is_ours(self, job: Job) -> bool:  # noqa: ARG002 -- the protocol's signature
        return False


NO_MEMORY: Memory = _NoMemory()
