"""Workspaces of the public API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_airbyte.calls import NO_CONTENT, Answer, required
from mock_airbyte.notification_settings import told
from mock_airbyte.pages import page
from mock_airbyte.payloads import public
from mock_airbyte.texts import as_id

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def create_workspace(call: Call) -> Answer:
    """Create a workspace."""
    organization = call.body.get("organizationId")
    if organization is not None:
        call.registry.organizations.get(as_id(organization, "organizationId"))
    name, notifications = str(required(call.body, "name")), told({}, call.body.get("notifications"))
    made = call.world.add_workspace(name)
    return Answer(public.workspace(call.world.put_workspace(replace(made, notifications=notifications))))


def get_workspace(call: Call) -> Answer:
    """Show one workspace."""
    return Answer(public.workspace(call.world.workspace(call.arguments["workspace_id"])))


def list_workspaces(call: Call) -> Answer:
    """List workspaces."""
    wanted = call.ids("workspaceIds")
    found = call.world.workspaces(deleted=call.one("includeDeleted") == "true")
    chosen = [one for one in found if not wanted or one.workspace_id in wanted]
    return page(call, "/workspaces", chosen, public.workspace)


def update_workspace(call: Call) -> Answer:
    """Rename a workspace, and say who is told of what happens in it."""
    workspace = call.world.workspace(call.arguments["workspace_id"])
    name = str(call.body.get("name") or workspace.name)
    notifications = told(workspace.notifications, call.body.get("notifications"))
    return Answer(
        public.workspace(call.world.put_workspace(replace(workspace, name=name, notifications=notifications)))
    )


def delete_workspace(call: Call) -> Answer:
    """Delete a workspace and what is in it."""
    call.world.delete_workspace(call.arguments["workspace_id"])
    return NO_CONTENT
