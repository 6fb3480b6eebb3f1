"""MySQL's and MariaDB's catalog: one query for some tables, and what their types need to get through the driver.

Sources: MySQL's manual, "INFORMATION_SCHEMA Tables" and "Date and Time Data Types". Dates travel as text: a zero date,
or a 31 February that a lenient server let in, breaks the driver as a date and becomes null here, as it does in
MySQL's own connectors. TIME is a span of up to 838 hours there, so it is no time of day.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable, Key, Whole
from taskflow_profilemesh.reading.catalog.keys import primary_key, unique_keys
from taskflow_profilemesh.reading.catalog.names import names_by_schema
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIALECT = Dialect.MYSQL

_INTEGERS = ("tinyint", "smallint", "mediumint", "int", "bigint")
_KINDS = {
    **dict.fromkeys((*_INTEGERS, "year", "bit"), Kind.INTEGER),
    **dict.fromkeys(("float", "double"), Kind.FLOAT),
    "decimal": Kind.DECIMAL,
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"), Kind.TEXT),
    "date": Kind.DATE,
    **dict.fromkeys(("datetime", "timestamp"), Kind.DATETIME),
    "json": Kind.JSON,
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), Kind.BINARY),
}
_MOST_DIGITS = 38  # of a decimal that is read exactly
_PRECISION = re.compile(r"\d+")
_GEOMETRIES = frozenset(
    {"geometry", "point", "linestring", "polygon", "geometrycollection", "geomcollection"}
    | {"multipoint", "multilinestring", "multipolygon"}
)
_AS_TEXT = frozenset({"date", "datetime", "timestamp", "json", "enum", "set"})

_ENTRIES = """
select t.table_schema = database() as is_unnamed, convert(t.table_schema using utf8mb4) as schema_name,
  convert(t.table_name using utf8mb4) as table_name, convert(t.table_type using utf8mb4) as table_type,
  cast(t.table_rows as char) as row_estimate, cast(t.data_length as char) as size_bytes,
  convert(c.column_name using utf8mb4) as column_name, convert(c.data_type using utf8mb4) as data_type,
  convert(c.column_type using utf8mb4) as declared_type,
  convert(c.is_nullable using utf8mb4) as is_nullable, convert(c.column_key using utf8mb4) as column_key,
  convert(nullif(t.table_comment, '') using utf8mb4) as table_comment,
  convert(nullif(c.column_comment, '') using utf8mb4) as column_comment,
  cast(k.ordinal_position as char) as key_position, convert(u.key_places using utf8mb4) as key_places
from (select * from information_schema.tables t where {t} limit {all}) t
join (select * from information_schema.columns c where {c} limit {all}) c
  on c.table_schema = t.table_schema and c.table_name = t.table_name
left join (
  select k.table_schema, k.table_name, k.column_name, k.ordinal_position from information_schema.key_column_usage k
  where {k} and k.constraint_name = 'PRIMARY' limit {all}
) k on k.table_schema = c.table_schema and k.table_name = c.table_name and k.column_name = c.column_name
left join (
  select s.table_schema, s.table_name, s.column_name,
    group_concat(left(md5(s.index_name), 8), ' ', s.seq_in_index) as key_places
  from information_schema.statistics s
  where {s} and s.non_unique = 0 and (s.table_schema, s.table_name, s.index_name) not in (
    select p.table_schema, p.table_name, p.index_name from information_schema.statistics p
    where {p} and (p.index_name = 'PRIMARY' or p.column_name is null or p.sub_part is not null))
  group by s.table_schema, s.table_name, s.column_name
) u on u.table_schema = c.table_schema and u.table_name = c.table_name and u.column_name = c.column_name
order by t.table_schema, t.table_name, c.ordinal_position"""

_ALL = (1 << 64) - 1  # rows: a limit keeps a subquery, and what it says of its tables, from being merged into the join

_TABLES = """
select convert(table_schema using utf8mb4) as schema_name, convert(table_name using utf8mb4) as table_name
from information_schema.tables
where table_type not in ('SEQUENCE', 'TEMPORARY', 'SYSTEM VIEW') and table_schema = coalesce(database(), table_schema)
  and table_schema not in ('information_schema', 'performance_schema', 'mysql', 'sys')
order by 1, 2"""


def entries_query(tables: Sequence[TableRef]) -> str:
    """Return the query for everything about these tables; a name without a schema is in the address's database.

    Which tables are meant is said of each of the views by itself: MariaDB makes their rows table by table when they are
    asked for, and would look into all tables of the server for a join.
    """
    return _ENTRIES.format(all=_ALL, **{view: _is_one_of(tables, view) for view in "tckps"})


def tables_query() -> str:
    """Return the query for the tables of the address's database, or of all that users made."""
    return _TABLES


def tables_from(rows: Sequence[Mapping[str, Any]], *, unnamed_only: bool = False) -> list[TableRef]:
    """Read the answer to `tables_query`, which has no other than the address's database where one is named there."""
    del unnamed_only
    return [TableRef(name=row["table_name"], schema=row["schema_name"]) for row in rows]


def table_from(
    table: TableRef, rows: Sequence[Mapping[str, Any]], *, batch_rows: int, batch_bytes: int
) -> CatalogTable | None:
    """Read the rows of one table in the answer to `entries_query`; None when there are none.

    The server compares names without regard to case; a table of exactly that name is meant.
    """
    del batch_rows, batch_bytes  # a key's ranges are cut when its bounds are known
    exact = [row for row in rows if row["table_name"] == table.name]
    if not exact:
        return None
    first = exact[0]
    columns = tuple(_column(row) for row in exact)
    schema = TableSchema(
        table=TableRef(name=table.name, schema=first["schema_name"]),
        columns=tuple(column.schema for column in columns),
        primary_key=primary_key(exact),
        row_estimate=_number(first["row_estimate"]),
        size_bytes=_number(first["size_bytes"]),
        unique_keys=unique_keys(exact),
        comment=None if first["table_type"] == "VIEW" else first["table_comment"],  # which says VIEW there
    )
    return CatalogTable(schema, columns, _cut(exact, schema.primary_key))


def _is_one_of(tables: Sequence[TableRef], view: str) -> str:
    conditions = (
        f"{view}.table_schema = {'database()' if schema is None else _DIALECT.literal(schema)}"
        f" and {view}.table_name in ({names})"
        for schema, names in names_by_schema(tables, _DIALECT).items()
    )
    return f"({' or '.join(conditions)})"


def _cut(rows: Sequence[Mapping[str, Any]], primary: tuple[str, ...]) -> Key | Whole:
    """Choose a whole number that is unique, the primary key if it is one."""
    single = [row for row in rows if primary == (row["column_name"],)]
    for row in (*single, *(row for row in rows if row["column_key"] == "UNI")):
        if row["data_type"] in _INTEGERS:
            return Key(_DIALECT.quoted(row["column_name"]), nullable=row["is_nullable"] == "YES")
    return Whole("it has no unique whole number to cut it by")


def _column(row: Mapping[str, Any]) -> CatalogColumn:
    data_type = row["data_type"]
    schema = ColumnSchema(
        name=row["column_name"],
        kind=_KINDS.get(data_type, Kind.OTHER),
        declared_type=row["declared_type"],
        nullable=row["is_nullable"] == "YES",
        comment=row["column_comment"],
    )
    quoted = _DIALECT.quoted(row["column_name"])
    digits = _digits(row["declared_type"]) if data_type == "decimal" else None
    expression = _expression(quoted, data_type, is_exact=digits is not None)
    return CatalogColumn(schema, expression, zoned=data_type == "timestamp", digits=digits)


def _digits(declared_type: str) -> tuple[int, int] | None:
    """Return precision and scale of a decimal, or None beyond the 38 digits that are read exactly."""
    precision, scale = (int(number) for number in _PRECISION.findall(declared_type)[:2])
    return (precision, scale) if precision <= _MOST_DIGITS else None


def _expression(column: str, data_type: str, *, is_exact: bool) -> str:
    match data_type:
        case "decimal" if is_exact:
            return f"cast({column} as char)"
        case "bit":
            return f"cast({column} as unsigned)"
        case "decimal":
            return f"({column} + 0e0)"
        case _ if data_type in _GEOMETRIES:
            return f"st_astext({column})"
        case _ if data_type in _AS_TEXT or data_type not in _KINDS:
            return f"cast({column} as char)"
        case _:
            return column


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
