"""Reading what people pass as `tables=`, or return from a `@profile_tables` function, as table requests.

Accepted: a name, a name with wildcards (`shop.*`, `fact_*`), a `TableRef`, a `TableRequest`, a mapping with any fields
of a request, the result of an Airbyte sync, which stands for the tables that it wrote, or a list of those. A mapping
names its tables with `table`, `schema` (a whole one) or `pattern` (a regular expression), and may `exclude` some. A
lone string is one table (or one pattern), never letters. In double quotes a wildcard is a character like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.request_fields import request_with, text
from taskflow_profilemesh.synced_tables import synced_tables
from taskflow_profilemesh.table_selection import NamePattern, TableRule, TableSelection, ruled
from taskflow_profilemesh.tables import TableRef, TableRequest, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.table_selection import Wanted

EXPECTED = (
    "a table name, a TableRef, a mapping with 'table', 'schema' or 'pattern', the result of an Airbyte sync, or a list"
    " of those"
)

_IN_PLACE_OF = {
    "incremental": ("sample", "sample_method", "max_rows"),
    "sample": ("incremental",),
    "max_rows": ("incremental",),
}
_CHOOSING = ("schema", "pattern", "exclude")
_KEYS = (*(field.name for field in fields(TableRequest)), *_CHOOSING)


class NoTable(InvalidOption):
    """The value names no table at all; a table that is named wrongly is a plain `InvalidOption`."""


def table_requests(value: object) -> tuple[Wanted, ...]:
    """Return the tables that `value` names, each once, in their order; raises `NoTable` or `InvalidOption`."""
    requests = _each_once(_read(value))
    if not requests:
        raise NoTable(option="tables", got="no table", expected=EXPECTED)
    return requests


def as_mapping(request: TableRequest) -> dict[str, Any]:
    """Return the request as plain JSON that `table_requests` reads back: what it says, and nothing else."""
    said = {field.name: getattr(request, field.name) for field in fields(request)}
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if value}
    if (partition := request.partition) is not None:
        which = {"values": list(partition.values)} if partition.values is not None else {"recent": partition.recent}
        told["partition"] = {"column": partition.column, **which}
    if request.synced is not None:
        told["synced"] = asdict(request.synced)
    return told | {"table": str(request.table)}


def with_rules(wanted: Sequence[Wanted], rules: Sequence[TableRule]) -> tuple[Wanted, ...]:
    """Return the requests with what they leave open as the rules have it, the first that fits first."""
    return tuple(
        replace(one, rules=(*one.rules, *rules)) if isinstance(one, TableSelection) else ruled(one, rules)
        for one in wanted
    )


def insisted(
    wanted: Sequence[Wanted], each: Mapping[str, object], *, exclude: Sequence[object] = ()
) -> tuple[Wanted, ...]:
    """Return the requests with what `each` says in place of their own words, and with further exclusions of patterns.

    Keys are those of a mapping of a table; None says nothing. A cursor takes the place of a sample, a sample that of a
    cursor, and `columns` that of columns left out. Raises `InvalidOption`.
    """
    given = {name: value for name, value in each.items() if value is not None}
    read = request_with(given)
    said = {name: getattr(read, name) for name in given}
    for name, others in _IN_PLACE_OF.items():
        if name in said:
            said = dict.fromkeys(others) | said
    if "columns" in said:
        said = {"exclude_columns": ()} | said
    excluded = tuple(_excluded(one) for one in exclude)
    return tuple(
        replace(one, each=replace(one.each, **said), exclude=(*one.exclude, *excluded))
        if isinstance(one, TableSelection)
        else replace(one, **said)
        for one in wanted
    )


def table_rule(pattern: str | None, each: Mapping[str, object], *, stays_whole: bool = False) -> TableRule:
    """Return the rule that plain values describe, keys as in a mapping of a table; raises `InvalidOption`.

    `pattern`: a name, maybe with wildcards, None for every table. Columns that it excludes may be missing somewhere.
    """
    said = dict(each)
    unwanted = said.pop("exclude_columns", ())
    return TableRule(
        pattern=None if pattern is None else NamePattern.of_wildcards(pattern),
        each=request_with(said | {"unwanted_columns": unwanted}),
        stays_whole=stays_whole,
    )


def _read(value: object) -> Iterable[Wanted]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return [one for item in value for one in _read_one(item)]
    return _read_one(value)


def _read_one(value: object) -> Iterable[Wanted]:
    if isinstance(value, Mapping) and "table" not in value and "tables" in value:
        return _of_sync(value)
    return [_one(value)]


def _each_once(wanted: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Return each table once, in their order; one that two syncs wrote is held against neither's rows."""
    found: dict[Wanted, Wanted] = {}
    for one in wanted:
        plain = replace(one, synced=None) if isinstance(one, TableRequest) else one
        found[plain] = one if found.get(plain, one) == one else plain
    return tuple(found.values())


def _of_sync(result: Mapping[object, object]) -> Iterable[Wanted]:
    """Return the tables that a sync wrote, each with what Airbyte says of it."""
    known = synced_tables(result)
    for one in _read(result["tables"]):
        is_told = isinstance(one, TableRequest) and one == TableRequest(one.table)
        yield replace(one, synced=known.get(str(one.table))) if is_told and isinstance(one, TableRequest) else one


def _one(value: object) -> Wanted:
    match value:
        case TableRequest() | TableSelection():
            return value
        case TableRef():
            return TableRequest(value)
        case str():
            return _named(value, TableRequest(TableRef("")), ())
        case Mapping():
            return _from_mapping(value)
    raise NoTable(option="tables", got=type(value).__name__, expected=EXPECTED)


def _from_mapping(value: Mapping[object, object]) -> Wanted:
    for key in value:
        if key not in _KEYS:
            raise InvalidOption(option="tables", got=str(key), expected=f"one of {', '.join(_KEYS)}", known=_KEYS)
    given = {str(key): part for key, part in value.items() if part is not None}
    each = request_with(given)
    excluded = given.get("exclude", ())
    exclude = tuple(_excluded(one) for one in ([excluded] if isinstance(excluded, str | Mapping) else _list(excluded)))
    schema = text("schema", given["schema"]) if "schema" in given else None
    if "pattern" in given and "table" not in given:
        pattern = NamePattern.of_expression(text("pattern", given["pattern"]), schema=schema)
        return TableSelection(pattern, exclude, each)
    if "table" in given and "pattern" not in given:
        return _tabled(given["table"], schema, each, exclude)
    if schema is not None and "table" not in given:
        return TableSelection(NamePattern.of_schema(schema), exclude, each)
    told = "both 'table' and 'pattern'" if "table" in given else "a mapping without 'table'"
    raise NoTable(option="tables", got=told, expected=EXPECTED)


def _tabled(table: object, schema: str | None, each: TableRequest, exclude: tuple[NamePattern, ...]) -> Wanted:
    if isinstance(table, TableRef):
        return _named(str(table), each, exclude)
    name = text("table", table)
    return _named(name if schema is None else f"{schema}.{name}", each, exclude)


def _named(name: str, each: TableRequest, exclude: tuple[NamePattern, ...]) -> Wanted:
    """Return one table, or a choice of tables where the name has a wildcard."""
    if any(part.is_pattern for part in split(name)):
        return TableSelection(NamePattern.of_wildcards(name), exclude, each)
    if exclude:
        expected = "a pattern or a schema beside it; columns are left out by exclude_columns"
        raise InvalidOption(option="exclude", got=f"with the one table {name}", expected=expected)
    return replace(each, table=TableRef.parse(name))


def _excluded(value: object) -> NamePattern:
    if isinstance(value, Mapping) and set(value) == {"pattern"}:
        return NamePattern.of_expression(text("pattern", value["pattern"]))
    if isinstance(value, TableRef):
        return NamePattern.of_wildcards(str(value))
    return NamePattern.of_wildcards(text("exclude", value))


def _list(value: object) -> Iterable[object]:
    if not isinstance(value, Iterable):
        raise InvalidOption(option="exclude", got=type(value).__name__, expected="a list of table names and patterns")
    return value
