"""Which path leads to which handler: the Config API's operations, as far as orchestrators use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte import bodies as public
from mock_airbyte import config_bodies as bodies
from mock_airbyte.handlers import (
    access,
    builder_projects,
    config_actors,
    config_connections,
    config_jobs,
    config_people,
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


def _builder_projects() -> tuple[Route, ...]:
    path = "/connector_builder_projects"
    return (
        Route(
            "POST",
            f"{path}/get_for_definition_id",
            builder_projects.project_of_definition,
            bodies.PROJECT_OF_DEFINITION,
        ),
        Route("POST", f"{path}/get_with_manifest", builder_projects.project_with_manifest, bodies.PROJECT),
        Route("POST", f"{path}/update_testing_values", builder_projects.update_testing_values, bodies.TESTING_VALUES),
    )


CONFIG = (
    Route("GET", "/health", access.config_health, is_open=True),
    Route("POST", "/applications/token", access.create_token, public.TOKEN, is_open=True),
    Route("POST", "/connections/get", config_connections.get, bodies.CONNECTION_ID),
    Route("POST", "/connections/list", config_connections.find, bodies.CONNECTIONS),
    Route("POST", "/connections/create", config_connections.create, bodies.CONNECTION, refusals=(500,)),
    Route("POST", "/connections/update", config_connections.update, bodies.CONNECTION_CHANGE),
    Route("POST", "/connections/delete", config_connections.delete, bodies.CONNECTION_ID, success=204),
    Route("POST", "/connections/sync", config_jobs.sync, bodies.CONNECTION_ID, refusals=(409, 500)),
    Route("POST", "/connections/reset", config_jobs.reset, bodies.CONNECTION_ID, refusals=(409,)),
    Route("POST", "/web_backend/connections/get", config_connections.web_get, bodies.WEB_CONNECTION),
    Route("POST", "/web_backend/connections/update", config_connections.web_update, bodies.CONNECTION_CHANGE),
    Route("POST", "/connections/status", config_schedules.statuses, bodies.CONNECTION_IDS),
    Route("POST", "/web_backend/describe_cron_expression", config_schedules.describe, bodies.CRON),
    Route("POST", "/jobs/get", config_jobs.get, bodies.JOB_ID, refusals=(500,)),
    Route("POST", "/jobs/list", config_jobs.find, bodies.JOBS),
    Route("POST", "/jobs/cancel", config_jobs.cancel, bodies.JOB_ID, refusals=(500,)),
    Route("POST", "/state/get", config_connections.get_state, bodies.CONNECTION_ID),
    Route("POST", "/state/create_or_update", config_connections.put_state, bodies.STATE),
    Route("POST", "/state/create_or_update_safe", config_connections.put_state_safely, bodies.STATE, refusals=(423,)),
    Route("POST", "/workspaces/list", config_workspaces.find, record()),
    Route(
        "POST",
        "/workspaces/list_by_organization_id",
        config_workspaces.find_by_organization,
        bodies.ORGANIZATION_WORKSPACES,
    ),
    Route("POST", "/workspaces/get", config_workspaces.get, bodies.WORKSPACE),
    Route("POST", "/workspaces/update", config_workspaces.update, bodies.WORKSPACE_CHANGE),
    Route("POST", "/workspaces/get_organization_info", config_people.organization_of, bodies.WORKSPACE_ID),
    Route("POST", "/organizations/list_by_user_id", config_people.organizations_of_user, bodies.USER_ORGANIZATIONS),
    Route("POST", "/organizations/get", config_people.get_organization, bodies.ORGANIZATION_ID),
    Route("POST", "/organizations/get_organization_info", config_people.organization_info, bodies.ORGANIZATION_ID),
    Route("POST", "/users/get", config_people.get_user, bodies.USER_ID),
    Route("POST", "/users/get_by_auth_id", config_people.user_by_auth_id, bodies.AUTH_USER),
    Route("POST", "/users/update", config_people.update_user, bodies.USER_CHANGE),
    Route("POST", "/permissions/list_by_user", config_people.permissions_of_user, bodies.USER_ID),
    *_builder_projects(),
    Route("POST", "/notifications/try_webhook", config_workspaces.try_webhook, bodies.WEBHOOK),
    *_actors("source"),
    Route("POST", "/sources/discover_schema", config_actors.discover_schema, bodies.DISCOVER),
    *_actors("destination"),
)
