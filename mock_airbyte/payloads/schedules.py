"""Schedules as the Config API prints them: how a connection is doing, and what a cron expression means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.payloads import config_jobs
from mock_airbyte.payloads.config_resources import schedule
from mock_airbyte.payloads.moments import epoch
from mock_airbyte.schedules import described

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mock_airbyte.job_state import JobState
    from mock_airbyte.records import Connection
    from mock_airbyte.schedules import Cron


def status(connection: Connection, jobs: Sequence[JobState], next_run: datetime | None) -> dict[str, Any]:
    """Print how a connection is doing; `jobs`: all of its own, oldest first. Nulls are left out."""
    newest = jobs[-1] if jobs else None
    active = newest if newest is not None and not newest.is_terminal else None
    ended = next((one for one in reversed(jobs) if one.status in ("succeeded", "failed")), None)
    succeeded = next((one for one in reversed(jobs) if one.status == "succeeded"), None)
    printed = {
        "connectionId": connection.connection_id,
        "connectionSyncStatus": _sync_status(connection, newest, ended),
        "activeJob": config_jobs.job(active) if active else None,
        "lastSuccessfulSync": epoch(succeeded.updated_at) if succeeded else None,
        "nextSync": epoch(next_run) if next_run else None,
        "lastSyncJobId": ended.job.job_id if ended else None,
        "lastSyncAttemptNumber": ended.attempts[-1].number if ended and ended.attempts else None,
        "lastSyncJobCreatedAt": epoch(newest.job.created_at) if newest else None,
        "scheduleData": schedule(connection).get("scheduleData"),
    }
    return {name: value for name, value in printed.items() if value is not None}


def _sync_status(connection: Connection, newest: JobState | None, ended: JobState | None) -> str:
    if newest is not None and not newest.is_terminal:
        return "running"
    failure = ended.failure if ended else None
    if failure is not None and failure.kind == "config_error":
        return "failed"
    if connection.status != "active":
        return "paused"
    if newest is not None and newest.status == "cancelled":
        return "incomplete"
    if newest is None or ended is None or newest.job.job_type == "reset":
        return "pending"
    return "incomplete" if ended.status == "failed" else "synced"


def description(cron: Cron, times: Sequence[datetime]) -> dict[str, Any]:
    """Print what an expression means."""
    return {
        "cronExpression": cron.expression,
        "description": described(cron.expression),
        "nextExecutions": [epoch(at) for at in times],
    }
