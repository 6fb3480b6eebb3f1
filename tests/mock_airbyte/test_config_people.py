"""Who asks, whose a workspace is, custom sources and their builder's projects, in the Config API."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from werkzeug.test import Client

from mock_airbyte import MockAirbyte, StreamConfig
from tests.mock_airbyte.api import CONFIG, Api, Json
from tests.mock_airbyte.shops import people

EVERYBODYS = "00000000-0000-0000-0000-000000000000"
UNKNOWN = "11111111-1111-4111-8111-111111111111"
FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"
MANIFEST = {"version": "6.0.0", "type": "DeclarativeSource"}


def test_a_token_says_for_whom_it_was_issued(config_api: Api, mock: MockAirbyte) -> None:
    secrets = {"client_id": mock.client_id, "client_secret": mock.client_secret}
    token = Client(mock.app).post("/v1/applications/token", json=secrets).get_json()["access_token"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    user = config_api.post("/users/get_by_auth_id", {"authUserId": claims["sub"], "authProvider": "keycloak"})
    assert (user["userId"], "defaultWorkspaceId" in user) == (EVERYBODYS, False)
    assert config_api.post("/users/get", {"userId": EVERYBODYS}) == user
    config_api.post("/users/get_by_auth_id", {"authUserId": "nobody"}, expect=404)


def test_a_user_has_the_default_workspace_that_was_chosen(config_api: Api, mock: MockAirbyte) -> None:
    change = {"userId": EVERYBODYS, "defaultWorkspaceId": mock.workspace_id}
    assert config_api.post("/users/update", change)["defaultWorkspaceId"] == mock.workspace_id
    assert config_api.post("/users/get", {"userId": EVERYBODYS})["defaultWorkspaceId"] == mock.workspace_id
    config_api.post("/users/update", change | {"defaultWorkspaceId": UNKNOWN}, expect=404)
    (permission,) = config_api.post("/permissions/list_by_user", {"userId": EVERYBODYS})["permissions"]
    assert permission["permissionType"] == "organization_admin"


def test_organizations_and_their_workspaces_come_in_pages_by_name(config_api: Api, mock: MockAirbyte) -> None:
    mock.create_workspace("Sales")
    mine = {"organizationId": EVERYBODYS}
    pages = [{"pageSize": 1, "rowOffset": start} for start in range(3)]
    path = "/workspaces/list_by_organization_id"
    names = [
        [one["name"] for one in config_api.post(path, mine | {"pagination": page})["workspaces"]] for page in pages
    ]
    assert names == [["Default Workspace"], ["Sales"], []]
    assert len(config_api.post(path, mine | {"nameContains": "sale"})["workspaces"]) == 1
    path = "/organizations/list_by_user_id"
    assert config_api.post(path, {"userId": EVERYBODYS, "nameContains": "other"})["organizations"] == []
    info = config_api.post("/organizations/get_organization_info", mine)
    assert (info["organizationName"], info["billing"]["paymentStatus"]) == ("Default Organization", "okay")
    assert config_api.post("/workspaces/get_organization_info", {"workspaceId": mock.workspace_id}) == info


def test_a_deleted_workspace_is_shown_to_who_asks_for_its_tombstone(config_api: Api, mock: MockAirbyte) -> None:
    same = {"workspaceId": mock.workspace_id}
    Api(mock).delete(f"/workspaces/{mock.workspace_id}", expect=204)
    config_api.post("/workspaces/get", same, expect=404)
    assert config_api.post("/workspaces/get", same | {"includeTombstone": True})["tombstone"] is True
    config_api.post("/workspaces/get", {"workspaceId": UNKNOWN, "includeTombstone": True}, expect=404)


def test_a_declarative_source_has_a_project_without_a_draft(config_api: Api, mock: MockAirbyte) -> None:
    made = _published(mock)
    project = _project(config_api, mock, made)
    asked = config_api.post("/connector_builder_projects/get_with_manifest", project)
    assert asked["builderProject"] | project == asked["builderProject"] | {"workspaceId": mock.workspace_id}
    assert (asked["builderProject"]["hasDraft"], asked["declarativeManifest"]["manifest"]) == (False, MANIFEST)
    elsewhere = project | {"workspaceId": mock.create_workspace("Elsewhere")}
    config_api.post("/connector_builder_projects/get_with_manifest", elsewhere, expect=404)


def test_the_values_that_a_project_is_tested_with_are_replaced_and_their_secrets_hidden(
    config_api: Api, mock: MockAirbyte
) -> None:
    project, path = _project(config_api, mock, _published(mock)), "/connector_builder_projects/update_testing_values"
    values = {"api_key": "canary", "start": "2026"}
    shown = config_api.post(path, project | {"testingValues": values, "spec": {}})
    assert shown == {"api_key": "**********", "start": "2026"}
    config_api.post(path, project | {"testingValues": {"api_key": shown["api_key"]}})
    assert mock.app.registry.definitions.all()[0].testing_values == {"api_key": "canary"}


def test_a_source_of_a_custom_definition_is_read_from_its_substitute(warehouse: Path) -> None:
    substitute = {"source-my-api": {"type": "source-mock-inline", "configuration": {"streams": people()}}}
    mock = MockAirbyte(substitutes=substitute)
    body = {"name": "S", "workspaceId": mock.workspace_id, "configuration": {}, "definitionId": _published(mock)["id"]}
    source = Api(mock).post("/sources", body)
    assert (source["sourceType"], source["definitionId"]) == ("my-api", body["definitionId"])
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    connection_id = mock.create_connection(source["sourceId"], destination, streams=[StreamConfig("people")])
    assert mock.job(mock.sync(connection_id)).rows_committed == 2
    mock.stop()


@pytest.mark.parametrize("complete", [True, False])
def test_a_draft_is_one_until_its_check_succeeds(config_api: Api, mock: MockAirbyte, *, complete: bool) -> None:
    body = {"name": "F", "workspaceId": mock.workspace_id, "createAsDraft": True}
    definition = "778daa7c-feaf-4db6-96f3-70fd645acc77"  # `file`, which needs much
    made = config_api.post(
        "/sources/create",
        body | {"sourceDefinitionId": FAKER if complete else definition, "connectionConfiguration": {}},
    )
    same = {"sourceId": made["sourceId"]}
    checked = config_api.post("/sources/check_connection", same)["status"]
    after = config_api.post("/sources/get", same)
    assert (made["isDraft"], checked, "isDraft" in after) == (True, "succeeded" if complete else "failed", not complete)


def _published(mock: MockAirbyte) -> Json:
    path = f"/workspaces/{mock.workspace_id}/definitions/declarative_sources"
    return Api(mock).post(path, {"name": "My API", "manifest": MANIFEST})


def _project(config_api: Api, mock: MockAirbyte, made: Json) -> Json:
    asked = {"actorDefinitionId": made["id"], "workspaceId": mock.workspace_id}
    assert config_api.base == CONFIG
    project: Json = config_api.post("/connector_builder_projects/get_for_definition_id", asked)
    return project
