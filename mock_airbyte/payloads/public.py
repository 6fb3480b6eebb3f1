"""Records as the public API prints them. Nulls are left out; configurations come masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte import notification_settings
from mock_airbyte.masking import masked
from mock_airbyte.payloads.moments import duration, epoch, moment
from mock_airbyte.payloads.registry import tag as printed_tag
from mock_airbyte.records import SyncMode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mock_airbyte.job_state import JobState
    from mock_airbyte.records import Actor, Connection, StreamConfig, Workspace
    from mock_airbyte.registry import Tag
    from mock_airbyte.sources.protocol import Stream


def job(state: JobState, now: datetime) -> dict[str, Any]:
    """Print a job: `lastUpdatedAt` once it is over, `duration` once it runs, counts once rows are committed."""
    begun = state.job.created_at
    ended = state.updated_at if state.is_terminal else now
    counted = bool(state.streams) and (state.is_terminal or state.rows_committed > 0)
    return _without_nulls(
        {
            "jobId": state.job.job_id,
            "status": state.status,
            "jobType": state.job.job_type,
            "startTime": moment(begun),
            "connectionId": state.job.connection_id,
            "lastUpdatedAt": moment(state.updated_at) if state.is_terminal else None,
            "duration": duration(ended - begun) if state.status != "pending" else None,
            "bytesSynced": state.bytes_committed if counted else None,
            "rowsSynced": state.rows_committed if counted else None,
        }
    )


def workspace(record: Workspace) -> dict[str, Any]:
    """Print a workspace."""
    return {
        "workspaceId": record.workspace_id,
        "name": record.name,
        "dataResidency": "auto",
        "notifications": notification_settings.printed(record.notifications),
    }


def actor(record: Actor) -> dict[str, Any]:
    """Print a source or destination; its type stands in the configuration too, where clients look for it."""
    kind = record.kind
    return {
        f"{kind}Id": record.actor_id,
        "name": record.name,
        f"{kind}Type": record.connector,
        "definitionId": record.definition_id,
        "workspaceId": record.workspace_id,
        "configuration": {**masked(record.configuration, record.secrets), f"{kind}Type": record.connector},
        "createdAt": epoch(record.created_at),
    }


def connection(record: Connection, tags: Sequence[Tag] = ()) -> dict[str, Any]:
    """Print a connection with the tags that it carries."""
    return _without_nulls(
        {
            "connectionId": record.connection_id,
            "name": record.name,
            "sourceId": record.source_id,
            "destinationId": record.destination_id,
            "workspaceId": record.workspace_id,
            "status": record.status,
            "schedule": dict(record.schedule),
            "dataResidency": "auto",
            "configurations": {"streams": [_configured(stream) for stream in record.streams]},
            "createdAt": epoch(record.created_at),
            "tags": [printed_tag(tag) for tag in tags],
            "namespaceDefinition": record.namespace_definition,
            "namespaceFormat": record.namespace_format,
            "nonBreakingSchemaUpdatesBehavior": record.schema_updates,
            "prefix": record.prefix,
        }
    )


def _configured(stream: StreamConfig) -> dict[str, Any]:
    selected = stream.selected_fields
    return _without_nulls(
        {
            "name": stream.name,
            "namespace": stream.namespace,
            "syncMode": str(stream.sync_mode),
            "cursorField": list(stream.cursor_field),
            "primaryKey": [list(path) for path in stream.primary_key],
            "selectedFields": [{"fieldPath": [name]} for name in selected] if selected is not None else None,
            "mappers": [],
        }
    )


def stream_properties(stream: Stream) -> dict[str, Any]:
    """Print what `GET /streams` tells of a stream."""
    return _without_nulls(
        {
            "streamName": stream.name,
            "streamnamespace": stream.namespace,
            "syncModes": [str(mode) for mode in SyncMode if stream.is_resumable or not mode.is_incremental],
            "defaultCursorField": default_cursor(stream),
            "sourceDefinedCursorField": stream.cursor is not None or not stream.needs_cursor,
            "sourceDefinedPrimaryKey": [[name] for name in stream.primary_key],
            "propertyFields": [[column.name] for column in stream.columns],
        }
    )


def default_cursor(stream: Stream) -> list[str]:
    """Return the path of the cursor that a source defines or proposes; empty: none."""
    if stream.own is not None:
        return list(stream.own.proposed_cursor)
    return [stream.cursor] if stream.cursor else []


def _without_nulls(payload: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if value is not None}
