"""Workspaces, sources, destinations, connections and state as the Config API prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte import notification_settings
from mock_airbyte.connection_states import printed_states
from mock_airbyte.masking import masked
from mock_airbyte.payloads.moments import epoch
from mock_airbyte.payloads.public import default_cursor
from mock_airbyte.payloads.registry import tag as printed_tag
from mock_airbyte.schedules import Cron, Every, timing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_airbyte.job_state import JobState
    from mock_airbyte.programs.specification import Specification
    from mock_airbyte.records import Actor, ActorKind, Connection, StreamConfig, StreamState, SyncMode, Workspace
    from mock_airbyte.registry import Definition, Organization, Tag, User
    from mock_airbyte.sources.protocol import Stream
    from mock_airbyte.sync.plan import StreamKey

_FULL = "full_refresh"


def workspace(record: Workspace) -> dict[str, Any]:
    """Print a workspace."""
    return {
        "workspaceId": record.workspace_id,
        "customerId": record.workspace_id,
        "name": record.name,
        "slug": record.name.lower().replace(" ", "-"),
        "initialSetupComplete": True,
        "tombstone": record.deleted,
        "organizationId": record.organization_id,
        "notifications": [],
        "notificationSettings": notification_settings.config_printed(record.notifications),
    }


def actor(record: Actor) -> dict[str, Any]:
    """Print a source or destination."""
    kind = record.kind
    return {
        f"{kind}Id": record.actor_id,
        f"{kind}DefinitionId": record.definition_id,
        "workspaceId": record.workspace_id,
        "connectionConfiguration": masked(record.configuration, record.secrets),
        "name": record.name,
        f"{kind}Name": record.connector,
        "createdAt": epoch(record.created_at),
        **({"isDraft": True} if record.is_draft else {}),
    }


def user(record: User) -> dict[str, Any]:
    """Print a user; who signs in is known by the same id."""
    printed: dict[str, Any] = {
        "userId": record.user_id,
        "authUserId": record.user_id,
        "name": record.name,
        "email": record.email,
        "defaultWorkspaceId": record.default_workspace_id,
        "status": "registered",
        "metadata": {},
    }
    return {name: value for name, value in printed.items() if value is not None}


def organization_info(record: Organization) -> dict[str, Any]:
    """Print an organization with its bills, which are paid."""
    return {
        "organizationId": record.organization_id,
        "organizationName": record.name,
        "sso": False,
        "billing": {"paymentStatus": "okay", "subscriptionStatus": "subscribed"},
    }


def connection(record: Connection, tags: Sequence[Tag] = ()) -> dict[str, Any]:
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
        **schedule(record),
        "createdAt": epoch(record.created_at),
        "breakingChange": False,
        "tags": [printed_tag(tag) for tag in tags],
    }


def web_connection(
    printed: dict[str, Any], *, source: Actor, destination: Actor, newest: JobState | None
) -> dict[str, Any]:
    """Print a connection as the web page reads it; `newest`: its newest job, if it has one."""
    jobs: dict[str, Any] = {"isSyncing": newest is not None and not newest.is_terminal}
    if newest is not None:
        jobs["latestSyncJobCreatedAt"] = epoch(newest.job.created_at)
        jobs["latestSyncJobStatus"] = newest.status
    return printed | jobs | {"source": actor(source), "destination": actor(destination), "schemaChange": "no_change"}


def definition(record: Definition, kind: ActorKind) -> dict[str, Any]:
    """Print a connector's definition."""
    return {
        f"{kind}DefinitionId": record.definition_id,
        "name": record.name,
        "dockerRepository": record.docker_repository,
        "dockerImageTag": record.docker_image_tag,
        "documentationUrl": record.documentation_url,
        "custom": bool(record.workspace_id),
        "supportLevel": "none" if record.workspace_id else "community",
    }


def specification(definition_id: str, kind: ActorKind, found: Specification) -> dict[str, Any]:
    """Print what a connector's configuration must be."""
    printed = {
        f"{kind}DefinitionId": definition_id,
        "connectionSpecification": found.schema,
        "documentationUrl": found.rest.get("documentationUrl"),
        "advancedAuth": found.rest.get("advanced_auth"),
    }
    return {name: value for name, value in printed.items() if value is not None}


def schedule(record: Connection) -> dict[str, Any]:
    """Print a connection's schedule."""
    match timing_of(record.schedule):
        case Every(units, unit):
            basic = {"timeUnit": unit, "units": units}
            return {"scheduleType": "basic", "scheduleData": {"basicSchedule": basic}}
        case Cron(expression, time_zone):
            cron = {"cronExpression": expression, "cronTimeZone": time_zone}
            return {"scheduleType": "cron", "scheduleData": {"cron": cron}}
    return {"scheduleType": "manual"}


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
        "supportedSyncModes": [_FULL, "incremental"] if stream.is_resumable else [_FULL],
        "sourceDefinedCursor": stream.cursor is not None or not stream.needs_cursor,
        "defaultCursorField": default_cursor(stream),
        "sourceDefinedPrimaryKey": [[name] for name in stream.primary_key],
    }


def _config(stream: Stream, config: StreamConfig | None) -> dict[str, Any]:
    if config is None:
        return {"selected": False, "syncMode": _FULL, "destinationSyncMode": "overwrite", "aliasName": stream.name}
    own_key = tuple((name,) for name in stream.primary_key)
    return {
        "selected": True,
        "aliasName": stream.name,
        "syncMode": "incremental" if config.sync_mode.is_incremental else _FULL,
        "destinationSyncMode": _destination_mode(config.sync_mode),
        "cursorField": list(config.cursor_field) or default_cursor(stream),
        "primaryKey": [list(path) for path in config.primary_key or own_key],
        "fieldSelectionEnabled": config.selected_fields is not None,
    }


def _destination_mode(mode: SyncMode) -> str:
    words = {(True, True): "overwrite_dedup", (True, False): "overwrite", (False, True): "append_dedup"}
    return words.get((mode.replaces, mode.is_deduped), "append")


def state(
    connection_id: str, states: dict[StreamKey, StreamState], streams: tuple[StreamConfig, ...]
) -> dict[str, Any]:
    """Print what a connection remembers of its streams; a stream without a cursor, or a state of its own, has none."""
    return {"connectionId": connection_id, **printed_states(states, streams)}


def descriptor(name: str, namespace: str | None) -> dict[str, str]:
    """Print what tells a stream from others."""
    return {"name": name} | ({"namespace": namespace} if namespace else {})
