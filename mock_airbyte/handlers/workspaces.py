"""Workspaces of the public API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import NO_CONTENT, Answer, required
from mock_airbyte.pages import page
from mock_airbyte.payloads import public

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def create_workspace(call: Call) -> Answer:
    """Create a workspace."""
    return Answer(public.workspace(call.world.add_workspace(str(required(call.body, "name")))))


def get_workspace(call: Call) -> Answer:
    """Show one workspace."""
    return Answer(public.workspace(call.world.workspace(call.arguments["workspace_id"])))


def list_workspaces(call: Call) -> Answer:
    """List workspaces."""
    wanted = call.many("workspaceIds")
    found = call.world.workspaces(deleted=call.one("includeDeleted") == "true")
    chosen = [one for one in found if not wanted or one.workspace_id in wanted]
    return page(call, "/workspaces", chosen, public.workspace)


def update_workspace(call: Call) -> Answer:
    """Rename a workspace."""
    workspace_id = call.arguments["workspace_id"]
    name = str(call.body.get("name") or call.world.workspace(workspace_id).name)
    return Answer(public.workspace(call.world.rename_workspace(workspace_id, name)))


def delete_workspace(call: Call) -> Answer:
    """Delete a workspace and what is in it."""
    call.world.delete_workspace(call.arguments["workspace_id"])
    return NO_CONTENT
