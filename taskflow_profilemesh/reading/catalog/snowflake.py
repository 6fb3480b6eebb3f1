"""Snowflake's catalog: one query for some tables, and what its types need to get through the driver.

Names are written as they are, in quotes. What people create without quotes has a name in capitals, so a table that is
asked for in lower case is found under that name too, where none is written just so.

Numbers arrive as decimals of 128 bits. Those of up to 18 digits without a point are integers here; the others, among
them `int`, which is `number(38,0)`, stay decimals. Moments are cut to microseconds, and those of a zone are moved to
UTC, by the server: nanoseconds since 1970 would not reach beyond 2262. Primary keys are left out: no view of the
catalog tells their columns, and nothing enforces them. The size is left out too: it is that of compressed files.
Source: Snowflake's manual, "Information Schema" and "Summary of data types".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable, Whole
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIALECT = Dialect.SNOWFLAKE
_MOST_DIGITS = 18  # of an integer; a decimal may have 38

_KINDS = {
    "BOOLEAN": Kind.BOOLEAN,
    **dict.fromkeys(("FLOAT", "DECFLOAT"), Kind.FLOAT),
    "TEXT": Kind.TEXT,
    "DATE": Kind.DATE,
    **dict.fromkeys(("TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"), Kind.DATETIME),
    "TIME": Kind.TIME,
    **dict.fromkeys(("VARIANT", "OBJECT", "ARRAY", "MAP"), Kind.JSON),
    "BINARY": Kind.BINARY,
}
_EXPRESSIONS = {
    **dict.fromkeys(("NUMBER", "BOOLEAN", "FLOAT", "TEXT", "DATE", "TIME", "BINARY"), "{}"),
    "DECFLOAT": "{}::float",
    "TIMESTAMP_NTZ": "{}::timestamp_ntz(6)",
    **dict.fromkeys(("TIMESTAMP_LTZ", "TIMESTAMP_TZ"), "convert_timezone('UTC', {})::timestamp_ntz(6)"),
    **dict.fromkeys(("VARIANT", "OBJECT", "ARRAY", "MAP"), "to_json(to_variant({}))"),
    "VECTOR": "to_json(to_variant({}::array))",
    **dict.fromkeys(("GEOGRAPHY", "GEOMETRY"), "st_aswkt({})"),
}
_ZONED = frozenset({"TIMESTAMP_LTZ", "TIMESTAMP_TZ"})

_ENTRIES = """
select c.table_schema as "schema_name", c.table_name as "table_name",
  c.table_schema = current_schema() as "is_unnamed", t.table_type as "table_type", t.row_count as "row_estimate",
  t.comment as "table_comment", c.column_name as "column_name", c.data_type as "data_type",
  c.character_maximum_length as "length", c.numeric_precision as "digits", c.numeric_scale as "scale",
  c.collation_name as "collation", c.is_nullable as "is_nullable", c.comment as "column_comment"
from information_schema.columns c left join information_schema.tables t
  on t.table_schema = c.table_schema and t.table_name = c.table_name
where {wanted}
order by c.table_schema, c.table_name, c.ordinal_position"""

_TABLES = """
select table_schema as "schema_name", table_name as "table_name", table_schema = current_schema() as "is_unnamed"
from information_schema.tables where table_schema <> 'INFORMATION_SCHEMA'
union
select table_schema, table_name, table_schema = current_schema()
from information_schema.views where table_schema <> 'INFORMATION_SCHEMA'"""


def entries_query(tables: Sequence[TableRef]) -> str:
    """Return the query for everything about these tables; a name without a schema is in the current schema."""
    return _ENTRIES.format(wanted=" or ".join(_is(table) for table in tables))


def tables_query() -> str:
    """Return the query for the tables and views of the database; what is shared with a name only is among both."""
    return _TABLES


def tables_from(rows: Sequence[Mapping[str, Any]], *, unnamed_only: bool = False) -> list[TableRef]:
    """Read the answer to `tables_query`; `unnamed_only`: those of the current schema."""
    wanted = (row for row in rows if row["is_unnamed"] or not unnamed_only)
    return [TableRef(name=row["table_name"], schema=row["schema_name"]) for row in wanted]


def table_from(
    table: TableRef, rows: Sequence[Mapping[str, Any]], *, batch_rows: int, batch_bytes: int
) -> CatalogTable | None:
    """Read the rows of one table in the answer to `entries_query`, the one that is written just so before others.

    None when there are none.
    """
    del batch_rows, batch_bytes  # there is one read, whose batches Snowflake makes
    found = {TableRef(row["table_name"], row["schema_name"]) for row in rows}
    if not found:
        return None
    chosen = max(found, key=lambda one: (one.schema == table.schema, one.name == table.name))
    described = [row for row in rows if (row["table_name"], row["schema_name"]) == (chosen.name, chosen.schema)]
    first = described[0]
    columns = tuple(_column(row) for row in described)
    schema = TableSchema(
        table=chosen,
        columns=tuple(column.schema for column in columns),
        row_estimate=None if first["row_estimate"] is None else int(first["row_estimate"]),
        comment=first["table_comment"],
    )
    is_table = first["table_type"] == "BASE TABLE"
    methods: tuple[Any, ...] = ("bernoulli", "system") if is_table else ("bernoulli",)
    return CatalogTable(schema, columns, Whole("Snowflake sends it as one stream of batches", methods))


def _is(table: TableRef) -> str:
    schema = f"c.table_schema in ({_written(table.schema)})" if table.schema else "c.table_schema = current_schema()"
    return f"({schema} and c.table_name in ({_written(table.name)}))"


def _written(name: str) -> str:
    """Write a name as it is and, if it has no capitals, as Snowflake keeps what is created without quotes."""
    names = {name: None, name.upper(): None} if name == name.lower() else {name: None}
    return ", ".join(_DIALECT.literal(one) for one in names)


def _column(row: Mapping[str, Any]) -> CatalogColumn:
    data_type = row["data_type"]
    digits = _digits(row) if data_type == "NUMBER" else None
    is_integer = digits is not None and digits[1] == 0 and digits[0] <= _MOST_DIGITS
    number = Kind.INTEGER if is_integer else Kind.DECIMAL
    schema = ColumnSchema(
        name=row["column_name"],
        kind=_KINDS.get(data_type, Kind.OTHER) if digits is None else number,
        declared_type=_declared(row),
        nullable=row["is_nullable"] == "YES",
        comment=row["column_comment"],
    )
    return CatalogColumn(
        schema,
        _EXPRESSIONS.get(data_type, "{}::varchar").format(_DIALECT.quoted(row["column_name"])),
        zoned=data_type in _ZONED,
        digits=None if is_integer else digits,
        collated=bool(row["collation"]),
    )


def _digits(row: Mapping[str, Any]) -> tuple[int, int]:
    return int(row["digits"]), int(row["scale"])


def _declared(row: Mapping[str, Any]) -> str:
    match row["data_type"]:
        case "NUMBER":
            return "NUMBER({},{})".format(*_digits(row))
        case "TEXT":
            length = "VARCHAR" if row["length"] is None else f"VARCHAR({int(row['length'])})"
            return f"{length} COLLATE '{row['collation']}'" if row["collation"] else length
        case data_type:
            return str(data_type)
