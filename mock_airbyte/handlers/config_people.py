"""Users, permissions and organizations of the Config API: whose a workspace is, and who asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from mock_airbyte.calls import Answer, required, required_id
from mock_airbyte.payloads import config_resources as payloads
from mock_airbyte.payloads.registry import organization
from mock_airbyte.payloads.registry import permission as printed_permission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_airbyte.calls import Call
    from mock_airbyte.registry import Organization

_MOST = 100_000
_Item = TypeVar("_Item")


def user_by_auth_id(call: Call) -> Answer:
    """Show the user for whom a token was issued: its `sub` claim is the user's id."""
    return Answer(payloads.user(call.registry.users.get(str(required(call.body, "authUserId")))))


def get_user(call: Call) -> Answer:
    """Show a user."""
    return Answer(payloads.user(call.registry.users.get(required_id(call.body, "userId"))))


def update_user(call: Call) -> Answer:
    """Change a user's name or default workspace."""
    user = call.registry.users.get(required_id(call.body, "userId"))
    if call.body.get("defaultWorkspaceId") is not None:
        workspace = call.world.workspace(required_id(call.body, "defaultWorkspaceId"))
        user = replace(user, default_workspace_id=workspace.workspace_id)
    user = replace(user, name=str(call.body.get("name") or user.name))
    return Answer(payloads.user(call.registry.users.put(user)))


def permissions_of_user(call: Call) -> Answer:
    """List what a user may do."""
    user = call.registry.users.get(required_id(call.body, "userId"))
    found = [one for one in call.registry.permissions.all() if one.user_id == user.user_id]
    return Answer({"permissions": [printed_permission(one) for one in found]})


def organization_of(call: Call) -> Answer:
    """Show whose a workspace is."""
    workspace = call.world.workspace(required_id(call.body, "workspaceId"))
    return Answer(payloads.organization_info(call.registry.organizations.get(workspace.organization_id)))


def organizations_of_user(call: Call) -> Answer:
    """List a user's organizations, all or those whose name contains a text."""
    call.registry.users.get(required_id(call.body, "userId"))
    found = paged(call, call.registry.organizations.all(), lambda one: one.name)
    return Answer({"organizations": [organization(one) for one in found]})


def get_organization(call: Call) -> Answer:
    """Show an organization."""
    return Answer(organization(_asked(call)))


def organization_info(call: Call) -> Answer:
    """Show an organization and whether it has paid: it has."""
    return Answer(payloads.organization_info(_asked(call)))


def paged(call: Call, items: Sequence[_Item], name: Callable[[_Item], str]) -> Sequence[_Item]:
    """Return the part of `items` that was asked for: those whose name contains `nameContains`, a page of them."""
    wanted = str(call.body.get("nameContains") or "").casefold()
    pagination: dict[str, Any] = call.body.get("pagination") or {}
    start, size = int(pagination.get("rowOffset") or 0), int(pagination.get("pageSize") or _MOST)
    found = [one for one in items if wanted in name(one).casefold()]
    return found[max(start, 0) :][: max(size, 0)]


def _asked(call: Call) -> Organization:
    return call.registry.organizations.get(required_id(call.body, "organizationId"))
