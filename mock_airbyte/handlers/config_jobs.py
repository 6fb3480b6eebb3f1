"""Jobs of the Config API: `connections/sync`, `jobs/get`, `jobs/list`, `jobs/cancel`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer, required, required_id
from mock_airbyte.job_refusals import AlreadyRunning, InactiveConnection
from mock_airbyte.payloads import config_jobs as payloads
from mock_airbyte.problems import kept_to_itself, known
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def sync(call: Call) -> Answer:
    """Start a sync."""
    return _started(call, is_reset=False)


def reset(call: Call) -> Answer:
    """Start a reset."""
    return _started(call, is_reset=True)


def get(call: Call) -> Answer:
    """Look at one job, with attempts, statistics, failures and logs."""
    return Answer(payloads.job_info(call.jobs.look(_known_job(call))))


def cancel(call: Call) -> Answer:
    """Cancel what the job's connection runs now."""
    return Answer(payloads.job_info(call.jobs.cancel(_known_job(call))))


def find(call: Call) -> Answer:
    """List a connection's jobs, newest first."""
    types = call.body.get("configTypes") or list(payloads.CONFIG_TYPES.values())
    statuses = call.body.get("statuses")
    states = [
        state
        for state in reversed(call.jobs.all())
        if call.body.get("configId") in (None, state.job.connection_id)
        and payloads.CONFIG_TYPES[state.job.job_type] in types
        and (not statuses or state.status in statuses)
    ]
    pagination = call.body.get("pagination") or {}
    start, size = (max(int(pagination.get(name) or least), 0) for name, least in (("rowOffset", 0), ("pageSize", 20)))
    shown = states[start : start + size]
    return Answer({"jobs": [payloads.job_with_attempts(state) for state in shown], "totalJobCount": len(states)})


def _started(call: Call, *, is_reset: bool) -> Answer:
    connection_id = required_id(call.body, "connectionId")
    try:
        return Answer(payloads.job_info(call.jobs.start(connection_id, "reset" if is_reset else "sync")))
    except AlreadyRunning as error:
        raise known(409, str(error)) from error
    except InactiveConnection as error:
        raise kept_to_itself(500, str(error)) from error


def _known_job(call: Call) -> int:
    """Return the id of a job that there is; raises a 500 for another: Airbyte does not expect to be asked for it."""
    job_id = int(str(required(call.body, "id")))
    try:
        call.jobs.record(job_id)
    except UnknownResource as error:
        raise kept_to_itself(500, f"Could not find job with id: {job_id}") from error
    return job_id
