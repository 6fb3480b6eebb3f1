"""Jobs: `POST /jobs`, `GET /jobs`, `GET /jobs/{id}`, `DELETE /jobs/{id}`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer, required, required_id
from mock_airbyte.job_refusals import AlreadyRunning, InactiveConnection
from mock_airbyte.pages import page
from mock_airbyte.paths import CLOUD_BASE
from mock_airbyte.payloads import public
from mock_airbyte.problems import bad_request, state_conflict, try_again_later, unprocessable, unreadable
from mock_airbyte.texts import as_number
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_airbyte.calls import Call
    from mock_airbyte.job_state import JobState

_ORDER = re.compile(r"(createdAt|updatedAt)\|(ASC|DESC)")
_LISTED_TYPES = ("sync", "reset")  # unless others are asked for; what was asked for as a clear is a reset, too
_RESETS = ("reset", "clear")
_NOT_FULFILLED = "Could not fulfill request"  # Airbyte keeps to its log that a sync needs an active connection
_NO_SUCH_JOB = "Job is not currently running"  # is all that Airbyte says of an id that no job has


def create_job(call: Call) -> Answer:
    """Start a sync, or a reset (`reset` and `clear` are one thing)."""
    connection_id, job_type = required_id(call.body, "connectionId"), required(call.body, "jobType")
    call.world.connection(connection_id)
    if job_type == "refresh":
        message = "Refreshes are not supported in the public API"
        raise unprocessable(message)
    try:
        return _answer(call, call.jobs.start(connection_id, "reset" if job_type in _RESETS else "sync"))
    except AlreadyRunning as error:
        raise try_again_later(str(error)) from error
    except InactiveConnection as error:
        raise state_conflict(_NOT_FULFILLED) from error


def get_job(call: Call) -> Answer:
    """Look at one job."""
    return _answer(call, call.jobs.look(_job_id(call)))


def cancel_job(call: Call) -> Answer:
    """Cancel what the job's connection runs now; a finished job comes back as it is."""
    return _answer(call, call.jobs.cancel(_job_id(call)))


def list_jobs(call: Call) -> Answer:
    """List jobs, oldest first unless told otherwise."""
    wanted = _filter(call)
    states = [state for state in call.jobs.all() if wanted(state)]
    field, descending = _order(call)
    states.sort(key=_created if field == "createdAt" else _updated, reverse=descending)
    now = call.world.clock.now()
    return page(call, "/jobs", states, lambda state: public.job(state, now))


def _answer(call: Call, state: JobState) -> Answer:
    return Answer(public.job(state, call.world.clock.now()))


def _job_id(call: Call) -> int:
    text = call.arguments["job_id"]
    number = as_number(text)
    if number is None:
        argument, reason = "jobId", f'For input string: "{text}"'
        raise unreadable(argument, text, reason)
    try:
        call.jobs.record(number)
    except UnknownResource:
        if call.path.startswith(CLOUD_BASE + "/"):
            raise
        raise state_conflict(_NO_SUCH_JOB) from None
    return number


def _created(state: JobState) -> tuple[datetime, int]:
    return state.job.created_at, state.job.job_id


def _updated(state: JobState) -> tuple[datetime, int]:
    return state.updated_at, state.job.job_id


def _order(call: Call) -> tuple[str, bool]:
    text = call.one("orderBy")
    if text is None:
        return "createdAt", False
    match = _ORDER.fullmatch(text)
    if match is None:
        message = f"Invalid order by clause provided: {text}"
        raise bad_request(message)
    return match[1], match[2] == "DESC"


def _filter(call: Call) -> Callable[[JobState], bool]:
    status, workspaces = call.one("status"), call.ids("workspaceIds")
    connection_id = call.id("connectionId") if call.one("connectionId") else None
    job_type = call.one("jobType")
    types = _LISTED_TYPES if job_type is None else (job_type,)
    created = _between(call, "createdAt")
    updated = _between(call, "updatedAt")

    def wanted(state: JobState) -> bool:
        job = state.job
        return (
            connection_id in (None, job.connection_id)
            and job.job_type in types
            and status in (None, state.status)
            and (not workspaces or job.workspace_id in workspaces)
            and created(job.created_at)
            and updated(state.updated_at)
        )

    return wanted


def _between(call: Call, field: str) -> Callable[[datetime], bool]:
    start, end = _time(call, f"{field}Start"), _time(call, f"{field}End")
    return lambda at: (start is None or at >= start) and (end is None or at <= end)


def _time(call: Call, name: str) -> datetime | None:
    text = call.one(name)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that nobody encoded arrives as a space
    except ValueError as error:
        reason = f"Text '{text}' could not be parsed at index 0"
        raise unreadable(name, text, reason) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
