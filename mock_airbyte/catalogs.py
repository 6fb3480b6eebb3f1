"""What a connection syncs, checked against what its source offers; refusals are worded as Airbyte words them.

Source of the rules and their wording: the public API's catalog validation in airbyte-platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.problems import bad_request
from mock_airbyte.records import StreamConfig, SyncMode
from mock_airbyte.sync.plan import cursor_of, needed_cursor, primary_key_of
from mock_airbyte.world import default_streams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_airbyte.sources.protocol import Stream


def configured_streams(catalog: Sequence[Stream], configurations: Mapping[str, Any] | None) -> tuple[StreamConfig, ...]:
    """Read `{"streams": [{"name", "syncMode", "cursorField", "primaryKey", …}]}`; none at all means every stream."""
    asked = (configurations or {}).get("streams") or []
    if not asked:
        return default_streams(tuple(catalog))
    configs: list[StreamConfig] = []
    for entry in asked:
        stream = _offered(catalog, entry)
        config = _config(entry, stream)
        if any((config.name, config.namespace) == (other.name, other.namespace) for other in configs):
            message = f"Duplicate stream found in configuration for: {config.name}."
            raise bad_request(message)
        _check_cursor(stream, config)
        _check_key(stream, config)
        configs.append(config)
    return tuple(configs)


def _offered(catalog: Sequence[Stream], entry: Mapping[str, Any]) -> Stream:
    for stream in catalog:
        if stream.name == entry.get("name") and entry.get("namespace") in (None, stream.namespace):
            return stream
    names = ", ".join(stream.name for stream in catalog)
    message = f"Invalid stream found. The list of valid streams include: [{names}]."
    raise bad_request(message)


def _config(entry: Mapping[str, Any], stream: Stream) -> StreamConfig:
    selected = entry.get("selectedFields")
    return StreamConfig(
        name=stream.name,
        namespace=stream.namespace,
        sync_mode=_mode(entry.get("syncMode"), stream),
        cursor_field=tuple(entry.get("cursorField") or ()),
        primary_key=tuple(tuple(path) for path in entry.get("primaryKey") or ()),
        selected_fields=tuple(field["fieldPath"][0] for field in selected) if selected is not None else None,
    )


def _mode(mode: str | None, stream: Stream) -> SyncMode:
    valid = [one for one in SyncMode if stream.is_resumable or not one.is_incremental]
    if mode is None:
        return SyncMode.FULL_REFRESH_OVERWRITE
    if mode not in valid:
        words = ", ".join(valid)
        message = f"Cannot set sync mode to {mode} for stream {stream.name}. Valid sync modes are: [{words}]"
        raise bad_request(message)
    return SyncMode(mode)


def _check_cursor(stream: Stream, config: StreamConfig) -> None:
    if not config.sync_mode.is_incremental:
        return
    if stream.cursor is not None and config.cursor_field not in ((), (stream.cursor,)):
        message = (
            f"Cursor Field {list(config.cursor_field)} is already defined by source for stream: {stream.name}."
            " Do not include a cursor field configuration for this stream."
        )
        raise bad_request(message)
    if not needed_cursor(stream, config):
        return
    cursor = cursor_of(stream, config)
    if cursor is None:
        message = (
            f"No default cursor field for stream: {stream.name}."
            " Please include a cursor field configuration for this stream."
        )
        raise bad_request(message)
    if stream.column(cursor) is None:
        message = (
            f"Invalid cursor field for stream: {stream.name}."
            f" The list of valid cursor fields include: {_fields(stream)}."
        )
        raise bad_request(message)


def _check_key(stream: Stream, config: StreamConfig) -> None:
    if not config.sync_mode.is_deduped:
        return
    key = primary_key_of(stream, config)
    if not key:
        message = (
            f"No default primary key for stream: {stream.name}."
            " Please include a primary key configuration for this stream."
        )
        raise bad_request(message)
    if any(stream.column(name) is None for name in key):
        message = (
            f"Invalid cursor field for stream: {stream.name}. The list of valid primary keys fields: {_fields(stream)}."
        )
        raise bad_request(message)


def _fields(stream: Stream) -> str:
    return "[" + ", ".join(f"[{column.name}]" for column in stream.columns) + "]"
