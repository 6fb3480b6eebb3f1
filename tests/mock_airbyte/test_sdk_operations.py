"""Every operation of the `airbyte-api` SDK, called over HTTP: the SDK parses each answer with its own models."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from airbyte_api import AirbyteAPI, api, models

from mock_airbyte import MockAirbyte

Steps = Mapping[str, Callable[[], Any]]
_WITHOUT_CONTENT = {204}
_GROUPS = (
    "connections",
    "declarative_source_definitions",
    "destination_definitions",
    "destinations",
    "health",
    "jobs",
    "organizations",
    "permissions",
    "source_definitions",
    "sources",
    "streams",
    "tags",
    "users",
    "workspaces",
)


@pytest.fixture
def sdk(mock_airbyte: MockAirbyte) -> AirbyteAPI:
    credentials = models.SchemeClientCredentials(
        client_id=mock_airbyte.client_id,
        client_secret=mock_airbyte.client_secret,
        token_url=f"{mock_airbyte.url}/applications/token",
    )
    return AirbyteAPI(server_url=mock_airbyte.url, security=models.Security(client_credentials=credentials))


def _operations(sdk: AirbyteAPI) -> set[str]:
    return {
        f"{group}.{name}"
        for group in _GROUPS
        for name, _ in inspect.getmembers(getattr(sdk, group), inspect.ismethod)
        if not name.startswith("_") and not name.endswith("_async") and name not in ("do_request", "do_request_async")
    }


class Walk:
    """Calls operations and remembers which; each answer must be a success that holds what the SDK promises."""

    def __init__(self, sdk: AirbyteAPI) -> None:
        self.sdk = sdk
        self.called: set[str] = set()

    def __call__(self, operation: str, request: object = None) -> Any:
        group, _, name = operation.partition(".")
        method = getattr(getattr(self.sdk, group), name)
        response = method(request=request) if request is not None else method()
        self.called.add(operation)
        parsed = [
            getattr(response, field)
            for field in type(response).model_fields
            if field not in ("content_type", "status_code", "raw_response")
        ]
        assert response.status_code in (200, 204), operation
        assert all(one is not None for one in parsed), operation
        return parsed[0] if parsed else None


def test_every_operation_of_the_sdk_is_answered_in_its_own_models(
    sdk: AirbyteAPI, mock_airbyte: MockAirbyte, postgres_parts: dict[str, Any]
) -> None:
    walk = Walk(sdk)
    workspace_id = _workspaces(walk)
    _people(walk, workspace_id)
    _definitions(walk, workspace_id)
    connection_id = _pipelines(walk, workspace_id, postgres_parts)
    _jobs(walk, connection_id)
    _endings(walk, workspace_id)
    assert _operations(sdk) - walk.called == set()


def _workspaces(walk: Walk) -> str:
    walk("health.get_health_check")
    webhook = models.NotificationConfig(
        webhook=models.WebhookNotificationConfig(enabled=True, url="http://localhost:1")
    )
    request = models.WorkspaceCreateRequest(name="Sales", notifications=models.NotificationsConfig(failure=webhook))
    workspace_id: str = walk("workspaces.create_workspace", request).workspace_id
    read = walk("workspaces.get_workspace", api.GetWorkspaceRequest(workspace_id=workspace_id))
    assert read.notifications.failure.webhook.enabled is True
    change = models.WorkspaceUpdateRequest(name="Shop")
    update = api.UpdateWorkspaceRequest(workspace_id=workspace_id, workspace_update_request=change)
    assert walk("workspaces.update_workspace", update).name == "Shop"
    walk("workspaces.list_workspaces", api.ListWorkspacesRequest(workspace_ids=[workspace_id]))
    return workspace_id


def _people(walk: Walk, workspace_id: str) -> None:
    (organization,) = walk("organizations.list_organizations_for_user").data
    organization_id = organization.organization_id
    users = api.ListUsersWithinAnOrganizationRequest(organization_id=organization_id)
    (user,) = walk("users.list_users_within_an_organization", users).data
    create = models.PermissionCreateRequest(
        permission_type=models.PublicPermissionType.WORKSPACE_READER, user_id=user.id, workspace_id=workspace_id
    )
    permission_id = walk("permissions.create_permission", create).permission_id
    walk("permissions.get_permission", api.GetPermissionRequest(permission_id=permission_id))
    change = api.UpdatePermissionRequest(
        permission_id=permission_id,
        permission_update_request=models.PermissionUpdateRequest(permission_type=models.PermissionType.WORKSPACE_ADMIN),
    )
    assert walk("permissions.update_permission", change).permission_type == models.PermissionType.WORKSPACE_ADMIN
    listed = walk("permissions.list_permissions", api.ListPermissionsRequest(user_id=user.id)).data
    assert [one.scope for one in listed] == [models.PermissionScope.ORGANIZATION, models.PermissionScope.WORKSPACE]
    walk("permissions.delete_permission", api.DeletePermissionRequest(permission_id=permission_id))
    credentials = models.OrganizationOAuthCredentialsRequest(
        actor_type=models.ActorTypeEnum.SOURCE, name="github", configuration={"client_secret": "s"}
    )
    walk(
        "organizations.create_or_update_organization_o_auth_credentials",
        api.CreateOrUpdateOrganizationOAuthCredentialsRequest(
            organization_id=organization_id, organization_o_auth_credentials_request=credentials
        ),
    )
    walk(
        "organizations.delete_organization_o_auth_credentials",
        api.DeleteOrganizationOAuthCredentialsRequest(
            organization_id=organization_id, actor_type=models.ActorTypeEnum.SOURCE, name="github"
        ),
    )


def _definitions(walk: Walk, workspace_id: str) -> None:
    image = models.CreateDefinitionRequest(name="Own", docker_repository="shop/own", docker_image_tag="1")
    newer = models.UpdateDefinitionRequest(name="Own", docker_image_tag="2")
    manifest = models.CreateDeclarativeSourceDefinitionRequest(name="Low code", manifest={"version": "6"})
    newer_manifest = models.UpdateDeclarativeSourceDefinitionRequest(manifest={"version": "7"})
    for kind, body, change in (
        ("source_definition", image, newer),
        ("destination_definition", image, newer),
        ("declarative_source_definition", manifest, newer_manifest),
    ):
        word = "".join(part.capitalize() for part in kind.split("_"))
        own = "create_definition_request" if body is image else "create_declarative_source_definition_request"
        place = {"workspace_id": workspace_id}
        create = getattr(api, f"Create{word}Request")(**place, **{own: body})
        place["definition_id"] = walk(f"{kind}s.create_{kind}", create).id
        walk(f"{kind}s.get_{kind}", getattr(api, f"Get{word}Request")(**place))
        listed = walk(f"{kind}s.list_{kind}s", getattr(api, f"List{word}sRequest")(workspace_id=workspace_id))
        assert place["definition_id"] in [one.id for one in listed.data]
        update = getattr(api, f"Update{word}Request")(**place, **{own.replace("create", "update"): change})
        walk(f"{kind}s.update_{kind}", update)
        walk(f"{kind}s.delete_{kind}", getattr(api, f"Delete{word}Request")(**place))


def _pipelines(walk: Walk, workspace_id: str, postgres_parts: dict[str, Any]) -> str:
    faker = models.SourceFaker(count=50, seed=1)
    source_id = walk(
        "sources.create_source",
        models.SourceCreateRequest(name="Fake", workspace_id=workspace_id, configuration=faker),
    ).source_id
    put = models.SourcePutRequest(name="Fake 2", configuration=models.SourceFaker(count=40, seed=1))
    walk("sources.put_source", api.PutSourceRequest(source_id=source_id, source_put_request=put))
    patch = models.SourcePatchRequest(name="Fake 3")
    walk("sources.patch_source", api.PatchSourceRequest(source_id=source_id, source_patch_request=patch))
    assert walk("sources.get_source", api.GetSourceRequest(source_id=source_id)).name == "Fake 3"
    walk("sources.list_sources", api.ListSourcesRequest(workspace_ids=[workspace_id]))
    postgres = models.DestinationPostgres(**postgres_parts)
    destination_id = walk(
        "destinations.create_destination",
        models.DestinationCreateRequest(name="W", workspace_id=workspace_id, configuration=postgres),
    ).destination_id
    put_it = models.DestinationPutRequest(name="W 2", configuration=postgres)
    place = {"destination_id": destination_id}
    walk("destinations.put_destination", api.PutDestinationRequest(**place, destination_put_request=put_it))
    patch_it = models.DestinationPatchRequest(name="W 3")
    walk("destinations.patch_destination", api.PatchDestinationRequest(**place, destination_patch_request=patch_it))
    walk("destinations.get_destination", api.GetDestinationRequest(**place))
    walk("destinations.list_destinations", api.ListDestinationsRequest(workspace_ids=[workspace_id]))
    streams = api.GetStreamPropertiesRequest(source_id=source_id, destination_id=destination_id)
    assert [one.stream_name for one in walk("streams.get_stream_properties", streams)] == [
        "users",
        "products",
        "purchases",
    ]
    return _connection(walk, workspace_id, source_id, destination_id)


def _connection(walk: Walk, workspace_id: str, source_id: str, destination_id: str) -> str:
    create_tag = models.TagCreateRequest(name="nightly", color="FF00AA", workspace_id=workspace_id)
    tag = walk("tags.create_tag", create_tag)
    walk("tags.get_tag", api.GetTagRequest(tag_id=tag.tag_id))
    change = models.TagPatchRequest(name="daily", color="00FFAA")
    walk("tags.update_tag", api.UpdateTagRequest(tag_id=tag.tag_id, tag_patch_request=change))
    walk("tags.list_tags", api.ListTagsRequest(workspace_ids=[workspace_id]))
    carried = models.Tag(tag_id=tag.tag_id, name=tag.name, color=tag.color, workspace_id=workspace_id)
    create = models.ConnectionCreateRequest(
        source_id=source_id, destination_id=destination_id, name="Fake to W", tags=[carried]
    )
    connection_id: str = walk("connections.create_connection", create).connection_id
    tagged = walk("connections.list_connections", api.ListConnectionsRequest(tag_ids=[tag.tag_id])).data
    assert [one.tags[0].name for one in tagged] == ["daily"]
    schedule = models.AirbyteAPIConnectionSchedule(
        schedule_type=models.ScheduleTypeEnum.CRON, cron_expression="0 0 * * * ?"
    )
    patch = api.PatchConnectionRequest(
        connection_id=connection_id, connection_patch_request=models.ConnectionPatchRequest(schedule=schedule)
    )
    walk("connections.patch_connection", patch)
    walk("tags.delete_tag", api.DeleteTagRequest(tag_id=tag.tag_id))
    assert walk("connections.get_connection", api.GetConnectionRequest(connection_id=connection_id)).tags == []
    return connection_id


def _jobs(walk: Walk, connection_id: str) -> None:
    create = models.JobCreateRequest(connection_id=connection_id, job_type=models.JobTypeEnum.SYNC)
    job_id = walk("jobs.create_job", create).job_id
    walk("jobs.get_job", api.GetJobRequest(job_id=job_id))
    walk("jobs.list_jobs", api.ListJobsRequest(connection_id=connection_id))
    walk("jobs.cancel_job", api.CancelJobRequest(job_id=job_id))


def _endings(walk: Walk, workspace_id: str) -> None:
    initiate = models.InitiateOauthRequest(
        redirect_url="https://example.com/back", source_type=models.OAuthActorNames.GITHUB, workspace_id=workspace_id
    )
    walk("sources.initiate_o_auth", initiate)
    credentials = models.WorkspaceOAuthCredentialsRequest(
        actor_type=models.ActorTypeEnum.SOURCE, name=models.OAuthActorNames.GITHUB, configuration={"client_id": "c"}
    )
    walk(
        "workspaces.create_or_update_workspace_o_auth_credentials",
        api.CreateOrUpdateWorkspaceOAuthCredentialsRequest(
            workspace_id=workspace_id, workspace_o_auth_credentials_request=credentials
        ),
    )
    walk(
        "workspaces.delete_workspace_o_auth_credentials",
        api.DeleteWorkspaceOAuthCredentialsRequest(
            workspace_id=workspace_id, actor_type=models.ActorTypeEnum.SOURCE, name="github"
        ),
    )
    (connection,) = walk("connections.list_connections", api.ListConnectionsRequest(workspace_ids=[workspace_id])).data
    walk("connections.delete_connection", api.DeleteConnectionRequest(connection_id=connection.connection_id))
    walk("sources.delete_source", api.DeleteSourceRequest(source_id=connection.source_id))
    walk("destinations.delete_destination", api.DeleteDestinationRequest(destination_id=connection.destination_id))
    walk("workspaces.delete_workspace", api.DeleteWorkspaceRequest(workspace_id=workspace_id))
