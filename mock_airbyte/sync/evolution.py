"""What happens when a source no longer has the schema that its connection was configured with: pure.

| `nonBreakingSchemaUpdatesBehavior` | what the next sync does |
|---|---|
| `ignore` | syncs the columns it knew, in the types it knew; what is new stays out, what went away is null |
| `disable_connection` | switches the connection off and cancels itself |
| `propagate_columns` | syncs the columns and types that there are now; new streams stay out |
| `propagate_fully` | likewise, adds new streams and gives up those that went away |

A change is breaking, whatever the setting, when a stream loses its cursor or a column of its primary key: the
connection is switched off. Source of the rules: Airbyte's documentation on schema change management.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mock_airbyte.records import Connection, StreamConfig
from mock_airbyte.sources.protocol import Stream
from mock_airbyte.sync.plan import needed_cursor, primary_key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.sync.plan import StreamKey


@dataclass(frozen=True, slots=True)
class Evolution:
    """The connection as it goes on, the streams that it may read, and what changed (a sentence each)."""

    connection: Connection
    streams: tuple[Stream, ...]
    changes: tuple[str, ...] = ()
    cancels: bool = False  # the sync must not go on


def evolve(connection: Connection, discovered: Sequence[Stream]) -> Evolution:
    """Compare what the source has with what the connection knows, and do as the connection is told."""
    known, found = _by_key(connection.catalog), _by_key(discovered)
    changes = tuple(_changes(known, found))
    now, before = tuple(discovered), tuple(known.get(key, stream) for key, stream in found.items())
    if not changes:
        return Evolution(connection, now)
    if _breaks(connection, found):
        return Evolution(replace(connection, status="inactive"), now, changes)
    match connection.schema_updates:
        case "disable_connection":
            return Evolution(replace(connection, status="inactive"), before, changes, cancels=True)
        case "propagate_columns":
            return Evolution(replace(connection, catalog=now), now, changes)
        case "propagate_fully":
            streams = _all_streams(connection, known, found)
            return Evolution(replace(connection, catalog=now, streams=streams), now, changes)
        case _:
            return Evolution(connection, before, changes)


def _by_key(streams: Sequence[Stream]) -> dict[StreamKey, Stream]:
    return {(stream.name, stream.namespace): stream for stream in streams}


def _changes(known: Mapping[StreamKey, Stream], found: Mapping[StreamKey, Stream]) -> Iterator[str]:
    for key in found.keys() - known.keys():
        yield f"Stream {key[0]!r} was added."
    for key, stream in known.items():
        if key not in found:
            yield f"Stream {key[0]!r} was removed."
        else:
            yield from _column_changes(stream, found[key])


def _column_changes(before: Stream, now: Stream) -> Iterator[str]:
    types, new = ({column.name: column.type for column in stream.columns} for stream in (before, now))
    for name in dict.fromkeys((*types, *new)):
        if name not in new:
            yield f"Column {name!r} of stream {now.name!r} was removed."
        elif name not in types:
            yield f"Column {name!r} of stream {now.name!r} was added."
        elif types[name] != new[name]:
            yield f"Column {name!r} of stream {now.name!r} became {new[name]} (it was {types[name]})."


def _breaks(connection: Connection, found: Mapping[StreamKey, Stream]) -> bool:
    return any(
        (config.name, config.namespace) in found and _is_broken(found[config.name, config.namespace], config)
        for config in connection.streams
    )


def _is_broken(stream: Stream, config: StreamConfig) -> bool:
    needed = needed_cursor(stream, config)
    key = primary_key_of(stream, config) if config.sync_mode.is_deduped else ()
    return any(name is None or stream.column(name) is None for name in (*needed, *key))


def _all_streams(
    connection: Connection, known: Mapping[StreamKey, Stream], found: Mapping[StreamKey, Stream]
) -> tuple[StreamConfig, ...]:
    kept = tuple(config for config in connection.streams if (config.name, config.namespace) in found)
    added = tuple(StreamConfig(stream.name, stream.namespace) for key, stream in found.items() if key not in known)
    return (*kept, *added)
