"""Tags, permissions, users, organizations and definitions: what the public API refuses, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_airbyte import MockAirbyte
from tests.mock_airbyte.api import Api, Json, reason
from tests.mock_airbyte.shops import connected

UNKNOWN = "11111111-1111-4111-8111-111111111111"
EVERYBODYS = "00000000-0000-0000-0000-000000000000"
FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"


@pytest.fixture
def tag(api: Api, mock: MockAirbyte) -> Json:
    return api.post("/tags", {"name": "nightly", "color": "ff00aa", "workspaceId": mock.workspace_id})


def test_a_connection_carries_tags_until_they_are_deleted(
    api: Api, mock: MockAirbyte, warehouse: Path, tag: Json
) -> None:
    path = f"/connections/{connected(mock, warehouse)}"
    assert api.patch(path, {"tags": [tag]})["tags"] == [tag | {"color": "FF00AA"}]
    assert len(api.get("/connections", tagIds=tag["tagId"])["data"]) == 1
    assert api.get("/connections", tagIds=UNKNOWN)["data"] == []
    api.delete(f"/tags/{tag['tagId']}", expect=204)
    assert api.get(path)["tags"] == []


@pytest.mark.parametrize(
    ("body", "expect"),
    [
        ({"name": "n", "color": "red", "workspaceId": None}, 400),
        ({"name": "n", "color": "000000", "workspaceId": UNKNOWN}, 404),
        ({"name": 7, "color": "000000", "workspaceId": UNKNOWN}, 400),
        ({"color": "000000", "workspaceId": UNKNOWN}, 400),
    ],
)
def test_a_tag_that_makes_no_sense_is_refused(api: Api, mock: MockAirbyte, body: Json, expect: int) -> None:
    api.post("/tags", body | ({} if body["workspaceId"] else {"workspaceId": mock.workspace_id}), expect=expect)


def test_a_connection_cannot_carry_a_tag_that_does_not_exist(api: Api, mock: MockAirbyte, warehouse: Path) -> None:
    path = f"/connections/{connected(mock, warehouse)}"
    assert api.patch(path, {"tags": [{"tagId": UNKNOWN}]}, expect=404)["data"]["resourceType"] == "TAG"


@pytest.mark.parametrize(
    ("scopes", "kind", "message"),
    [
        ({}, "workspace_reader", "Either workspaceId or organizationId"),
        ({"workspaceId": "", "organizationId": EVERYBODYS}, "workspace_reader", "not one of organization permissions"),
        ({"organizationId": EVERYBODYS}, "king", "permissionType: Unexpected value 'king'"),
    ],
)
def test_a_permission_needs_one_scope_that_it_fits(api: Api, scopes: Json, kind: str, message: str) -> None:
    body = {"userId": EVERYBODYS, "permissionType": kind} | {key: value for key, value in scopes.items() if value}
    assert message in reason(api.post("/permissions", body, expect=400))


def test_permissions_are_listed_by_organization_that_of_their_workspace_too(api: Api, mock: MockAirbyte) -> None:
    body = {"userId": EVERYBODYS, "permissionType": "workspace_reader", "workspaceId": mock.workspace_id}
    api.post("/permissions", body)
    assert len(api.get("/permissions", organizationId=EVERYBODYS)["data"]) == 2
    assert api.get("/permissions", organizationId=UNKNOWN)["data"] == []


def test_users_are_listed_by_organization_and_address(api: Api) -> None:
    (user,) = api.get("/users", organizationId=EVERYBODYS)["data"]
    assert api.get("/users", organizationId=EVERYBODYS, emails=user["email"])["data"] == [user]
    assert api.get("/users", organizationId=EVERYBODYS, emails="nobody@example.com")["data"] == []
    api.get("/users", expect=400)
    api.get("/users", expect=404, organizationId=UNKNOWN)


def test_the_connectors_that_the_mock_has_are_defined_and_cannot_be_changed(api: Api, mock: MockAirbyte) -> None:
    path = f"/workspaces/{mock.workspace_id}/definitions/sources"
    assert api.get(f"{path}/{FAKER}")["dockerRepository"] == "airbyte/source-faker"
    refused = api.call("PUT", f"{path}/{FAKER}", expect=403, json={"name": "x", "dockerImageTag": "9"})
    assert refused["title"] == "forbidden"
    api.delete(f"{path}/{FAKER}", expect=403)
    api.get(f"{path}/{UNKNOWN}", expect=404)


def test_definitions_are_seen_in_their_own_workspace_and_come_in_pages(api: Api, mock: MockAirbyte) -> None:
    elsewhere = mock.create_workspace("Elsewhere")
    own = {"name": "Own", "dockerRepository": "shop/own", "dockerImageTag": "1"}
    api.post(f"/workspaces/{elsewhere}/definitions/destinations", own)
    names = [one["name"] for one in api.get(f"/workspaces/{elsewhere}/definitions/destinations")["data"]]
    assert "Own" in names
    path = f"/workspaces/{mock.workspace_id}/definitions/destinations"
    first = api.get(path, limit=1)
    assert (len(first["data"]), first["next"].endswith(f"{path}?limit=1&offset=1")) == (1, True)
    assert "Own" not in str(api.get(path))


def test_a_new_manifest_is_a_new_version(api: Api, mock: MockAirbyte) -> None:
    path = f"/workspaces/{mock.workspace_id}/definitions/declarative_sources"
    made = api.post(path, {"name": "Low code", "manifest": {"version": "6"}})
    changed = api.call("PUT", f"{path}/{made['id']}", json={"manifest": {"version": "7"}})
    assert (made["version"], changed["version"], changed["manifest"]) == (1, 2, {"version": "7"})


def test_consent_comes_back_to_the_address_that_was_given(api: Api, mock: MockAirbyte) -> None:
    body = {"redirectUrl": "https://x.org/?a=1", "sourceType": "github", "workspaceId": mock.workspace_id}
    assert api.post("/sources/initiateOAuth", body)["consentUrl"].startswith("https://x.org/?a=1&secret_id=")


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/sources", {"workspaceIds": "nope"}, "[workspaceIds] for value [nope] due to: Invalid UUID string: nope"),
        ("/connections", {"includeDeleted": "perhaps"}, "[includeDeleted] for value [perhaps]"),
        ("/workspaces", {"limit": "0"}, "listWorkspaces.limit: must be greater than or equal to 1"),
        ("/destinations", {"offset": "-1"}, "listDestinations.offset: must be greater than or equal to 0"),
        ("/users", {}, "Required QueryValue [organizationId] not specified"),
    ],
)
def test_a_list_is_not_asked_for_nonsense(api: Api, path: str, query: dict[str, str], message: str) -> None:
    assert message in reason(api.get(path, expect=400, **query))


def test_ids_are_known_in_any_spelling(api: Api, mock: MockAirbyte) -> None:
    assert len(api.get("/workspaces", workspaceIds=mock.workspace_id.upper())["data"]) == 1
