"""A source whose rows stand in its own configuration (`source-mock-inline`): the shortest way to a table in a test.

`{"streams": [{"name", "rows": [{…}], "namespace"?, "json_schema"?, "primary_key"?: ["id"], "cursor"?: "updated_at"}]}`
Without a `json_schema`, a column's type is that of its values: integers and fractions together are numbers, any
other mixture is a union.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from mock_airbyte.failures import SyncFailure
from mock_airbyte.sources.fitting import fit_rows
from mock_airbyte.sources.protocol import BATCH_ROWS, Column, Stream
from mock_airbyte.types import AirbyteType, from_json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.sources.protocol import Batch, Since


class InlineSource:
    """Hands out the rows that it was given."""

    def __init__(self, streams: Sequence[tuple[Stream, Sequence[Mapping[str, Any]]]]) -> None:
        """Take each stream with its rows."""
        self._streams = streams

    def check(self) -> None:
        """See that there is a stream."""
        if not self._streams:
            message = "The source has no streams. Put at least one into its configuration."
            raise SyncFailure(message, origin="source")

    def streams(self) -> tuple[Stream, ...]:
        """Describe the streams."""
        self.check()
        return tuple(stream for stream, _ in self._streams)

    def batches(self, stream: Stream, _: Since | None = None) -> Iterator[Batch]:
        """Yield the stream's rows."""
        rows = next(rows for known, rows in self._streams if (known.name, known.namespace) == _key(stream))
        for start in range(0, len(rows), BATCH_ROWS):
            yield fit_rows(rows[start : start + BATCH_ROWS], stream.columns)


def open_inline(configuration: Mapping[str, Any]) -> InlineSource:
    """Open the configuration above."""
    return InlineSource([(_stream(stream), stream.get("rows", [])) for stream in configuration["streams"]])


def _key(stream: Stream) -> tuple[str, str | None]:
    return stream.name, stream.namespace


def _stream(declared: Mapping[str, Any]) -> Stream:
    schema = declared.get("json_schema")
    columns = _declared_columns(schema) if schema else _inferred_columns(declared.get("rows", []))
    return Stream(
        name=declared["name"],
        namespace=declared.get("namespace"),
        columns=columns,
        primary_key=tuple(declared.get("primary_key", ())),
        cursor=declared.get("cursor"),
    )


def _declared_columns(schema: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(Column(name, from_json_schema(declared)) for name, declared in schema.get("properties", {}).items())


def _inferred_columns(rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(Column(name, _inferred([row.get(name) for row in rows])) for name in names)


def _inferred(values: Sequence[Any]) -> AirbyteType:
    kinds = {_kind(value) for value in values if value is not None}
    if kinds == {AirbyteType.INTEGER, AirbyteType.NUMBER}:
        return AirbyteType.NUMBER
    if len(kinds) > 1:
        return AirbyteType.UNION
    return kinds.pop() if kinds else AirbyteType.STRING


_KINDS = (  # the narrower first: a bool is an int, a datetime is a date
    (bool, AirbyteType.BOOLEAN),
    (int, AirbyteType.INTEGER),
    (float, AirbyteType.NUMBER),
    (datetime, AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE),
    (date, AirbyteType.DATE),
    (time, AirbyteType.TIME_WITHOUT_TIMEZONE),
    (dict, AirbyteType.OBJECT),
    (list | tuple, AirbyteType.ARRAY),
)


def _kind(value: object) -> AirbyteType:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return AirbyteType.TIMESTAMP_WITH_TIMEZONE
    return next((kind for known, kind in _KINDS if isinstance(value, known)), AirbyteType.STRING)
