"""Connections of the public API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_airbyte.calls import NO_CONTENT, Answer, required_id
from mock_airbyte.catalogs import configured_streams
from mock_airbyte.failures import SyncFailure
from mock_airbyte.handlers.tags import known_tags
from mock_airbyte.pages import page
from mock_airbyte.payloads import public
from mock_airbyte.problems import bad_request, cron_invalid_time_zone, failed_connector, unexpected_value
from mock_airbyte.schedules import BadSchedule, Cron, as_schedule, timing_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_airbyte.calls import Call
    from mock_airbyte.problems import Problem
    from mock_airbyte.records import Connection
    from mock_airbyte.sources.protocol import Stream
    from mock_airbyte.world import World

_QUARTZ = "https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html"
_ONE_OF = {
    "status": ("active", "inactive", "deprecated", "locked"),
    "namespaceDefinition": ("destination", "source", "custom_format"),
    "nonBreakingSchemaUpdatesBehavior": ("ignore", "disable_connection", "propagate_columns", "propagate_fully"),
}
_FIELDS = {
    "name": "name",
    "status": "status",
    "namespaceDefinition": "namespace_definition",
    "namespaceFormat": "namespace_format",
    "prefix": "prefix",
    "nonBreakingSchemaUpdatesBehavior": "schema_updates",
}


def create_connection(call: Call) -> Answer:
    """Create a connection; without configured streams it syncs all of them, whole, replacing what was there."""
    tag_ids = known_tags(call.registry, call.body.get("tags") or ())
    made = connection_of(call.world, call.body)
    return _answer(call, call.world.put_connection(replace(made, tag_ids=tag_ids)))


def connection_of(world: World, body: Mapping[str, Any], *, connection_id: str | None = None) -> Connection:
    """Return a connection as a request's body says, not put in its place yet; `connection_id`: not a new one."""
    try:
        made = world.new_connection(required_id(body, "sourceId"), required_id(body, "destinationId"))
    except SyncFailure as failure:
        raise failed_connector(failure.external_message) from failure
    streams = configured_streams(made.catalog, body.get("configurations"))
    connection = replace(made, streams=streams, connection_id=connection_id or made.connection_id)
    return replace(connection, **settings_of(body))


def get_connection(call: Call) -> Answer:
    """Show one connection."""
    return _answer(call, _asked(call))


def list_connections(call: Call) -> Answer:
    """List connections."""
    workspaces, tags = call.ids("workspaceIds"), set(call.ids("tagIds"))
    found = call.world.connections(deleted=call.one("includeDeleted") == "true")
    chosen = [
        one
        for one in found
        if (not workspaces or one.workspace_id in workspaces) and (not tags or tags & set(one.tag_ids))
    ]
    return page(call, "/connections", chosen, lambda one: public.connection(one, call.registry.tags_of(one.tag_ids)))


def update_connection(call: Call) -> Answer:
    """Change what is given of a connection."""
    connection = replace(_asked(call), **settings_of(call.body))
    if call.body.get("configurations") is not None:
        catalog = _catalog(call.world, connection.source_id)
        streams = configured_streams(catalog, call.body["configurations"])
        connection = replace(connection, catalog=catalog, streams=streams)
    if call.body.get("tags") is not None:
        connection = replace(connection, tag_ids=known_tags(call.registry, call.body["tags"]))
    return _answer(call, call.world.put_connection(connection))


def delete_connection(call: Call) -> Answer:
    """Delete a connection."""
    call.world.delete_connection(call.arguments["connection_id"])
    return NO_CONTENT


def settings_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a body says of a connection beside its streams, by the names of `Connection`; raises a 400."""
    for name, allowed in _ONE_OF.items():
        if body.get(name) is not None and body[name] not in allowed:
            raise unexpected_value(body[name], name, allowed)
    changes = {field: body[name] for name, field in _FIELDS.items() if body.get(name) is not None}
    if body.get("schedule") is not None:
        changes["schedule"] = _schedule(body["schedule"])
    return changes


def _answer(call: Call, connection: Connection) -> Answer:
    return Answer(public.connection(connection, call.registry.tags_of(connection.tag_ids)))


def _asked(call: Call) -> Connection:
    return call.world.connection(call.arguments["connection_id"])


def _catalog(world: World, source_id: str) -> tuple[Stream, ...]:
    try:
        return world.discover(source_id)
    except SyncFailure as failure:
        raise failed_connector(failure.external_message) from failure


def _schedule(schedule: Mapping[str, Any]) -> dict[str, str]:
    kind = schedule.get("scheduleType")
    if kind not in ("manual", "cron", "basic"):
        raise unexpected_value(kind, "scheduleType", ("manual", "cron"))
    expression = schedule.get("cronExpression")
    if kind == "cron" and not expression:
        message = "Missing cron expression in the schedule."
        raise bad_request(message)
    try:
        timing = timing_of(schedule)
    except BadSchedule as error:
        raise _refused(error, expression) from error
    if isinstance(timing, Cron) and timing.has_year and not timing.minutes.isdecimal():
        raise _too_often(expression)
    return as_schedule(timing)


def _too_often(expression: object) -> Problem:
    return bad_request(
        f"The cron expression {expression} is not valid or is less than the one hour minimum."
        " The seconds and minutes values cannot be `*`."
    )


def _refused(error: BadSchedule, expression: object) -> Problem:
    match error.fault:
        case "often":
            return _too_often(expression)
        case "expression":
            return bad_request(
                f"The cron expression {expression} is not valid. Error: {error}. Please check the cron expression"
                f" format at {_QUARTZ}"
            )
        case "timezone":
            return cron_invalid_time_zone(str(expression).split()[-1], str(error))
    return bad_request(str(error))
