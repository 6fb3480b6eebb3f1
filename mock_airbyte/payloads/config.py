"""Records as the Config API prints them: times in epoch seconds, attempts with their statistics and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.masking import masked
from mock_airbyte.payloads.moments import epoch

if TYPE_CHECKING:
    from mock_airbyte.failures import SyncFailure
    from mock_airbyte.job_state import AttemptState, JobState
    from mock_airbyte.records import Actor, Connection, StreamConfig, StreamState, SyncMode, Workspace
    from mock_airbyte.sources.protocol import Stream
    from mock_airbyte.sync.plan import StreamKey
    from mock_airbyte.sync.progress import StreamCounts

_FULL = "full_refresh"


def job_info(state: JobState) -> dict[str, Any]:
    """Print a job with its attempts and their logs, as `jobs/get` does."""
    attempts = [
        {"attempt": attempt, "logType": "formatted", "logs": {"logLines": _log_lines(state) if is_last else []}}
        for attempt, is_last in zip(_attempts(state), _last_only(state), strict=True)
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
        "configType": "reset_connection" if state.job.job_type == "reset" else "sync",
        "configId": state.job.connection_id,
        "createdAt": epoch(state.job.created_at),
        "updatedAt": epoch(state.updated_at),
        **({"startedAt": epoch(started)} if started else {}),
        "status": state.status,
        "enabledStreams": [_descriptor(stream.name, stream.namespace) for stream in state.job.streams],
        "aggregatedStats": _stats(state.streams) | {"recordsRejected": 0},
    }


def _last_only(state: JobState) -> list[bool]:
    return [number == len(state.attempts) - 1 for number in range(len(state.attempts))]


def _attempts(state: JobState) -> list[dict[str, Any]]:
    return [
        _attempt(attempt, state, is_last=is_last)
        for attempt, is_last in zip(state.attempts, _last_only(state), strict=True)
    ]


def _attempt(attempt: AttemptState, state: JobState, *, is_last: bool) -> dict[str, Any]:
    streams = state.streams if is_last else ()
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
    if attempt.status == "failed":
        printed["failureSummary"] = _failure_summary(attempt, state)
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


def _failure_summary(attempt: AttemptState, state: JobState) -> dict[str, Any]:
    at = int((attempt.ended_at or state.updated_at).timestamp() * 1000)
    if state.failure is not None:
        failures = [_failure(state.failure, at)]
    elif state.status == "cancelled":
        failures = [_reason("airbyte_platform", "manual_cancellation", "The sync was cancelled.", at)]
    else:
        failures = [_reason("unknown", "system_error", "The attempt failed.", at)]
    return {"partialSuccess": state.rows_committed > 0, "failures": failures}


def _failure(failure: SyncFailure, at: int) -> dict[str, Any]:
    reason = _reason(failure.origin, failure.kind, failure.external_message, at)
    return reason | ({"streamDescriptor": {"name": failure.stream}} if failure.stream else {})


def _reason(origin: str, kind: str, message: str, at: int) -> dict[str, Any]:
    return {
        "failureOrigin": origin,
        "failureType": kind,
        "externalMessage": message,
        "internalMessage": message,
        "stacktrace": "",
        "retryable": kind == "transient_error",
        "timestamp": at,
    }


def _log_lines(state: JobState) -> list[str]:
    return [
        f"{line.at:%Y-%m-%d %H:%M:%S} {'ERROR ' if line.level == 'error' else ''}{line.message}" for line in state.lines
    ]


def workspace(record: Workspace) -> dict[str, Any]:
    """Print a workspace."""
    return {
        "workspaceId": record.workspace_id,
        "customerId": record.workspace_id,
        "name": record.name,
        "slug": record.name.lower().replace(" ", "-"),
        "initialSetupComplete": True,
        "tombstone": record.deleted,
    }


def actor(record: Actor) -> dict[str, Any]:
    """Print a source or destination."""
    kind = record.kind
    return {
        f"{kind}Id": record.actor_id,
        f"{kind}DefinitionId": record.definition_id,
        "workspaceId": record.workspace_id,
        "connectionConfiguration": masked(record.configuration),
        "name": record.name,
        f"{kind}Name": record.connector,
        "createdAt": epoch(record.created_at),
    }


def connection(record: Connection) -> dict[str, Any]:
    """Print a connection with its catalog."""
    return {
        "connectionId": record.connection_id,
        "workspaceId": record.workspace_id,
        "name": record.name,
        "sourceId": record.source_id,
        "destinationId": record.destination_id,
        "status": record.status,
        "namespaceDefinition": record.namespace_definition.replace("_", ""),
        "namespaceFormat": record.namespace_format,
        "prefix": record.prefix,
        "nonBreakingChangesPreference": record.schema_updates.removesuffix("_connection"),
        "operationIds": [],
        "syncCatalog": catalog(record.catalog, record.streams),
        **_schedule(record),
        "createdAt": epoch(record.created_at),
        "breakingChange": False,
    }


def _schedule(record: Connection) -> dict[str, Any]:
    kind = record.schedule["scheduleType"]
    if kind != "cron":
        return {"scheduleType": kind}
    cron = {"cronExpression": record.schedule["cronExpression"], "cronTimeZone": "UTC"}
    return {"scheduleType": kind, "scheduleData": {"cron": cron}}


def catalog(offered: tuple[Stream, ...], configured: tuple[StreamConfig, ...] = ()) -> dict[str, Any]:
    """Print the streams that are offered, and how those are configured that are."""
    by_key = {(config.name, config.namespace): config for config in configured}
    return {
        "streams": [
            {"stream": _stream(stream), "config": _config(stream, by_key.get((stream.name, stream.namespace)))}
            for stream in offered
        ]
    }


def _stream(stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "namespace": stream.namespace,
        "jsonSchema": stream.json_schema(),
        "supportedSyncModes": [_FULL, "incremental"],
        "sourceDefinedCursor": stream.cursor is not None,
        "defaultCursorField": [stream.cursor] if stream.cursor else [],
        "sourceDefinedPrimaryKey": [[name] for name in stream.primary_key],
    }


def _config(stream: Stream, config: StreamConfig | None) -> dict[str, Any]:
    if config is None:
        return {"selected": False, "syncMode": _FULL, "destinationSyncMode": "overwrite", "aliasName": stream.name}
    own_cursor = (stream.cursor,) if stream.cursor else ()
    own_key = tuple((name,) for name in stream.primary_key)
    return {
        "selected": True,
        "aliasName": stream.name,
        "syncMode": "incremental" if config.sync_mode.is_incremental else _FULL,
        "destinationSyncMode": _destination_mode(config.sync_mode),
        "cursorField": list(config.cursor_field or own_cursor),
        "primaryKey": [list(path) for path in config.primary_key or own_key],
        "fieldSelectionEnabled": config.selected_fields is not None,
    }


def _destination_mode(mode: SyncMode) -> str:
    words = {(True, True): "overwrite_dedup", (True, False): "overwrite", (False, True): "append_dedup"}
    return words.get((mode.replaces, mode.is_deduped), "append")


def state(
    connection_id: str, states: dict[StreamKey, StreamState], streams: tuple[StreamConfig, ...]
) -> dict[str, Any]:
    """Print what a connection remembers of its streams; a stream without a cursor has no state."""
    cursors = {key: kept.cursor for key, kept in states.items() if kept.cursor is not None}
    fields = {(config.name, config.namespace): config.cursor_field for config in streams}
    if not cursors:
        return {"stateType": "not_set", "connectionId": connection_id}
    printed = [
        {
            "streamDescriptor": _descriptor(*key),
            "streamState": {"cursor": cursor, "cursor_field": list(fields.get(key, ()))},
        }
        for key, cursor in cursors.items()
    ]
    return {"stateType": "stream", "connectionId": connection_id, "streamState": printed}


def _descriptor(name: str, namespace: str | None) -> dict[str, str]:
    return {"name": name} | ({"namespace": namespace} if namespace else {})
