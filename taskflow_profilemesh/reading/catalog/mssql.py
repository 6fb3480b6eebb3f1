"""SQL Server's catalog: one query for some tables, and what their types need to get through the driver.

Sources: Microsoft's "System catalog views", "CAST and CONVERT (Transact-SQL)" (style 121 is ISO 8601 with a space), and
the type table of ConnectorX, which has none for `smalldatetime`, `xml`, `sql_variant` and the types of the CLR, and
reads decimals by a library of 28 digits. So decimals and everything temporal travel as text. No server was at hand when
this was written: what it rests on is the manuals. It needs SQL Server 2017 or newer (`string_agg`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable, Key, Whole
from taskflow_profilemesh.reading.catalog.keys import primary_key, unique_keys
from taskflow_profilemesh.reading.catalog.names import names_by_schema
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIALECT = Dialect.MSSQL

_INTEGERS: Final = ("tinyint", "smallint", "int", "bigint")
_MONEY: Final = {"money": (19, 4), "smallmoney": (10, 4)}
_KINDS: Final = {
    **dict.fromkeys(_INTEGERS, Kind.INTEGER),
    **dict.fromkeys(("float", "real"), Kind.FLOAT),
    **dict.fromkeys(("decimal", "numeric", *_MONEY), Kind.DECIMAL),
    "bit": Kind.BOOLEAN,
    **dict.fromkeys(("char", "varchar", "text", "nchar", "nvarchar", "ntext"), Kind.TEXT),
    "date": Kind.DATE,
    **dict.fromkeys(("datetime", "smalldatetime", "datetime2", "datetimeoffset"), Kind.DATETIME),
    "time": Kind.TIME,
    "json": Kind.JSON,
    **dict.fromkeys(("binary", "varbinary", "image", "timestamp"), Kind.BINARY),
}
_EXPRESSIONS: Final = {  # of what is not read as nvarchar(max)
    **dict.fromkeys((*_INTEGERS, "float", "real", "bit"), "{}"),
    **dict.fromkeys(("binary", "varbinary", "image", "timestamp"), "cast({} as varbinary(max))"),
    **dict.fromkeys(("datetime", "smalldatetime", "datetime2"), "convert(varchar(27), cast({} as datetime2(7)), 121)"),
    "datetimeoffset": "convert(varchar(27), cast(switchoffset({}, '+00:00') as datetime2(7)), 121)",
    "date": "convert(varchar(10), {}, 23)",
    "time": "convert(varchar(16), {}, 121)",
    "uniqueidentifier": "lower(cast({} as varchar(36)))",
    "sql_variant": "cast({} as nvarchar(4000))",
    **dict.fromkeys(("geometry", "geography"), "{}.STAsText()"),
    "hierarchyid": "{}.ToString()",
}
_SIZED: Final = frozenset({"char", "varchar", "binary", "varbinary"})
_OF_TWO_BYTES: Final = frozenset({"nchar", "nvarchar"})
_SCALED: Final = frozenset({"time", "datetime2", "datetimeoffset"})

_ENTRIES = """
select case when s.schema_id = schema_id() then 1 else 0 end as is_unnamed, s.name as schema_name, o.name as table_name,
  cast(o.type as nvarchar(2)) as table_type, c.name as column_name, coalesce(b.name, t.name) as data_type,
  t.name as type_name, cast(c.max_length as int) as max_length, cast(c.precision as int) as digits,
  cast(c.scale as int) as scale, cast(c.is_nullable as int) as is_nullable, p.key_position, u.key_places,
  r.row_estimate, r.size_bytes, cast(d.value as nvarchar(4000)) as table_comment,
  cast(e.value as nvarchar(4000)) as column_comment
from sys.objects o
join sys.schemas s on s.schema_id = o.schema_id
join sys.columns c on c.object_id = o.object_id
join sys.types t on t.user_type_id = c.user_type_id
left join sys.types b on b.user_type_id = c.system_type_id
outer apply (
  select cast(max(x.key_ordinal) as int) as key_position from sys.indexes i
  join sys.index_columns x on x.object_id = i.object_id and x.index_id = i.index_id
  where i.object_id = c.object_id and i.is_primary_key = 1 and x.column_id = c.column_id and x.key_ordinal > 0
) p
outer apply (
  select string_agg(concat(i.index_id, ' ', x.key_ordinal), ',') as key_places from sys.indexes i
  join sys.index_columns x on x.object_id = i.object_id and x.index_id = i.index_id
  where i.object_id = c.object_id and i.is_unique = 1 and i.is_primary_key = 0 and i.has_filter = 0
    and i.is_disabled = 0 and x.column_id = c.column_id and x.key_ordinal > 0
) u
outer apply (
  select sum(case when a.type = 1 then q.rows end) as row_estimate, sum(a.total_pages) * 8192 as size_bytes
  from sys.partitions q join sys.allocation_units a on a.container_id = q.partition_id
  where q.object_id = o.object_id and q.index_id in (0, 1)
) r
left join sys.extended_properties d
  on d.class = 1 and d.major_id = o.object_id and d.minor_id = 0 and d.name = N'MS_Description'
left join sys.extended_properties e
  on e.class = 1 and e.major_id = o.object_id and e.minor_id = c.column_id and e.name = N'MS_Description'
where o.type in ('U', 'V') and ({wanted})
order by s.name, o.name, c.column_id"""

_TABLES = """
select case when s.schema_id = schema_id() then 1 else 0 end as is_unnamed, s.name as schema_name, o.name as table_name
from sys.objects o join sys.schemas s on s.schema_id = o.schema_id
where o.type in ('U', 'V') and o.is_ms_shipped = 0
order by s.name, o.name"""


def entries_query(tables: Sequence[TableRef]) -> str:
    """Return the query for everything about these tables; a name without a schema is in the user's own, mostly dbo."""
    wanted = (
        f"s.schema_id = {'schema_id()' if schema is None else f'schema_id({_DIALECT.literal(schema)})'}"
        f" and o.name in ({names})"
        for schema, names in names_by_schema(tables, _DIALECT).items()
    )
    return _ENTRIES.format(wanted=" or ".join(wanted))


def tables_query() -> str:
    """Return the query for the database's tables and views."""
    return _TABLES


def tables_from(rows: Sequence[Mapping[str, Any]], *, unnamed_only: bool = False) -> list[TableRef]:
    """Read the answer to `tables_query`; `unnamed_only`: those in the user's own schema."""
    return [
        TableRef(name=row["table_name"], schema=row["schema_name"])
        for row in rows
        if row["is_unnamed"] or not unnamed_only
    ]


def table_from(
    table: TableRef, rows: Sequence[Mapping[str, Any]], *, batch_rows: int, batch_bytes: int
) -> CatalogTable | None:
    """Read the rows of one table in the answer to `entries_query`; None when there are none.

    The server may compare names without regard to case; a table of exactly that name is meant.
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
        row_estimate=first["row_estimate"],
        size_bytes=first["size_bytes"],
        unique_keys=unique_keys(exact),
        comment=first["table_comment"],
    )
    return CatalogTable(schema, columns, _cut(exact, schema))


def _cut(rows: Sequence[Mapping[str, Any]], schema: TableSchema) -> Key | Whole:
    """Choose a whole number that is unique, the primary key if it is one."""
    if rows[0]["table_type"].strip() == "V":
        return Whole("a view has no key to cut it by")
    by_name = {row["column_name"]: row for row in rows}
    for key in (schema.primary_key, *(schema.unique_keys or ())):
        row = by_name[key[0]] if len(key) == 1 else None
        if row is not None and row["data_type"] in _INTEGERS:
            return Key(_DIALECT.quoted(row["column_name"]), nullable=bool(row["is_nullable"]))
    return Whole("it has no unique whole number to cut it by")


def _column(row: Mapping[str, Any]) -> CatalogColumn:
    data_type = row["data_type"]
    schema = ColumnSchema(
        name=row["column_name"],
        kind=_KINDS.get(data_type, Kind.OTHER),
        declared_type=_declared(row),
        nullable=bool(row["is_nullable"]),
        comment=row["column_comment"],
    )
    digits = _MONEY.get(data_type) or ((row["digits"], row["scale"]) if schema.kind is Kind.DECIMAL else None)
    expression = _expression(_DIALECT.quoted(row["column_name"]), data_type, digits)
    return CatalogColumn(schema, expression, zoned=data_type == "datetimeoffset", digits=digits)


def _declared(row: Mapping[str, Any]) -> str:
    """Write a type as `create table` has it; one that users named is called by its name."""
    name, data_type = row["type_name"], row["data_type"]
    if name != data_type:
        return str(name)
    if data_type in _SIZED | _OF_TWO_BYTES:
        length = row["max_length"] // (2 if data_type in _OF_TWO_BYTES else 1)
        return f"{name}({'max' if row['max_length'] < 0 else length})"
    if data_type in ("decimal", "numeric"):
        return f"{name}({row['digits']},{row['scale']})"
    return f"{name}({row['scale']})" if data_type in _SCALED else str(name)


def _expression(column: str, data_type: str, digits: tuple[int, int] | None) -> str:
    if digits is not None:
        return f"cast({exact_decimal(column, digits)} as varchar(41))"
    return _EXPRESSIONS.get(data_type, "cast({} as nvarchar(max))").format(column)


def exact_decimal(column: str, digits: tuple[int, int] | None) -> str:
    """Write a decimal so that it prints all its digits: money prints two of its four."""
    return f"cast({column} as decimal({digits[0]},{digits[1]}))" if digits else column
