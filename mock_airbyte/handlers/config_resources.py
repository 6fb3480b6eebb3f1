"""Workspaces, sources, destinations, connections and state, as the Config API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer, required_id
from mock_airbyte.failures import SyncFailure
from mock_airbyte.payloads import config_resources as payloads
from mock_airbyte.payloads.moments import epoch
from mock_airbyte.problems import config_unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_airbyte.calls import Call
    from mock_airbyte.records import ActorKind


def get_connection(call: Call) -> Answer:
    """Show a connection with its catalog."""
    return Answer(payloads.connection(call.world.connection(required_id(call.body, "connectionId"))))


def list_connections(call: Call) -> Answer:
    """List a workspace's connections."""
    workspace = call.world.workspace(required_id(call.body, "workspaceId"))
    found = call.world.connections(deleted=bool(call.body.get("includeDeleted")))
    return Answer(
        {"connections": [payloads.connection(one) for one in found if one.workspace_id == workspace.workspace_id]}
    )


def get_state(call: Call) -> Answer:
    """Show what a connection remembers of its streams."""
    connection = call.world.connection(required_id(call.body, "connectionId"))
    states = call.world.states(connection.connection_id)
    return Answer(payloads.state(connection.connection_id, states, connection.streams))


def list_workspaces(call: Call) -> Answer:
    """List workspaces."""
    return Answer({"workspaces": [payloads.workspace(one) for one in call.world.workspaces()]})


def get_workspace(call: Call) -> Answer:
    """Show a workspace."""
    return Answer(payloads.workspace(call.world.workspace(required_id(call.body, "workspaceId"))))


def list_actors(kind: ActorKind) -> Callable[[Call], Answer]:
    """Return what `sources/list` or `destinations/list` does."""

    def find(call: Call) -> Answer:
        workspace = call.world.workspace(required_id(call.body, "workspaceId"))
        found = [one for one in call.world.actors(kind) if one.workspace_id == workspace.workspace_id]
        return Answer({f"{kind}s": [payloads.actor(one) for one in found]})

    return find


def check_connection(kind: ActorKind) -> Callable[[Call], Answer]:
    """Return what `sources/check_connection` or `destinations/check_connection` does."""

    def check(call: Call) -> Answer:
        reason = call.world.check(call.world.actor(kind, required_id(call.body, f"{kind}Id")))
        answer = {"status": "succeeded"} if reason is None else {"status": "failed", "message": reason}
        return Answer(answer | {"jobInfo": _job_info(call, succeeded=reason is None)})

    return check


def discover_schema(call: Call) -> Answer:
    """Show the streams that a source has now."""
    source_id = required_id(call.body, "sourceId")
    try:
        streams = call.world.discover(source_id)
    except SyncFailure as failure:
        raise config_unprocessable(failure.external_message) from failure
    info = _job_info(call, succeeded=True)
    return Answer({"catalog": payloads.catalog(streams), "catalogId": call.world.new_id(), "jobInfo": info})


def _job_info(call: Call, *, succeeded: bool) -> dict[str, object]:
    now = epoch(call.world.clock.now())
    return {
        "id": call.world.new_id(),
        "createdAt": now,
        "endedAt": now,
        "succeeded": succeeded,
        "logs": {"logLines": []},
    }
