"""Which path leads to which handler: the Config API's operations, as far as orchestrators use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte import bodies as public
from mock_airbyte import config_bodies as bodies
from mock_airbyte.handlers import (
    access,
    config_actors,
    config_connections,
    config_jobs,
    config_schedules,
    config_workspaces,
)
from mock_airbyte.route import Route
from mock_airbyte.shapes import record

if TYPE_CHECKING:
    from mock_airbyte.records import ActorKind


def _actors(kind: ActorKind) -> tuple[Route, ...]:
    return (
        Route("POST", f"/{kind}s/list", config_actors.find(kind), bodies.WORKSPACE_ID),
        Route("POST", f"/{kind}s/get", config_actors.get(kind), bodies.actor_id(kind)),
        Route("POST", f"/{kind}s/create", config_actors.create(kind), bodies.actor(kind)),
        Route("POST", f"/{kind}s/update", config_actors.update(kind), bodies.actor_change(kind)),
        Route("POST", f"/{kind}s/delete", config_actors.delete(kind), bodies.actor_id(kind), success=204),
        Route("POST", f"/{kind}s/check_connection", config_actors.check_connection(kind), bodies.actor_id(kind)),
        Route("POST", f"/{kind}_definitions/list", config_workspaces.list_definitions(kind), record()),
        Route(
            "POST",
            f"/{kind}_definitions/list_for_workspace",
            config_workspaces.list_definitions(kind),
            bodies.WORKSPACE_ID,
        ),
        Route("POST", f"/{kind}_definitions/get", config_workspaces.get_definition(kind), bodies.definition_id(kind)),
        Route(
            "POST",
            f"/{kind}_definition_specifications/get",
            config_workspaces.get_specification(kind),
            bodies.specification(kind),
        ),
    )


CONFIG = (
    Route("GET", "/health", access.config_health, is_open=True),
    Route("POST", "/applications/token", access.create_token, public.TOKEN, is_open=True),
    Route("POST", "/connections/get", config_connections.get, bodies.CONNECTION_ID),
    Route("POST", "/connections/list", config_connections.find, bodies.CONNECTIONS),
    Route("POST", "/connections/create", config_connections.create, bodies.CONNECTION),
    Route("POST", "/connections/update", config_connections.update, bodies.CONNECTION_CHANGE),
    Route("POST", "/connections/delete", config_connections.delete, bodies.CONNECTION_ID, success=204),
    Route("POST", "/connections/sync", config_jobs.sync, bodies.CONNECTION_ID, refusals=(409,)),
    Route("POST", "/connections/reset", config_jobs.reset, bodies.CONNECTION_ID, refusals=(409,)),
    Route("POST", "/web_backend/connections/get", config_connections.web_get, bodies.WEB_CONNECTION),
    Route("POST", "/web_backend/connections/update", config_connections.web_update, bodies.CONNECTION_CHANGE),
    Route("POST", "/connections/status", config_schedules.statuses, bodies.CONNECTION_IDS),
    Route("POST", "/web_backend/describe_cron_expression", config_schedules.describe, bodies.CRON),
    Route("POST", "/jobs/get", config_jobs.get, bodies.JOB_ID),
    Route("POST", "/jobs/list", config_jobs.find, bodies.JOBS),
    Route("POST", "/jobs/cancel", config_jobs.cancel, bodies.JOB_ID),
    Route("POST", "/state/get", config_connections.get_state, bodies.CONNECTION_ID),
    Route("POST", "/state/create_or_update", config_connections.put_state, bodies.STATE),
    Route("POST", "/state/create_or_update_safe", config_connections.put_state_safely, bodies.STATE, refusals=(423,)),
    Route("POST", "/workspaces/list", config_workspaces.find, record()),
    Route(
        "POST", "/workspaces/list_by_organization_id", config_workspaces.find_by_organization, bodies.ORGANIZATION_ID
    ),
    Route("POST", "/workspaces/get", config_workspaces.get, bodies.WORKSPACE_ID),
    Route("POST", "/workspaces/update", config_workspaces.update, bodies.WORKSPACE_CHANGE),
    Route("POST", "/workspaces/get_organization_info", config_workspaces.organization_of, bodies.WORKSPACE_ID),
    Route("POST", "/organizations/list_by_user_id", config_workspaces.organizations, bodies.USER_ID),
    Route("POST", "/organizations/get", config_workspaces.get_organization, bodies.ORGANIZATION_ID),
    Route("POST", "/notifications/try_webhook", config_workspaces.try_webhook, bodies.WEBHOOK),
    *_actors("source"),
    Route("POST", "/sources/discover_schema", config_actors.discover_schema, bodies.DISCOVER),
    *_actors("destination"),
)
