"""Organizations, users and permissions of the public API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_airbyte.auth import DEFAULT_ID
from mock_airbyte.calls import NO_CONTENT, Answer, required, required_id
from mock_airbyte.payloads import registry as payloads
from mock_airbyte.problems import bad_request
from mock_airbyte.registry import Permission
from mock_airbyte.texts import as_id

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def list_organizations(call: Call) -> Answer:
    """List the caller's organizations."""
    return Answer({"data": [payloads.organization(one) for one in call.registry.organizations.all()]})


def list_users(call: Call) -> Answer:
    """List an organization's users, all or those with one of the ids or e-mail addresses."""
    call.registry.organizations.get(call.id("organizationId"))
    ids, emails = call.ids("ids"), call.many("emails")
    found = [
        user
        for user in call.registry.users.all()
        if (not ids or user.user_id in ids) and (not emails or user.email in emails)
    ]
    return Answer({"data": [payloads.user(user) for user in found]})


def list_permissions(call: Call) -> Answer:
    """List a user's permissions, the caller's own by default; `organizationId`: those in one organization."""
    user_id = call.id("userId") if call.one("userId") else DEFAULT_ID
    wanted = call.id("organizationId") if call.one("organizationId") else None
    found = [
        one
        for one in call.registry.permissions.all()
        if one.user_id == user_id and wanted in (None, _organization(call, one))
    ]
    return Answer({"data": [payloads.listed_permission(one) for one in found]})


def create_permission(call: Call) -> Answer:
    """Let a user do something in a workspace or in an organization: exactly one of them is given."""
    user = call.registry.users.get(required_id(call.body, "userId"))
    scopes = {name: call.body.get(name) for name in ("workspaceId", "organizationId") if call.body.get(name)}
    if len(scopes) != 1:
        message = "Either workspaceId or organizationId should be provided."
        raise bad_request(message)
    workspace, organization = (as_id(str(scopes[name])) if name in scopes else None for name in _SCOPES)
    if workspace is not None:
        call.world.workspace(workspace)
    if organization is not None:
        call.registry.organizations.get(organization)
    kind = str(required(call.body, "permissionType"))
    made = Permission(
        call.world.new_id(),
        user.user_id,
        _fitting(kind, workspace),
        workspace_id=workspace,
        organization_id=organization,
    )
    return Answer(payloads.permission(call.registry.permissions.put(made)))


def get_permission(call: Call) -> Answer:
    """Show one permission."""
    return Answer(payloads.permission(_asked(call)))


def update_permission(call: Call) -> Answer:
    """Change what a permission allows."""
    asked = _asked(call)
    kind = _fitting(str(required(call.body, "permissionType")), asked.workspace_id)
    return Answer(payloads.permission(call.registry.permissions.put(replace(asked, permission_type=kind))))


def delete_permission(call: Call) -> Answer:
    """Take a permission away."""
    call.registry.permissions.remove(call.arguments["permission_id"])
    return NO_CONTENT


_SCOPES = ("workspaceId", "organizationId")


def _asked(call: Call) -> Permission:
    return call.registry.permissions.get(call.arguments["permission_id"])


def _fitting(permission_type: str, workspace_id: str | None) -> str:
    scope = "workspace" if workspace_id else "organization"
    if not permission_type.startswith(scope):
        message = f"The permission type {permission_type} is not one of {scope} permissions."
        raise bad_request(message)
    return permission_type


def _organization(call: Call, permission: Permission) -> str | None:
    if permission.workspace_id is None:
        return permission.organization_id
    workspaces = {one.workspace_id: one.organization_id for one in call.world.workspaces(deleted=True)}
    return workspaces.get(permission.workspace_id)
