"""SQLite's catalog, and how its values, each of which has a type of its own, become columns of one type.

The driver takes a column's type from its declaration or from its first row, and fails on the first value that is
otherwise. So every statement to SQLite begins with one row of literals that fix the types; the connector drops it.
(The driver also runs a statement twice, the first time for its first row: that one costs nothing then.) And what the
columns hold is looked at once before: one that holds a misfit is read as text.
Sources: "Datatypes In SQLite" §3.1 (affinity from the declared type), "Date And Time Functions".
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable, Key, Whole
from taskflow_profilemesh.reading.catalog.keys import primary_key, unique_keys
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIALECT = Dialect.SQLITE
_ROW_NAMES = ("rowid", "_rowid_", "oid")  # all three mean the row's number, unless a column has that name

_KINDS = (  # the first that the declared type holds, in the order of the affinity rules where those decide
    ("BOOL", Kind.BOOLEAN),
    ("DATETIME", Kind.DATETIME),
    ("TIMESTAMP", Kind.DATETIME),
    ("DATE", Kind.DATE),
    ("TIME", Kind.TIME),
    ("INT", Kind.INTEGER),
    ("JSON", Kind.JSON),
    ("UUID", Kind.OTHER),
    ("CHAR", Kind.TEXT),
    ("CLOB", Kind.TEXT),
    ("TEXT", Kind.TEXT),
    ("STRING", Kind.TEXT),
    ("BLOB", Kind.BINARY),
    ("BINARY", Kind.BINARY),
    ("BYTEA", Kind.BINARY),
    ("REAL", Kind.FLOAT),
    ("FLOA", Kind.FLOAT),
    ("DOUB", Kind.FLOAT),
    ("NUM", Kind.DECIMAL),
    ("DEC", Kind.DECIMAL),
)
_FIRST_ROW = {Kind.INTEGER: "0", Kind.BOOLEAN: "0", Kind.FLOAT: "0.0", Kind.DECIMAL: "0.0", Kind.BINARY: "x''"}
_WIDE = "(typeof({0}) = 'integer' and {0} not between -9007199254740992 and 9007199254740992)"  # no double holds it
_MISFITS = {  # true for a value that cannot be read as the kind; numbers sort before texts, and texts before blobs
    Kind.INTEGER: "{0} is not cast({0} as integer)",
    Kind.BOOLEAN: "{0} not in (0, 1)",
    Kind.FLOAT: "{0} >= ''",
    Kind.DECIMAL: "{0} >= '' or " + _WIDE,
    Kind.TEXT: "{0} >= x''",
    Kind.JSON: "{0} >= x''",
    Kind.DATE: "{0} is not null and date({0}) is not {0}",
    Kind.DATETIME: (
        "{0} is not null and (typeof({0}) <> 'text' or datetime({0}) is null"
        " or date(substr({0}, 1, 10)) is not substr({0}, 1, 10) or substr({0}, 12, 2) = '24')"
    ),
    Kind.TIME: (
        "{0} is not null and (typeof({0}) <> 'text' or strftime('%H:%M:%S', {0}) is not substr({0}, 1, 8)"
        " or substr({0}, 1, 2) = '24' or rtrim(substr({0}, 9), '0123456789') not in ('', '.'))"
    ),
}

_ENTRIES = """
select 'main' as schema_name, '' as table_name, 1 as is_unnamed, '' as table_type, 0 as keyless, 0 as strict,
  '' as column_name, '' as declared_type, 0 as not_null, 0 as key_position, '' as key_places,
  0 as size_bytes, '' as encoding
union all
select * from (
  with wanted (name) as (values {wanted}), sized as materialized (
    select w.name, (select coalesce(sum(d.pgsize), 0) from dbstat d where d.name = w.name and d.aggregate = 1) as bytes
    from wanted w)
  select l.schema, l.name, 1, l.type, l.wr, l.strict, x.name, x.type, x."notnull", x.pk, (
    select group_concat(k.seq || ' ' || i.seqno)
    from pragma_index_list(l.name) k join pragma_index_info(k.name) i
    where k."unique" and not k.partial and k.origin <> 'pk' and i.name = x.name
      and not exists (select 1 from pragma_index_info(k.name) e where e.name is null)), s.bytes, n.encoding
  from sized s join pragma_table_list(s.name) l join pragma_table_xinfo(l.name) x join pragma_encoding n
  where l.schema = 'main' and l.name = s.name and x.hidden in (0, 2, 3)
)"""

_TABLES = """
select '' as table_name
union all
select name from (
  select name from pragma_table_list
  where schema = 'main' and type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\'
  order by name
)"""


def entries_query(tables: Sequence[TableRef]) -> str:
    """Return the query for everything about these tables."""
    names = dict.fromkeys(_DIALECT.literal(table.name) for table in tables)  # `t` and `main.t` are one table
    return _ENTRIES.format(wanted=", ".join(f"({name})" for name in names))


def tables_query() -> str:
    """Return the query for the file's tables and views."""
    return _TABLES


def tables_from(rows: Sequence[Mapping[str, Any]], *, unnamed_only: bool = False) -> list[TableRef]:
    """Read the answer to `tables_query`; a file has one schema, so all are found without naming it."""
    del unnamed_only
    return [TableRef(name=row["table_name"]) for row in rows]


def table_from(
    table: TableRef, rows: Sequence[Mapping[str, Any]], *, batch_rows: int, batch_bytes: int
) -> CatalogTable | None:
    """Read the rows of one table in the answer to `entries_query`; None when there are none.

    `main` is the only schema of a file.
    """
    del batch_rows, batch_bytes  # a key's ranges are cut when its bounds are known
    if not rows or table.schema not in (None, "main"):
        return None
    columns = tuple(_column(row) for row in rows)
    schema = TableSchema(
        table=TableRef(name=table.name),
        columns=tuple(column.schema for column in columns),
        primary_key=primary_key(rows),
        size_bytes=rows[0]["size_bytes"] or None,  # a view has none
        unique_keys=unique_keys(rows),
    )
    is_strict = bool(rows[0]["strict"]) and all(column.schema.kind in _FIRST_ROW for column in columns)
    return CatalogTable(schema, columns, _cut(rows), strict=is_strict)


def first_row(column: CatalogColumn) -> str:
    """Return the literal that fixes the type in which the driver brings a column."""
    is_bytes = column.utf8 and column.schema.kind in (Kind.TEXT, Kind.JSON, Kind.OTHER)
    return "x''" if is_bytes else _FIRST_ROW.get(column.schema.kind, "''")


def misfit(column: CatalogColumn) -> str | None:
    """Return a condition that holds for values that cannot be read as declared; None when all can."""
    template = _MISFITS.get(column.schema.kind)
    return template and template.format(_DIALECT.quoted(column.schema.name))


def fitness(column: CatalogColumn) -> str:
    """Return the aggregate that says how a column's values can be read: 0 as declared, 1 as text, 2 as whole numbers.

    The last are decimals without a fraction of which a double cannot hold some. Where others have one, doubles are what
    those are.
    """
    test = misfit(column)
    if test is None:
        return "0"
    if column.schema.kind is not Kind.DECIMAL:
        return f"coalesce(max({test}), 0)"
    quoted = _DIALECT.quoted(column.schema.name)
    is_whole = f"min({quoted} is null or typeof({quoted}) = 'integer')"
    return f"case when max({quoted} >= '') then 1 when max({_WIDE.format(quoted)}) and {is_whole} then 2 else 0 end"


def reread(column: CatalogColumn, fitness: int) -> CatalogColumn:
    """Return the column as its values can be read."""
    match fitness:
        case 1:
            return as_text(column)
        case 2:
            plain = _DIALECT.quoted(column.schema.name)
            return replace(column, schema=replace(column.schema, kind=Kind.INTEGER), expression=plain)
        case _:
            return column


def as_text(column: CatalogColumn) -> CatalogColumn:
    """Return the column read as text, whatever it holds; bytes are written in hexadecimal."""
    quoted = _DIALECT.quoted(column.schema.name)
    text = f"case typeof({quoted}) when 'blob' then hex({quoted}) else cast({quoted} as text) end"
    return replace(
        column,
        schema=replace(column.schema, kind=Kind.OTHER),
        expression=_bytes_of(text) if column.utf8 else text,
    )


def _cut(rows: Sequence[Mapping[str, Any]]) -> Key | Whole:
    if rows[0]["table_type"] != "table":
        return Whole("a view has no row numbers")
    if rows[0]["keyless"]:
        return Whole("it was created without row numbers")
    taken = {row["column_name"].casefold() for row in rows}
    free = next((name for name in _ROW_NAMES if name not in taken), None)
    return Key(free) if free else Whole("its columns hide the row numbers")


def _column(row: Mapping[str, Any]) -> CatalogColumn:
    declared = row["declared_type"]
    plain = re.sub(r"\(.*?\)", "", declared).upper()
    kind = next((kind for word, kind in _KINDS if word in plain), Kind.OTHER)
    nullable = not row["not_null"] and not (row["keyless"] and row["key_position"])
    is_utf8 = row["encoding"] == "UTF-8"
    column = CatalogColumn(
        ColumnSchema(name=row["column_name"], kind=kind, declared_type=declared, nullable=nullable),
        _expression(_DIALECT.quoted(row["column_name"]), kind, is_utf8=is_utf8),
        utf8=is_utf8,
        zoned=kind is Kind.DATETIME and ("TZ" in plain or "WITH TIME ZONE" in plain),
    )
    return as_text(column) if kind is Kind.OTHER else column


def _bytes_of(text: str) -> str:
    """Write a text as its bytes: the driver fails on one that is no valid UTF-8, and SQLite keeps such."""
    return f"cast({text} as blob)"


def _expression(column: str, kind: Kind, *, is_utf8: bool) -> str:
    match kind:
        case Kind.FLOAT | Kind.DECIMAL:
            return f"cast({column} as real)"
        case Kind.TEXT | Kind.JSON:
            text = f"cast({column} as text)"
            return _bytes_of(text) if is_utf8 else text
        case Kind.BINARY:
            return f"cast({column} as blob)"
        case _:
            return column
