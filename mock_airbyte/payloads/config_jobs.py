"""Jobs as the Config API prints them: times in epoch seconds, attempts with their statistics, failures and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.payloads.config_resources import descriptor
from mock_airbyte.payloads.moments import epoch

if TYPE_CHECKING:
    from datetime import datetime

    from mock_airbyte.failures import SyncFailure
    from mock_airbyte.job_state import AttemptState, JobState
    from mock_airbyte.sync.progress import StreamCounts

CONFIG_TYPES = {"sync": "sync", "reset": "reset_connection", "refresh": "refresh"}  # by what the public API calls it


def job_info(state: JobState) -> dict[str, Any]:
    """Print a job with its attempts and their logs, as `jobs/get` does."""
    attempts = [
        {"attempt": _attempt(one, state), "logType": "formatted", "logs": {"logLines": _log_lines(one)}}
        for one in state.attempts
    ]
    return {"job": job(state), "attempts": attempts}


def job_with_attempts(state: JobState) -> dict[str, Any]:
    """Print a job with its attempts as `jobs/list` does: not nested, without logs."""
    return {"job": job(state), "attempts": _attempts(state)}


def job(state: JobState) -> dict[str, Any]:
    """Print a job alone."""
    started = state.attempts[0].started_at if state.attempts else None
    return {
        "id": state.job.job_id,
        "configType": CONFIG_TYPES[state.job.job_type],
        "configId": state.job.connection_id,
        "createdAt": epoch(state.job.created_at),
        "updatedAt": epoch(state.updated_at),
        **({"startedAt": epoch(started)} if started else {}),
        "status": state.status,
        "enabledStreams": [descriptor(stream.name, stream.namespace) for stream in state.job.streams],
        "aggregatedStats": _stats(state.streams) | {"recordsRejected": 0},
    }


def _attempts(state: JobState) -> list[dict[str, Any]]:
    return [_attempt(attempt, state) for attempt in state.attempts]


def _attempt(attempt: AttemptState, state: JobState) -> dict[str, Any]:
    streams = attempt.streams
    stats = _stats(streams)
    printed: dict[str, Any] = {
        "id": attempt.number,
        "status": attempt.status,
        "createdAt": epoch(attempt.started_at),
        "updatedAt": epoch(attempt.ended_at or state.updated_at),
        "bytesSynced": stats["bytesEmitted"],
        "recordsSynced": stats["recordsEmitted"],
        "totalStats": stats | {"stateMessagesEmitted": len(streams), "recordsRejected": 0},
        "streamStats": [_stream_stats(stream) for stream in streams],
    }
    if attempt.ended_at is not None:
        printed["endedAt"] = epoch(attempt.ended_at)
    if attempt.failure is not None:
        printed["failureSummary"] = _failure_summary(attempt, attempt.failure)
    return printed


def _stats(streams: tuple[StreamCounts, ...]) -> dict[str, int]:
    return {
        "recordsEmitted": sum(stream.records_emitted for stream in streams),
        "bytesEmitted": sum(stream.bytes_emitted for stream in streams),
        "recordsCommitted": sum(stream.records_committed for stream in streams),
        "bytesCommitted": sum(stream.bytes_committed for stream in streams),
    }


def _stream_stats(stream: StreamCounts) -> dict[str, Any]:
    return {
        "streamName": stream.name,
        "streamNamespace": stream.namespace,
        "stats": _stats((stream,)),
    }


def _failure_summary(attempt: AttemptState, failure: SyncFailure) -> dict[str, Any]:
    committed = sum(stream.records_committed for stream in attempt.streams)
    reason = failure_reason(failure, attempt.ended_at or attempt.started_at)
    return {"partialSuccess": committed > 0, "failures": [reason]}


def failure_reason(failure: SyncFailure, at: datetime) -> dict[str, Any]:
    """Print why something failed: an attempt, or a source that did not tell what it offers."""
    printed = {
        "failureOrigin": failure.origin,
        "failureType": failure.kind,
        "externalMessage": failure.external_message,
        "internalMessage": failure.internal_message,
        "stacktrace": failure.stacktrace,
        "retryable": failure.kind == "transient_error",
        "timestamp": int(at.timestamp() * 1000),
    }
    return printed | ({"streamDescriptor": {"name": failure.stream}} if failure.stream else {})


def _log_lines(attempt: AttemptState) -> list[str]:
    return [
        f"{line.at:%Y-%m-%d %H:%M:%S} {'ERROR ' if line.level == 'error' else ''}{line.message}"
        for line in attempt.lines
    ]
