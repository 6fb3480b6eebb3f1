"""Going on with the job of an earlier try: what is remembered is compared with what Airbyte says now.

`remembered.py` says in which order things are written down, and why. Airbyte has the last word: only it knows whether a
job whose start was noted exists, and how a job that was left alone has ended.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from taskflow_profilemesh.airbyte.calls import JobsWanted
from taskflow_profilemesh.airbyte.running import RunningSync
from taskflow_profilemesh.errors import (
    AirbyteAnswerInvalid,
    AirbyteForbidden,
    AirbyteLoginRefused,
    AirbyteRefused,
    SyncCancelled,
    SyncFailed,
    SyncOutOfSight,
    SyncTimeout,
    SyncTooFewRows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.models import Connection, Job
    from taskflow_profilemesh.airbyte.remembered import Memory, Remembered
    from taskflow_profilemesh.airbyte.spec import SyncSpec
    from taskflow_profilemesh.errors import AirbyteError

_LOG = logging.getLogger(__name__)
_JOBS_LOOKED_AT = 100
RESTART_SECONDS = 120.0  # a task that was killed is tried again while its job is still being cancelled


def resume(
    client: AirbyteClient, spec: SyncSpec, connection: Connection, memory: Memory, *, limit_seconds: float
) -> RunningSync | None:
    """Return the job of an earlier try that still counts, with the options as they are now; None: start one.

    `limit_seconds`: the time that a new intent would have. A job counts while it runs, and when it has succeeded,
    unless the task was cleared since. One that Airbyte no longer knows, or that ended otherwise, does not; one that was
    only in the way does: then the waiting for it goes on where it was.
    """
    past = memory.recall()
    if past is None or not past.is_of(connection.connection_id, spec.job_type):
        return None
    job = _job_of(client, past)
    if job is None or (job.is_terminal and memory.is_new_intent(past)):
        return None
    running = past.sync or _adopted(past, job, spec, connection, limit_seconds)
    if job.is_terminal and not job.has_succeeded and running.role != "blocking":
        _LOG.info("%s: job %d of an earlier try is %s.", connection.name, job.job_id, job.status)
        return None
    now = client.sender.clock.now().timestamp()
    if past.overtime:
        running = replace(running, since=now, deadline=now + limit_seconds)
    return replace(running, spec=spec, restarts_until=now + RESTART_SECONDS)


def _job_of(client: AirbyteClient, past: Remembered) -> Job | None:
    """Return the job as it is now; None where Airbyte has none."""
    if past.sync is None:
        recent = client.jobs(JobsWanted(connection_id=past.connection_id), most=_JOBS_LOOKED_AT)
        return past.job_of_lost_start(recent)
    try:
        return client.get(past.sync.job_id)
    except AirbyteRefused as error:
        if error.status_code != HTTPStatus.NOT_FOUND:
            raise
    return None


def _adopted(past: Remembered, job: Job, spec: SyncSpec, connection: Connection, limit_seconds: float) -> RunningSync:
    return RunningSync(
        spec=spec,
        connection_id=connection.connection_id,
        connection_name=connection.name,
        workspace_id=connection.workspace_id,
        job_id=job.job_id,
        role="own",
        since=past.at,
        deadline=past.at + limit_seconds,
    )


@contextmanager
def settled(memory: Memory, running: RunningSync) -> Iterator[None]:
    """Write down how the block, which concludes the sync, ended.

    A job that ended badly is forgotten. One that still runs after its time has the whole time again at the next try. A
    result, or any other error, leaves what is written: where Airbyte could not be asked, the next try asks again.
    """
    try:
        yield
    except SyncTimeout as error:
        if error.cancelled:
            memory.forget()
        else:
            memory.running(running, overtime=True)
        raise
    except (SyncFailed, SyncCancelled, SyncTooFewRows):
        memory.forget()
        raise


def out_of_sight(error: AirbyteError, memory: Memory, running: RunningSync | None) -> SyncOutOfSight | None:
    """Return what to raise instead where the error means that nobody can look at a job that may run; else None.

    Trying again would not mend the error itself; but it is the next try that goes on with the job.
    """
    if not isinstance(error, (AirbyteAnswerInvalid, AirbyteForbidden, AirbyteLoginRefused, AirbyteRefused)):
        return None
    if running is not None:
        return SyncOutOfSight(job_id=running.job_id, connection=running.connection_name, reason=str(error))
    past = memory.recall()
    if past is None or (past.sync is not None and memory.is_new_intent(past)):
        return None
    if past.sync is None:
        return SyncOutOfSight(job_id=None, connection=past.connection_id, reason=str(error))
    return SyncOutOfSight(job_id=past.sync.job_id, connection=past.sync.connection_name, reason=str(error))


class StartNotes:
    """Writes the start of a sync into a memory; see `starting.Notes`."""

    def __init__(self, client: AirbyteClient, connection: Connection, spec: SyncSpec, memory: Memory) -> None:
        """Write down what concerns this connection and this work."""
        self._clock = client.sender.clock
        self._connection_id = connection.connection_id
        self._job_type = spec.job_type
        self._memory = memory

    def starting(self, last_job_id: int) -> None:
        """Note that a start is about to be sent."""
        at = self._clock.now().timestamp()
        self._memory.starting(self._connection_id, self._job_type, last_job_id=last_job_id, at=at)

    def refused(self) -> None:
        """Take the note back."""
        self._memory.forget()

    def is_ours(self, job: Job) -> bool:
        """Return what the memory thinks of a running job."""
        return self._memory.is_ours(job)
