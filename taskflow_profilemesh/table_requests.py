"""Reading what people pass as `tables=`, or return from a `@profile_tables` function, as table requests.

Accepted: a name, a `TableRef`, a `TableRequest`, a mapping `{"table": …}` with any of its fields, a list of those, or
the result of an Airbyte sync, which stands for the tables that it wrote. A lone string is one table, never letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.tables import TableRef, TableRequest

EXPECTED = "a table name, a TableRef, a mapping with 'table', a list of those, or the result of an Airbyte sync"

_KEYS = tuple(field.name for field in fields(TableRequest))


class NoTable(InvalidOption):
    """The value names no table at all; a table that is named wrongly is a plain `InvalidOption`."""


def table_requests(value: object) -> tuple[TableRequest, ...]:
    """Return the tables that `value` names, each once, in their order; raises `NoTable` or `InvalidOption`."""
    requests = tuple(dict.fromkeys(_read(value)))
    if not requests:
        raise NoTable(option="tables", got="no table", expected=EXPECTED)
    return requests


def _read(value: object) -> Iterable[TableRequest]:
    if isinstance(value, Mapping) and "table" not in value and "tables" in value:
        return _read(value["tables"])  # the result of a sync
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return [_one(item) for item in value]
    return [_one(value)]


def _one(value: object) -> TableRequest:
    match value:
        case TableRequest():
            return value
        case TableRef():
            return TableRequest(value)
        case str():
            return TableRequest(TableRef.parse(value))
        case Mapping():
            return _from_mapping(value)
    raise NoTable(option="tables", got=type(value).__name__, expected=EXPECTED)


def _from_mapping(value: Mapping[object, object]) -> TableRequest:
    for key in value:
        if key not in _KEYS:
            raise InvalidOption(option="tables", got=str(key), expected=f"one of {', '.join(_KEYS)}", known=_KEYS)
    if "table" not in value:
        raise NoTable(option="tables", got="a mapping without 'table'", expected=EXPECTED)
    table = value["table"]
    columns = value.get("columns")
    return TableRequest(
        table=table if isinstance(table, TableRef) else TableRef.parse(_text("table", table)),
        columns=None if columns is None else _names("columns", columns),
        exclude_columns=_names("exclude_columns", value.get("exclude_columns") or ()),
        where=None if value.get("where") is None else _text("where", value["where"]),
        sample=_sample(value.get("sample")),
        incremental=None if value.get("incremental") is None else _text("incremental", value["incremental"]),
    )


def _names(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable):
        raise InvalidOption(option=key, got=type(value).__name__, expected="a list of column names")
    return tuple(_text(key, name) for name in value)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidOption(option=key, got=type(value).__name__, expected="a text that is not blank")
    return value


def _sample(value: object) -> int | float | None:
    if value is None:
        return None
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    share = isinstance(value, float) and 0 < value < 1
    if not (whole or share):
        raise InvalidOption(option="sample", got=repr(value), expected="a number of rows (≥ 1) or a share (0 to 1)")
    return value  # type: ignore[return-value] # an int or a float, as just checked
