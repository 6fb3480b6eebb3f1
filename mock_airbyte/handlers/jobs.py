"""Jobs: `POST /jobs`, `GET /jobs`, `GET /jobs/{id}`, `DELETE /jobs/{id}`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer, required, required_id
from mock_airbyte.jobs import AlreadyRunning, InactiveConnection
from mock_airbyte.lifecycle import TRANSITIONS
from mock_airbyte.pages import page
from mock_airbyte.payloads import public
from mock_airbyte.problems import bad_request, not_found, state_conflict, try_again_later, unprocessable
from mock_airbyte.texts import as_id, as_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_airbyte.calls import Call
    from mock_airbyte.job_state import JobState

_ORDER = re.compile(r"(createdAt|updatedAt)\|(ASC|DESC)")
_RESETS = ("reset", "clear")


def create_job(call: Call) -> Answer:
    """Start a sync, or a reset (`reset` and `clear` are one thing)."""
    connection_id, job_type = required_id(call.body, "connectionId"), required(call.body, "jobType")
    if job_type == "refresh":
        message = "Job type refresh is not supported through this endpoint."
        raise unprocessable(message)
    if job_type not in ("sync", *_RESETS):
        message = f"Unexpected value '{job_type}' for jobType. Expected one of: sync, reset, refresh, clear."
        raise bad_request(message)
    try:
        return _answer(call, call.jobs.start(connection_id, "reset" if job_type in _RESETS else "sync"))
    except AlreadyRunning as error:
        raise try_again_later(str(error)) from error
    except InactiveConnection as error:
        raise state_conflict(str(error)) from error


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
        raise not_found(kind="job", identifier=text)
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
    connection, job_type, status = call.one("connectionId"), call.one("jobType"), call.one("status")
    if status is not None and status not in TRANSITIONS:
        message = f"Unexpected value '{status}' for status."
        raise bad_request(message)
    workspaces = call.ids("workspaceIds")
    connection_id = as_id(connection) if connection else None
    wanted_type = "reset" if job_type in _RESETS else job_type
    created = _between(call, "createdAt")
    updated = _between(call, "updatedAt")

    def wanted(state: JobState) -> bool:
        job = state.job
        return (
            connection_id in (None, job.connection_id)
            and wanted_type in (None, job.job_type)
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
        message = f"{name}: Text '{text}' could not be parsed"
        raise bad_request(message) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
