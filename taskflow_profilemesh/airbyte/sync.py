"""One sync, in reading order: begin (known, active, started) → look → conclude (ended well, enough rows, tables).

`sync` does all of it while the caller waits. The operator does the same steps around a deferral: what `begin` returns
is plain values, and `conclude` needs nothing else.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from taskflow_profilemesh.airbyte.auth import masked
from taskflow_profilemesh.airbyte.outcome import job_error
from taskflow_profilemesh.airbyte.polling import Done, Failed, Wait, pause_seconds
from taskflow_profilemesh.airbyte.post_sync import table_of
from taskflow_profilemesh.airbyte.remembered import NO_MEMORY
from taskflow_profilemesh.airbyte.result import StreamResult, SyncResult
from taskflow_profilemesh.airbyte.resuming import StartNotes, resume
from taskflow_profilemesh.airbyte.running import RunningSync, decide, needs_details
from taskflow_profilemesh.airbyte.stall import Progress
from taskflow_profilemesh.errors import (
    AirbyteAnswerInvalid,
    AirbyteError,
    AirbyteUnavailable,
    AirbyteUnreachable,
    ConnectionInactive,
    SyncTooFewRows,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.models import Connection, Job, JobDetails
    from taskflow_profilemesh.airbyte.polling import Step
    from taskflow_profilemesh.airbyte.remembered import Memory
    from taskflow_profilemesh.airbyte.spec import SyncSpec

_LOG = logging.getLogger(__name__)
_LONGEST_LINE = 500


def sync(
    client: AirbyteClient,
    spec: SyncSpec,
    *,
    on_start: Callable[[RunningSync], None] | None = None,
    on_look: Callable[[Job], None] | None = None,
    memory: Memory = NO_MEMORY,
) -> SyncResult:
    """Sync as the spec says and return the result; raises an `AirbyteError` for anything but a good end.

    `on_start` is told of the job before the waiting begins, `on_look` of the job as each look finds it. `memory`: see
    `begin`.
    """
    running = begin(client, spec, memory=memory)
    while True:
        if on_start:
            on_start(running)
        step = wait(client, running, on_look=on_look)
        if not is_in_the_way(running, step):
            return conclude(client, running, step)
        running = begin(client, spec, instead_of=running, memory=memory)


def begin(
    client: AirbyteClient,
    spec: SyncSpec,
    *,
    most_seconds: float | None = None,
    instead_of: RunningSync | None = None,
    memory: Memory = NO_MEMORY,
) -> RunningSync:
    """Make sure that the connection is there and active, then start its job, or settle with one that runs.

    A job that `memory` knows from an earlier try goes on instead; a new one is written down there. `most_seconds`: a
    time limit of the caller's, where it is shorter than the spec's. `instead_of`: the job that was in the way, whose
    deadline goes on. Raises `ConnectionNotFound`, `ConnectionAmbiguous`, `ConnectionInactive`,
    `SyncConflict`, and whatever the server's state means.
    """
    connection = client.connection(spec.connection, workspace=spec.workspace)
    limit = spec.timeout_seconds if most_seconds is None else min(most_seconds, spec.timeout_seconds)
    known = resume(client, spec, connection, memory, limit_seconds=limit) if instead_of is None else None
    if known is not None:
        _LOG.info("%s: an earlier try's job %d goes on. %s", connection.name, known.job_id, page_of(client, known))
        memory.running(known)
        return known
    if not connection.is_active:
        raise ConnectionInactive(connection=connection.name, status=connection.status)
    running = _start(client, spec, connection, memory, limit_seconds=limit)
    if instead_of and instead_of.role == "blocking":
        running = replace(running, deadline=instead_of.deadline)
    memory.running(running)
    _LOG.info("%s: %s job %d. %s", connection.name, _ROLES[running.role], running.job_id, page_of(client, running))
    return running


def _start(
    client: AirbyteClient, spec: SyncSpec, connection: Connection, memory: Memory, *, limit_seconds: float
) -> RunningSync:
    """Start the connection's job, or settle with one that runs; its time begins now."""
    now = client.sender.clock.now().timestamp()
    notes = StartNotes(client, connection, spec, memory)
    started = client.start(connection.connection_id, job_type=spec.job_type, on_conflict=spec.on_conflict, notes=notes)
    return RunningSync(
        spec=spec,
        connection_id=connection.connection_id,
        connection_name=connection.name,
        workspace_id=connection.workspace_id,
        job_id=started.job.job_id,
        role=started.role,
        since=now,
        deadline=now + limit_seconds,
    )


_ROLES = {"own": "started", "joined": "joined the running", "blocking": "waiting for the running"}


def wait(client: AirbyteClient, running: RunningSync, *, on_look: Callable[[Job], None] | None = None) -> Done | Failed:
    """Look until the job has ended or its time is up, and return which; `on_look` is told of each look."""
    progress = Progress()
    while True:
        step, progress = patient_look(client, running, progress, on_look=on_look)
        if not isinstance(step, Wait):
            return step
        client.sender.clock.sleep(step.seconds)


def look(
    client: AirbyteClient,
    running: RunningSync,
    progress: Progress,
    *,
    on_look: Callable[[Job], None] | None = None,
) -> tuple[Step, Progress]:
    """Look at the job once and decide; the progress goes into the next look."""
    job = client.get(running.job_id)
    if on_look:
        on_look(job)
    details = client.sync_metadata(job.job_id) if needs_details(running, job) else None
    return decide(running, job, details, progress, now=client.sender.clock.now().timestamp())


def patient_look(
    client: AirbyteClient,
    running: RunningSync,
    progress: Progress,
    *,
    on_look: Callable[[Job], None] | None = None,
) -> tuple[Step, Progress]:
    """Look once; a server that gives no good answer now is a reason to wait, as long as the job has time.

    Raises the `AirbyteError` only after the deadline: the job may run on, whoever cannot look at it.
    """
    try:
        return look(client, running, progress, on_look=on_look)
    except (AirbyteUnreachable, AirbyteUnavailable, AirbyteAnswerInvalid) as error:
        now = client.sender.clock.now().timestamp()
        left = running.deadline - now
        if left <= 0:
            raise
        _LOG.warning("%s: no good look at job %d: %s", running.connection_name, running.job_id, error)
        pause = pause_seconds(max(0.0, now - running.since), running.spec.poll_interval_seconds)
        return Wait(min(pause, left)), progress


def is_in_the_way(running: RunningSync, step: Done | Failed) -> bool:
    """Return whether this job has ended so that ours can begin: another's, or one cancelled with an earlier try."""
    if running.role == "blocking":
        return step.job.is_terminal
    if not isinstance(step, Failed) or step.cause != "cancelled":
        return False
    ended = step.job.updated_at
    return ended is not None and ended.timestamp() <= running.restarts_until


def conclude(client: AirbyteClient, running: RunningSync, step: Done | Failed) -> SyncResult:
    """Return the result of a job that ended well; raise why, for any other.

    A job that is out of time or stalled is cancelled first, if it is ours to cancel; one that succeeds in that very
    moment has succeeded.
    """
    cancelled = False
    if isinstance(step, Failed) and not step.job.is_terminal and running.may_cancel:
        last = _cancelled(client, running)
        if last is not None and last.has_succeeded:
            step = Done(last)
        else:
            cancelled = last is not None and last.is_terminal
    details = client.sync_metadata(running.job_id)
    if isinstance(step, Done):
        return _checked(running, _result(client, running, step.job, details))
    _show_log(client, running.job_id)
    stall = running.spec.stall_timeout_seconds if step.cause == "stalled" else None
    raise job_error(
        step,
        connection=running.connection_name,
        details=details,
        timeout_seconds=stall or running.timeout_seconds,
        was_cancelled=cancelled,
        url=page_of(client, running),
        secrets=client.sender.auth.secrets,
    )


def _cancelled(client: AirbyteClient, running: RunningSync) -> Job | None:
    """Cancel the job and return it as it was seen last; None where Airbyte would not, which the log then says."""
    try:
        return client.cancel(running.job_id)
    except AirbyteError as error:  # the error to raise is why the job had to be cancelled, not this one
        _LOG.warning("%s: job %d could not be cancelled: %s", running.connection_name, running.job_id, error)
    return None


def page_of(client: AirbyteClient, running: RunningSync) -> str:
    """Return the page on which people see the job."""
    return client.sender.address.connection_page(running.workspace_id, running.connection_id, running.job_id)


def _result(client: AirbyteClient, running: RunningSync, job: Job, details: JobDetails | None) -> SyncResult:
    connection = client.connection(running.connection_id)  # as it is after the sync: schema changes may add streams
    streams = _streams(client, connection, details)
    return SyncResult(
        job_id=job.job_id,
        status=job.status,
        connection_id=connection.connection_id,
        connection_name=connection.name,
        started_at=job.started_at,
        finished_at=job.updated_at,
        duration_seconds=_duration(job),
        attempts=len(details.attempts) if details and details.attempts else None,
        rows_synced=job.rows_synced,
        bytes_synced=job.bytes_synced,
        streams=streams,
        url=page_of(client, running),
    )


def _streams(client: AirbyteClient, connection: Connection, details: JobDetails | None) -> tuple[StreamResult, ...]:
    destination = client.destination(connection)
    committed = details.committed() if details else {}
    last = details.committed_last() if details else {}
    results = []
    for stream in client.streams(connection):
        count = committed.get((stream.name, stream.namespace)) or committed.get((stream.name, None))
        latest = last.get((stream.name, stream.namespace)) or last.get((stream.name, None))
        results.append(
            StreamResult(
                name=stream.name,
                namespace=stream.namespace,
                table=str(table_of(stream, connection, destination)),
                sync_mode=stream.sync_mode,
                rows_synced=count.rows_synced if count else None,
                bytes_synced=count.bytes_synced if count else None,
                rows_last_attempt=latest.rows_synced if latest else None,
            )
        )
    return tuple(results)


def _duration(job: Job) -> float | None:
    if job.duration_seconds is None and job.started_at and job.updated_at:
        return (job.updated_at - job.started_at) / timedelta(seconds=1)
    return job.duration_seconds


def _checked(running: RunningSync, result: SyncResult) -> SyncResult:
    """Compare what Airbyte counts with what was demanded and with itself; log how long it took."""
    least = running.spec.min_rows
    if least is not None and (result.rows_synced is None or result.rows_synced < least):
        raise SyncTooFewRows(
            job_id=result.job_id,
            connection=result.connection_name,
            rows_synced=result.rows_synced,
            min_rows=least,
            url=result.url,
        )
    counts = [stream.rows_synced for stream in result.streams]
    known = [count for count in counts if count is not None]
    if result.rows_synced is not None and len(known) == len(counts) > 0 and sum(known) != result.rows_synced:
        _LOG.warning(
            "Airbyte counts %d rows in job %d but %d in its streams.", result.rows_synced, result.job_id, sum(known)
        )
    _LOG.info(
        "%s: job %d succeeded in %s s with %s rows in %d tables.",
        result.connection_name,
        result.job_id,
        "an unknown number of" if result.duration_seconds is None else f"{result.duration_seconds:g}",
        "an unknown number of" if result.rows_synced is None else result.rows_synced,
        len(result.tables),
    )
    return result


def _show_log(client: AirbyteClient, job_id: int) -> None:
    """Put the last lines of Airbyte's log into ours; they may quote rows, so nowhere else, and only if wanted."""
    if client.failed_log_lines:
        for line in (client.sync_logs(job_id) or ())[-client.failed_log_lines :]:
            _LOG.info("airbyte | %s", masked(line, client.sender.auth.secrets)[:_LONGEST_LINE])
