"""Connections of the Config API, plain and as the web page asks for them, and the state of their streams."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_airbyte.calls import NO_CONTENT, Answer, required_id
from mock_airbyte.connection_states import given_states
from mock_airbyte.connectors import keeps_own_state
from mock_airbyte.failures import SyncFailure
from mock_airbyte.handlers.connections import connection_of, settings_of
from mock_airbyte.handlers.tags import known_tags
from mock_airbyte.payloads import config_resources as payloads
from mock_airbyte.problems import known
from mock_airbyte.sync_catalogs import public_settings, selected_streams

if TYPE_CHECKING:
    from mock_airbyte.calls import Call
    from mock_airbyte.records import Connection


def create(call: Call) -> Answer:
    """Create a connection; without a `syncCatalog` it syncs every stream, whole, replacing what was there."""
    ids = {name: required_id(call.body, name) for name in ("sourceId", "destinationId")}
    made = connection_of(call.world, ids | public_settings(call.body))
    return _answer(call, call.world.put_connection(_with_streams(call, made)))


def get(call: Call) -> Answer:
    """Show a connection with its catalog."""
    return _answer(call, _asked(call))


def find(call: Call) -> Answer:
    """List a workspace's connections."""
    workspace = call.world.workspace(required_id(call.body, "workspaceId"))
    found = call.world.connections(deleted=bool(call.body.get("includeDeleted")))
    mine = [one for one in found if one.workspace_id == workspace.workspace_id]
    return Answer({"connections": [_payload(call, one) for one in mine]})


def update(call: Call) -> Answer:
    """Change what is given of a connection; a `syncCatalog` replaces what is synced."""
    return _answer(call, _changed(call))


def delete(call: Call) -> Answer:
    """Delete a connection."""
    call.world.delete_connection(required_id(call.body, "connectionId"))
    return NO_CONTENT


def web_get(call: Call) -> Answer:
    """Show a connection with its source, its destination and its newest job."""
    connection = _asked(call)
    if call.body.get("withRefreshedCatalog"):
        try:
            connection = replace(connection, catalog=call.world.discover(connection.source_id))
        except SyncFailure as failure:
            raise known(422, failure.external_message) from failure
    return Answer(_web_payload(call, connection))


def web_update(call: Call) -> Answer:
    """Change what is given of a connection, and show it as `web_get` does."""
    return Answer(_web_payload(call, _changed(call)))


def get_state(call: Call) -> Answer:
    """Show what a connection remembers of its streams."""
    return Answer(_state(call, _asked(call)))


def put_state(call: Call) -> Answer:
    """Replace what a connection remembers of the streams that are given."""
    connection = _asked(call)
    world, given = call.world, call.body.get("connectionState") or {}
    if given.get("stateType") == "not_set":
        world.forget_states(connection.connection_id)
    source = world.actor("source", connection.source_id)
    is_own = keeps_own_state(source, world.substitutes, world.programs)
    for key, state in given_states(given, connection, world.states(connection.connection_id), is_own=is_own).items():
        world.remember(connection.connection_id, key, state)
    return Answer(_state(call, connection))


def put_state_safely(call: Call) -> Answer:
    """Do what `put_state` does, unless a job of the connection is under way."""
    connection_id = _asked(call).connection_id
    if any(state.job.connection_id == connection_id and not state.is_terminal for state in call.jobs.all()):
        message = "State cannot be updated while a sync is running for this connection."
        raise known(423, message)
    return put_state(call)


def _asked(call: Call) -> Connection:
    return call.world.connection(required_id(call.body, "connectionId"))


def _changed(call: Call) -> Connection:
    changed = replace(_asked(call), **settings_of(public_settings(call.body)))
    return call.world.put_connection(_with_streams(call, changed))


def _with_streams(call: Call, connection: Connection) -> Connection:
    if call.body.get("tags") is not None:
        connection = replace(connection, tag_ids=known_tags(call.registry, call.body["tags"]))
    if call.body.get("syncCatalog") is None:
        return connection
    try:
        catalog = call.world.discover(connection.source_id)
    except SyncFailure as failure:
        raise known(422, failure.external_message) from failure
    return replace(connection, catalog=catalog, streams=selected_streams(catalog, call.body["syncCatalog"]))


def _answer(call: Call, connection: Connection) -> Answer:
    return Answer(_payload(call, connection))


def _payload(call: Call, connection: Connection) -> dict[str, Any]:
    return payloads.connection(connection, call.registry.tags_of(connection.tag_ids))


def _web_payload(call: Call, connection: Connection) -> dict[str, Any]:
    jobs = [state for state in call.jobs.all() if state.job.connection_id == connection.connection_id]
    return payloads.web_connection(
        _payload(call, connection),
        source=call.world.actor("source", connection.source_id),
        destination=call.world.actor("destination", connection.destination_id),
        newest=jobs[-1] if jobs else None,
    )


def _state(call: Call, connection: Connection) -> dict[str, Any]:
    states = call.world.states(connection.connection_id)
    return payloads.state(connection.connection_id, states, connection.streams)
