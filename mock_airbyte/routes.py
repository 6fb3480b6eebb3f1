"""Which path leads to which handler: the public API's operations, and the Config API's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mock_airbyte.calls import Answer, Call
from mock_airbyte.handlers import access, actors, config_jobs, config_resources, connections, jobs, streams, workspaces
from mock_airbyte.paths import CONFIG_BASE, PUBLIC_BASES

__all__ = ["CONFIG", "CONFIG_BASE", "PUBLIC", "PUBLIC_BASES", "Route"]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `path` is below its base and names its arguments like `<job_id>`."""

    method: str
    path: str
    handler: Callable[[Call], Answer]
    is_open: bool = False  # whether anybody may call it


PUBLIC = (
    Route("GET", "/health", access.health, is_open=True),
    Route("POST", "/applications/token", access.create_token, is_open=True),
    Route("POST", "/jobs", jobs.create_job),
    Route("GET", "/jobs", jobs.list_jobs),
    Route("GET", "/jobs/<job_id>", jobs.get_job),
    Route("DELETE", "/jobs/<job_id>", jobs.cancel_job),
    Route("POST", "/workspaces", workspaces.create_workspace),
    Route("GET", "/workspaces", workspaces.list_workspaces),
    Route("GET", "/workspaces/<uuid:workspace_id>", workspaces.get_workspace),
    Route("PATCH", "/workspaces/<uuid:workspace_id>", workspaces.update_workspace),
    Route("DELETE", "/workspaces/<uuid:workspace_id>", workspaces.delete_workspace),
    Route("POST", "/connections", connections.create_connection),
    Route("GET", "/connections", connections.list_connections),
    Route("GET", "/connections/<uuid:connection_id>", connections.get_connection),
    Route("PATCH", "/connections/<uuid:connection_id>", connections.update_connection),
    Route("DELETE", "/connections/<uuid:connection_id>", connections.delete_connection),
    Route("GET", "/streams", streams.get_stream_properties),
    Route("POST", "/sources", actors.create("source")),
    Route("GET", "/sources", actors.find("source")),
    Route("GET", "/sources/<uuid:actor_id>", actors.get("source")),
    Route("PUT", "/sources/<uuid:actor_id>", actors.update("source", whole=True)),
    Route("PATCH", "/sources/<uuid:actor_id>", actors.update("source", whole=False)),
    Route("DELETE", "/sources/<uuid:actor_id>", actors.delete("source")),
    Route("POST", "/destinations", actors.create("destination")),
    Route("GET", "/destinations", actors.find("destination")),
    Route("GET", "/destinations/<uuid:actor_id>", actors.get("destination")),
    Route("PUT", "/destinations/<uuid:actor_id>", actors.update("destination", whole=True)),
    Route("PATCH", "/destinations/<uuid:actor_id>", actors.update("destination", whole=False)),
    Route("DELETE", "/destinations/<uuid:actor_id>", actors.delete("destination")),
)

CONFIG = (
    Route("GET", "/health", access.config_health, is_open=True),
    Route("POST", "/applications/token", access.create_token, is_open=True),
    Route("POST", "/connections/get", config_resources.get_connection),
    Route("POST", "/connections/list", config_resources.list_connections),
    Route("POST", "/connections/sync", config_jobs.sync),
    Route("POST", "/connections/reset", config_jobs.reset),
    Route("POST", "/jobs/get", config_jobs.get),
    Route("POST", "/jobs/list", config_jobs.find),
    Route("POST", "/jobs/cancel", config_jobs.cancel),
    Route("POST", "/state/get", config_resources.get_state),
    Route("POST", "/workspaces/list", config_resources.list_workspaces),
    Route("POST", "/workspaces/get", config_resources.get_workspace),
    Route("POST", "/sources/list", config_resources.list_actors("source")),
    Route("POST", "/sources/check_connection", config_resources.check_connection("source")),
    Route("POST", "/sources/discover_schema", config_resources.discover_schema),
    Route("POST", "/destinations/list", config_resources.list_actors("destination")),
    Route("POST", "/destinations/check_connection", config_resources.check_connection("destination")),
)
