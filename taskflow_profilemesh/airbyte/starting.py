"""Starting a job exactly once: what to do when the answer is lost, and when a job of the connection already runs.

A start whose answer never came may have started a job all the same, so it is never simply sent again. Before a start
the connection's newest job is remembered; after a lost answer, a newer one is the job that was made, and is adopted.
Whoever may die between the two is told before each start (`Notes`), see `remembered.py`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from taskflow_profilemesh.airbyte.calls import JobsWanted, create_job
from taskflow_profilemesh.airbyte.models import Job
from taskflow_profilemesh.errors import (
    AirbyteAnswerInvalid,
    AirbyteRefused,
    AirbyteUnavailable,
    AirbyteUnreachable,
    ConnectionInactive,
    SyncConflict,
)

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.sending import Sender
    from taskflow_profilemesh.airbyte.spec import JobType, OnConflict

Role: TypeAlias = Literal["own", "joined", "blocking"]
"""Started here; started by somebody else and joined; or somebody else's that must end before ours can start."""

_LOG = logging.getLogger(__name__)
_LOOKS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)  # a slow server may still be making the job whose answer was lost
_MOST_STARTS = 5
_SAME_WORK = ({"sync"}, {"clear", "reset"})


@dataclass(frozen=True, slots=True)
class Started:
    """A job to wait for, and what it is to us."""

    job: Job
    role: Role


class JobLister(Protocol):
    """What starting needs of a client."""

    @property
    def sender(self) -> Sender:
        """Return what sends calls."""

    def jobs(self, wanted: JobsWanted, *, most: int) -> tuple[Job, ...]:
        """List the newest jobs."""


class Notes(Protocol):
    """What is written down around a start, so that the next try of the same task finds the job."""

    def starting(self, last_job_id: int) -> None:
        """Note that a start is about to be sent, and the connection's newest job (0: it has none)."""

    def refused(self) -> None:
        """Note that the start made no job."""

    def is_ours(self, job: Job) -> bool:
        """Return whether a running job, of which nothing is written down, is an earlier try's."""


class _NoNotes:
    def starting(self, last_job_id: int) -> None:
        pass

    def refused(self) -> None:
        pass

    def is_ours(self, job: Job) -> bool:  # noqa: ARG002 -- the protocol's signature
        return False


NO_NOTES: Notes = _NoNotes()


def start_job(
    client: JobLister, connection_id: str, *, job_type: JobType, on_conflict: OnConflict, notes: Notes = NO_NOTES
) -> Started:
    """Start a job of the connection, or settle with the one that runs already.

    Raises `SyncConflict` where another's runs and `on_conflict` is `skip` or `fail`.
    """
    for _ in range(_MOST_STARTS):
        before = newest_job(client, connection_id)
        notes.starting(before.job_id if before else 0)
        try:
            return Started(client.sender.send(create_job(connection_id, job_type)), "own")
        except (AirbyteUnreachable, AirbyteUnavailable, AirbyteAnswerInvalid) as error:
            adopted = _adopt(client, connection_id, job_type, before)
            if adopted is None:
                raise
            _LOG.warning("The answer to the start was lost (%s); job %d is the one it made.", error, adopted.job_id)
            return Started(adopted, "own")
        except AirbyteRefused as error:
            notes.refused()
            running = _conflict(client, connection_id, error)
        if running is None:  # it ended in the meantime: start again
            continue
        if is_same_work(running, job_type) and notes.is_ours(running):
            return Started(running, "own")
        return _settle(running, job_type, on_conflict)
    raise SyncConflict(connection=connection_id)


def newest_job(client: JobLister, connection_id: str) -> Job | None:
    """Return the connection's newest job, or None if it has none."""
    return next(iter(client.jobs(JobsWanted(connection_id=connection_id), most=1)), None)


def _adopt(client: JobLister, connection_id: str, job_type: JobType, before: Job | None) -> Job | None:
    last_id = before.job_id if before else 0
    for seconds in (*_LOOKS_SECONDS, None):
        found = newest_job(client, connection_id)
        if found is not None and found.job_id > last_id and is_same_work(found, job_type):
            return found
        if seconds is not None:
            client.sender.clock.sleep(seconds)
    return None


def _conflict(client: JobLister, connection_id: str, error: AirbyteRefused) -> Job | None:
    """Return the job that stands in the way, or None if it has just ended; raises anything but a conflict."""
    if error.status_code != HTTPStatus.CONFLICT:
        raise error
    if "state-conflict" in error.reason:
        raise ConnectionInactive(connection=connection_id, status="inactive") from error
    recent = client.jobs(JobsWanted(connection_id=connection_id), most=20)
    return next((job for job in recent if not job.is_terminal), None)


def _settle(running: Job, job_type: JobType, on_conflict: OnConflict) -> Started:
    if on_conflict in ("skip", "fail"):
        raise SyncConflict(connection=running.connection_id, job_id=running.job_id)
    if on_conflict == "attach" and is_same_work(running, job_type):
        return Started(running, "joined")
    return Started(running, "blocking")  # joining a clear instead of a sync would be a success that moved nothing


def is_same_work(job: Job, job_type: str) -> bool:
    """Return whether the job does what is wanted: Airbyte calls a clear a reset in some answers."""
    return any({job.job_type, job_type} <= kinds for kinds in _SAME_WORK)
