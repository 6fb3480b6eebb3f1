"""Which path leads to which handler: the public API's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte import bodies
from mock_airbyte.handlers import (
    access,
    actors,
    connections,
    definitions,
    jobs,
    oauth,
    people,
    streams,
    tags,
    workspaces,
)
from mock_airbyte.route import Route
from mock_airbyte.shapes import ID, TEXT, Query

if TYPE_CHECKING:
    from mock_airbyte.registry import DefinitionKind
    from mock_airbyte.route import Handler
    from mock_airbyte.shapes import Shape


def _definitions(kind: DefinitionKind, create: Handler, created: Shape, changed: Shape) -> tuple[Route, ...]:
    path = f"/workspaces/<uuid:workspace_id>/definitions/{kind}s"
    one = f"{path}/<uuid:definition_id>"
    return (
        Route("POST", path, create, created),
        Route("GET", path, definitions.find(kind), query=bodies.PAGE),
        Route("GET", one, definitions.get(kind)),
        Route("PUT", one, definitions.update(kind), changed, refusals=(403,)),
        Route("DELETE", one, definitions.delete(kind), refusals=(403,)),
    )


def _oauth_credentials(owner: str, put: Handler, delete: Handler) -> tuple[Route, ...]:
    path = f"/{owner}s/<uuid:{owner}_id>/oauthCredentials"
    return (
        Route("PUT", path, put, bodies.OAUTH_CREDENTIALS),
        Route("DELETE", f"{path}/<any(source, destination):actor_type>/<name>", delete, success=204),
    )


PUBLIC = (
    Route("GET", "/health", access.health, is_open=True),
    Route("POST", "/applications/token", access.create_token, bodies.TOKEN, is_open=True),
    Route("POST", "/jobs", jobs.create_job, bodies.JOB, refusals=(409,)),
    Route("GET", "/jobs", jobs.list_jobs, query=bodies.JOBS),
    Route("GET", "/jobs/<job_id>", jobs.get_job, refusals=(409,)),
    Route("DELETE", "/jobs/<job_id>", jobs.cancel_job, refusals=(409,)),
    Route("POST", "/workspaces", workspaces.create_workspace, bodies.WORKSPACE),
    Route("GET", "/workspaces", workspaces.list_workspaces, query=bodies.LISTED),
    Route("GET", "/workspaces/<uuid:workspace_id>", workspaces.get_workspace),
    Route("PATCH", "/workspaces/<uuid:workspace_id>", workspaces.update_workspace, bodies.WORKSPACE_CHANGE),
    Route("DELETE", "/workspaces/<uuid:workspace_id>", workspaces.delete_workspace, success=204),
    Route("POST", "/connections", connections.create_connection, bodies.CONNECTION, refusals=(500,)),
    Route("GET", "/connections", connections.list_connections, query=(*bodies.LISTED, Query("tagIds", bodies.IDS))),
    Route("GET", "/connections/<uuid:connection_id>", connections.get_connection),
    Route(
        "PATCH",
        "/connections/<uuid:connection_id>",
        connections.update_connection,
        bodies.CONNECTION_CHANGE,
        refusals=(500,),
    ),
    Route("DELETE", "/connections/<uuid:connection_id>", connections.delete_connection, success=204),
    Route(
        "GET",
        "/streams",
        streams.get_stream_properties,
        query=(Query("sourceId", ID, is_required=True), Query("destinationId", ID), Query("ignoreCache", TEXT)),
        refusals=(500,),
    ),
    Route("POST", "/sources", actors.create("source"), bodies.ACTOR),
    Route("GET", "/sources", actors.find("source"), query=bodies.LISTED),
    Route("POST", "/sources/initiateOAuth", oauth.initiate, bodies.OAUTH),
    Route("GET", "/sources/<uuid:actor_id>", actors.get("source")),
    Route("PUT", "/sources/<uuid:actor_id>", actors.update("source", whole=True), bodies.ACTOR_PUT),
    Route("PATCH", "/sources/<uuid:actor_id>", actors.update("source", whole=False), bodies.ACTOR_PATCH),
    Route("DELETE", "/sources/<uuid:actor_id>", actors.delete("source"), success=204),
    Route("POST", "/destinations", actors.create("destination"), bodies.ACTOR),
    Route("GET", "/destinations", actors.find("destination"), query=bodies.LISTED),
    Route("GET", "/destinations/<uuid:actor_id>", actors.get("destination")),
    Route("PUT", "/destinations/<uuid:actor_id>", actors.update("destination", whole=True), bodies.ACTOR_PUT),
    Route("PATCH", "/destinations/<uuid:actor_id>", actors.update("destination", whole=False), bodies.ACTOR_PATCH),
    Route("DELETE", "/destinations/<uuid:actor_id>", actors.delete("destination"), success=204),
    Route("POST", "/tags", tags.create_tag, bodies.TAG),
    Route("GET", "/tags", tags.list_tags, query=(Query("workspaceIds", bodies.IDS),)),
    Route("GET", "/tags/<uuid:tag_id>", tags.get_tag),
    Route("PATCH", "/tags/<uuid:tag_id>", tags.update_tag, bodies.TAG_CHANGE),
    Route("DELETE", "/tags/<uuid:tag_id>", tags.delete_tag, success=204),
    Route("GET", "/organizations", people.list_organizations),
    Route(
        "GET",
        "/users",
        people.list_users,
        query=(
            Query("organizationId", ID, is_required=True),
            Query("ids", bodies.IDS),
            Query("emails", bodies.TEXTS),
        ),
    ),
    Route("POST", "/permissions", people.create_permission, bodies.PERMISSION),
    Route("GET", "/permissions", people.list_permissions, query=(Query("userId", ID), Query("organizationId", ID))),
    Route("GET", "/permissions/<uuid:permission_id>", people.get_permission),
    Route("PATCH", "/permissions/<uuid:permission_id>", people.update_permission, bodies.PERMISSION_CHANGE),
    Route("DELETE", "/permissions/<uuid:permission_id>", people.delete_permission, success=204),
    *_definitions("source", definitions.create("source"), bodies.DEFINITION, bodies.DEFINITION_CHANGE),
    *_definitions("destination", definitions.create("destination"), bodies.DEFINITION, bodies.DEFINITION_CHANGE),
    *_definitions("declarative_source", definitions.create_declarative, bodies.DECLARATIVE, bodies.DECLARATIVE_CHANGE),
    *_oauth_credentials("workspace", oauth.set_workspace_credentials, oauth.delete_workspace_credentials),
    *_oauth_credentials("organization", oauth.set_organization_credentials, oauth.delete_organization_credentials),
)
