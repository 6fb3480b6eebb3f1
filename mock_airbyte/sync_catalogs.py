"""A connection in the Config API's words, put into the public API's: `syncCatalog`, schedules, namespaces.

One set of rules then judges both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.catalogs import configured_streams
from mock_airbyte.problems import (
    config_unfit,
    cron_invalid_expression,
    cron_invalid_time_zone,
    cron_missing,
    unexpected_value,
)
from mock_airbyte.records import SyncMode
from mock_airbyte.schedules import BadSchedule, as_schedule, read_cron, read_every

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_airbyte.records import StreamConfig
    from mock_airbyte.schedules import Cron, Every
    from mock_airbyte.sources.protocol import Stream

MODES: Mapping[tuple[str, str], SyncMode] = {
    ("full_refresh", "overwrite"): SyncMode.FULL_REFRESH_OVERWRITE,
    ("full_refresh", "overwrite_dedup"): SyncMode.FULL_REFRESH_OVERWRITE_DEDUPED,
    ("full_refresh", "append"): SyncMode.FULL_REFRESH_APPEND,
    ("incremental", "append"): SyncMode.INCREMENTAL_APPEND,
    ("incremental", "append_dedup"): SyncMode.INCREMENTAL_DEDUPED_HISTORY,
}
_SAME = ("name", "status", "namespaceFormat", "prefix")


def public_settings(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a Config API's body says of a connection, as a body of the public API."""
    settings = {name: body[name] for name in _SAME if body.get(name) is not None}
    if body.get("namespaceDefinition") is not None:
        settings["namespaceDefinition"] = body["namespaceDefinition"].replace("customformat", "custom_format")
    if body.get("nonBreakingChangesPreference") is not None:
        preference = body["nonBreakingChangesPreference"]
        settings["nonBreakingSchemaUpdatesBehavior"] = "disable_connection" if preference == "disable" else preference
    if body.get("scheduleType") is not None:
        settings["schedule"] = _schedule(body["scheduleType"], body.get("scheduleData") or {})
    return settings


def _schedule(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    match kind:
        case "cron":
            return as_schedule(cron_of(data.get("cron") or {}))
        case "basic":
            return as_schedule(_every(data.get("basicSchedule") or {}))
    return {"scheduleType": kind}


def cron_of(cron: Mapping[str, Any]) -> Cron:
    """Return what a `scheduleData.cron` says; raises a 400."""
    expression, time_zone = cron.get("cronExpression"), cron.get("cronTimeZone")
    if expression is None or time_zone is None:
        raise cron_missing(expression=expression, time_zone=time_zone)
    try:
        return read_cron(expression, time_zone)
    except BadSchedule as error:
        if error.fault == "timezone":
            raise cron_invalid_time_zone(time_zone, str(error)) from error
        raise cron_invalid_expression(expression, str(error)) from error


def _every(basic: Mapping[str, Any]) -> Every:
    if not basic.get("units") or not basic.get("timeUnit"):
        message = "if schedule type is basic, then scheduleData.basic must be populated"
        raise config_unfit(message)
    try:
        return read_every(f"{basic['units']} {basic['timeUnit']}")
    except BadSchedule as error:
        raise config_unfit(str(error)) from error


def selected_streams(catalog: Sequence[Stream], sync_catalog: Mapping[str, Any]) -> tuple[StreamConfig, ...]:
    """Return what a `syncCatalog` selects; raises a 400 for what the source does not offer."""
    entries = [
        entry for entry in sync_catalog.get("streams") or () if (entry.get("config") or {}).get("selected", True)
    ]
    streams = [_public_stream(entry) for entry in entries]
    return configured_streams(catalog, {"streams": streams}) if streams else ()


def _public_stream(entry: Mapping[str, Any]) -> dict[str, Any]:
    stream, config = entry["stream"], entry.get("config") or {}
    offered = stream.get("name"), stream.get("namespace")
    selected = config.get("selectedFields") if config.get("fieldSelectionEnabled") else None
    return {
        "name": offered[0],
        "namespace": offered[1],
        "syncMode": _mode(config),
        "cursorField": None if stream.get("sourceDefinedCursor") else config.get("cursorField"),
        "primaryKey": config.get("primaryKey"),
        "selectedFields": selected,
    }


def _mode(config: Mapping[str, Any]) -> str:
    asked = config.get("syncMode", "full_refresh"), config.get("destinationSyncMode", "overwrite")
    if asked not in MODES:
        raise unexpected_value(" | ".join(asked), "syncMode", (" | ".join(known) for known in MODES))
    return MODES[asked]
