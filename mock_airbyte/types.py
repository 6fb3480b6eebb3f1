"""Airbyte's data types: as JSON schema, and as the Polars type in which a batch carries them.

Source of the vocabulary: the "Supported data types" page of the Airbyte protocol documentation.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping


class AirbyteType(StrEnum):
    """The type of a stream's column; its Polars type is in `POLARS_TYPES`."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP_WITH_TIMEZONE = "timestamp_with_timezone"
    TIMESTAMP_WITHOUT_TIMEZONE = "timestamp_without_timezone"
    TIME_WITH_TIMEZONE = "time_with_timezone"
    TIME_WITHOUT_TIMEZONE = "time_without_timezone"
    OBJECT = "object"
    ARRAY = "array"
    UNION = "union"


JSON_TYPES = frozenset({AirbyteType.OBJECT, AirbyteType.ARRAY, AirbyteType.UNION})

POLARS_TYPES: Mapping[AirbyteType, pl.DataType] = {
    AirbyteType.STRING: pl.String(),
    AirbyteType.INTEGER: pl.Int64(),
    AirbyteType.NUMBER: pl.Float64(),
    AirbyteType.BOOLEAN: pl.Boolean(),
    AirbyteType.DATE: pl.Date(),
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: pl.Datetime("us", "UTC"),
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: pl.Datetime("us"),
    AirbyteType.TIME_WITH_TIMEZONE: pl.String(),  # Polars has no time with a zone
    AirbyteType.TIME_WITHOUT_TIMEZONE: pl.Time(),
    AirbyteType.OBJECT: pl.String(),  # the JSON document as text
    AirbyteType.ARRAY: pl.String(),
    AirbyteType.UNION: pl.String(),
}

_SCHEMAS: Mapping[AirbyteType, dict[str, Any]] = {
    AirbyteType.STRING: {"type": "string"},
    AirbyteType.INTEGER: {"type": "integer"},
    AirbyteType.NUMBER: {"type": "number"},
    AirbyteType.BOOLEAN: {"type": "boolean"},
    AirbyteType.DATE: {"type": "string", "format": "date"},
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: {"type": "string", "format": "date-time"},
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: {"type": "string", "format": "date-time"},
    AirbyteType.TIME_WITH_TIMEZONE: {"type": "string", "format": "time"},
    AirbyteType.TIME_WITHOUT_TIMEZONE: {"type": "string", "format": "time"},
    AirbyteType.OBJECT: {"type": "object"},
    AirbyteType.ARRAY: {"type": "array"},
}
_DATES_AND_TIMES = {
    "date": AirbyteType.DATE,
    "date-time": AirbyteType.TIMESTAMP_WITH_TIMEZONE,
    "time": AirbyteType.TIME_WITH_TIMEZONE,
}
_NAMED = ("timestamp_", "time_")  # these carry their name in `airbyte_type`, for the format alone does not tell


def json_schema(kind: AirbyteType) -> dict[str, Any]:
    """Return the JSON schema of a nullable column of that type."""
    if kind is AirbyteType.UNION:
        return {"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "object"}]}
    schema = dict(_SCHEMAS[kind])
    schema["type"] = ["null", schema["type"]]
    if kind.startswith(_NAMED):
        schema["airbyte_type"] = str(kind)
    return schema


def from_json_schema(schema: Mapping[str, Any]) -> AirbyteType:
    """Return the type that a column's JSON schema declares; several types, or none that is known, are a union."""
    declared = schema.get("type")
    if declared is None:
        return _untyped(schema)
    names = {declared} if isinstance(declared, str) else set(declared)
    names.discard("null")
    if len(names) != 1:
        return AirbyteType.UNION
    name = names.pop()
    if schema.get("airbyte_type") in set(AirbyteType):
        return AirbyteType(schema["airbyte_type"])
    if name == "string":
        return _DATES_AND_TIMES.get(schema.get("format", ""), AirbyteType.STRING)
    return AirbyteType(name) if name in set(AirbyteType) else AirbyteType.UNION


def _untyped(schema: Mapping[str, Any]) -> AirbyteType:
    """Return the type of a schema that does not name it: that of its only choice beside null, or of its parts."""
    choices = [one for one in schema.get("oneOf") or schema.get("anyOf") or () if one.get("type") != "null"]
    if len(choices) == 1:
        return from_json_schema(choices[0])
    if not choices and "properties" in schema:
        return AirbyteType.OBJECT
    return AirbyteType.ARRAY if not choices and "items" in schema else AirbyteType.UNION


_FROM_POLARS = {
    pl.Date: AirbyteType.DATE,
    pl.Time: AirbyteType.TIME_WITHOUT_TIMEZONE,
    pl.Boolean: AirbyteType.BOOLEAN,
    pl.Struct: AirbyteType.OBJECT,
    pl.List: AirbyteType.ARRAY,
    pl.Array: AirbyteType.ARRAY,
}


def from_polars(dtype: pl.DataType) -> AirbyteType:
    """Return the type under which Airbyte would carry a column of that Polars type."""
    if isinstance(dtype, pl.Datetime):
        zoned = dtype.time_zone is not None
        return AirbyteType.TIMESTAMP_WITH_TIMEZONE if zoned else AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE
    if dtype.is_integer():
        return AirbyteType.INTEGER
    if dtype.is_numeric():
        return AirbyteType.NUMBER
    return _FROM_POLARS.get(dtype.base_type(), AirbyteType.STRING)
