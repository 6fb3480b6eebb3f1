"""PostgreSQL's catalog: one query for some tables, and what its types need to get through the driver.

Sources: the manual's chapters "System Catalogs" and "Date/Time Types". A cast that is not named here is `::text`,
which every type has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable
from taskflow_profilemesh.reading.catalog.keys import primary_key, unique_keys
from taskflow_profilemesh.reading.catalog.pages import Batch, cut_of
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIALECT = Dialect.POSTGRESQL
_DRIVER_YEAR = 262_142  # the last year that the driver knows; ±infinity arrives as its last and first day
_LAST_TIME = "23:59:59.999999"
_MOST_DIGITS = 38  # of a decimal that is read exactly
_DOUBLE_DIGITS = 300  # a numeric with at most so many digits fits a double without overflow or underflow

_KINDS = {
    "bool": Kind.BOOLEAN,
    **dict.fromkeys(("int2", "int4", "int8", "oid"), Kind.INTEGER),
    **dict.fromkeys(("float4", "float8"), Kind.FLOAT),
    "numeric": Kind.DECIMAL,
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "char"), Kind.TEXT),
    "date": Kind.DATE,
    **dict.fromkeys(("timestamp", "timestamptz"), Kind.DATETIME),
    "time": Kind.TIME,
    **dict.fromkeys(("json", "jsonb"), Kind.JSON),
    "bytea": Kind.BINARY,
}
_NATIVE = frozenset({"date", "timestamp", "timestamptz", "uuid"})  # a server's time is dearer than the client's
_AS_IT_IS = frozenset({"bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "bytea"})

_ENTRIES = """
with recursive wanted (in_schema, name) as (values {wanted}), target as (
  select c.*, n.nspname, pg_catalog.pg_table_is_visible(c.oid) as is_unnamed
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and exists (select from wanted w where w.name = c.relname
    and case when w.in_schema is null then pg_catalog.pg_table_is_visible(c.oid) else w.in_schema = n.nspname end)
), parts as (
  select t.oid as whole, t.oid as part from target t
  union
  select p.whole, i.inhrelid from parts p join pg_catalog.pg_inherits i on i.inhparent = p.part
), sizes as (
  select p.whole, sum(pg_catalog.pg_table_size(p.part))::int8 as size_bytes,
    sum(nullif(greatest(c.reltuples, -1), -1)) filter (where c.relkind in ('r', 'm', 'f'))::float8 as row_estimate,
    bool_or(case when c.relkind in ('r', 'p') then pg_catalog.row_security_active(p.part) else false end) as row_rules
  from parts p join pg_catalog.pg_class c on c.oid = p.part group by p.whole
), listed as (
  select p.whole, json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'relation_kind', c.relkind,
    'has_children', c.relhassubclass, 'is_heap', coalesce(m.amname = 'heap', false), 'counted_rows', c.reltuples,
    'counted_pages', c.relpages, 'main_bytes', pg_catalog.pg_relation_size(c.oid),
    'size_bytes', pg_catalog.pg_table_size(c.oid), 'readable', pg_catalog.has_table_privilege(c.oid, 'select')
    ) order by n.nspname, c.relname)::text as parts
  from target t join parts p on p.whole = t.oid join pg_catalog.pg_class c on c.oid = p.part
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace left join pg_catalog.pg_am m on m.oid = c.relam
  where c.relkind <> 'p' and (t.relkind = 'p' or t.relhassubclass) group by p.whole
), placed as (
  select t.oid as whole, k.attnum, string_agg(u.indexrelid::text || ' ' || k.place, ',') as key_places
  from target t join pg_catalog.pg_index u on u.indrelid = t.oid
  cross join lateral unnest((u.indkey::int2[])[0:u.indnkeyatts - 1]) with ordinality as k (attnum, place)
  where u.indisunique and not u.indisprimary and u.indisvalid and u.indpred is null and u.indexprs is null
  group by t.oid, k.attnum
), based as (
  select a.attrelid as whole, a.attnum, a.atttypid as type_oid, a.atttypmod as typmod
  from target t join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  union all
  select b.whole, b.attnum, d.typbasetype, d.typtypmod
  from based b join pg_catalog.pg_type d on d.oid = b.type_oid and d.typtype = 'd'
), typed as (
  select b.whole, b.attnum, b.typmod, y.typlen, y.typtype,
    case when y.typnamespace = 'pg_catalog'::regnamespace or y.typname = 'citext' then y.typname end as base_type
  from based b join pg_catalog.pg_type y on y.oid = b.type_oid and y.typtype <> 'd'
)
select t.nspname::text as schema_name, t.relname::text as table_name, t.is_unnamed,
  t.relkind::text as relation_kind, t.relhassubclass as has_children,
  coalesce(m.amname = 'heap', false) as is_heap, t.reltuples::float8 as counted_rows,
  t.relpages::int8 as counted_pages, s.row_estimate, s.size_bytes, s.row_rules, l.parts,
  pg_catalog.obj_description(t.oid, 'pg_class') as table_comment,
  pg_catalog.pg_relation_size(t.oid)::int8 as main_bytes,
  pg_catalog.current_setting('block_size')::int8 as page_bytes,
  pg_catalog.current_setting('server_version_num')::int8 as version,
  a.attname::text as column_name, pg_catalog.format_type(a.atttypid, a.atttypmod)::text as declared_type,
  a.attnotnull as not_null, y.base_type::text as base_type, y.typtype::text as type_class, y.typmod::int8 as typmod,
  y.typlen::int8 as type_bytes, pg_catalog.col_description(t.oid, a.attnum) as column_comment, k.key_places,
  pg_catalog.array_position((i.indkey::int2[])[0:i.indnkeyatts - 1], a.attnum)::int8 as key_position
from target t join sizes s on s.whole = t.oid left join listed l on l.whole = t.oid
left join pg_catalog.pg_am m on m.oid = t.relam
left join pg_catalog.pg_index i on i.indrelid = t.oid and i.indisprimary
left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
left join typed y on y.whole = t.oid and y.attnum = a.attnum
left join placed k on k.whole = t.oid and k.attnum = a.attnum
order by t.oid, a.attnum"""

_TABLES = """
select n.nspname::text as schema_name, c.relname::text as table_name,
  pg_catalog.pg_table_is_visible(c.oid) as is_unnamed
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
  and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e'
    and d.classid = 'pg_catalog.pg_class'::regclass)
order by 1, 2"""


def entries_query(tables: Sequence[TableRef]) -> str:
    """Return the query for everything about these tables; a name without a schema follows the search path."""
    wanted = ", ".join(f"({_name(table.schema)}, {_name(table.name)})" for table in tables)
    return _ENTRIES.format(wanted=wanted)


def tables_query() -> str:
    """Return the query for the tables that users made, without single partitions and what extensions brought."""
    return _TABLES


def tables_from(rows: Sequence[Mapping[str, Any]], *, unnamed_only: bool = False) -> list[TableRef]:
    """Read the answer to `tables_query`; `unnamed_only`: those on the search path, which no other one hides."""
    wanted = (row for row in rows if row["is_unnamed"] or not unnamed_only)
    return [TableRef(name=row["table_name"], schema=row["schema_name"]) for row in wanted]


def table_from(
    table: TableRef, rows: Sequence[Mapping[str, Any]], *, batch_rows: int, batch_bytes: int
) -> CatalogTable | None:
    """Read the rows of one table in the answer to `entries_query`; None when there are none."""
    if not rows:
        return None
    first = rows[0]
    described = [row for row in rows if row["column_name"] is not None]
    columns = tuple(_column(row) for row in described)
    estimate = first["row_estimate"]
    is_stored = first["relation_kind"] in {"r", "m", "p"}
    schema = TableSchema(
        table=TableRef(name=table.name, schema=first["schema_name"]),
        columns=tuple(column.schema for column in columns),
        primary_key=primary_key(described),
        row_estimate=None if estimate is None else int(estimate),
        size_bytes=int(first["size_bytes"]) if is_stored else None,
        unique_keys=unique_keys(described),
        comment=first["table_comment"],
    )
    return CatalogTable(schema, columns, cut_of(first, described, Batch(batch_rows, batch_bytes)))


def _name(text: str | None) -> str:
    return f"{'null' if text is None else _DIALECT.literal(text)}::pg_catalog.name"


def _column(row: Mapping[str, Any]) -> CatalogColumn:
    base = row["base_type"]
    is_label = row["type_class"] == "e" or base == "citext"
    kind = Kind.TEXT if is_label else _KINDS.get(base, Kind.OTHER)
    schema = ColumnSchema(
        name=row["column_name"],
        kind=kind,
        declared_type=row["declared_type"],
        nullable=not row["not_null"],
        comment=row["column_comment"],
    )
    quoted = _DIALECT.quoted(row["column_name"])
    digits = _digits(row["typmod"]) if base == "numeric" else None
    return CatalogColumn(
        schema,
        _expression(quoted, base, digits),
        native=quoted if base in _NATIVE else None,
        zoned=base == "timestamptz",
        digits=_exact(digits),
    )


def _expression(column: str, base: str | None, digits: tuple[int, int] | None) -> str:
    match base:
        case "oid":
            return f"{column}::int8"
        case "numeric":
            as_double = digits is not None and _exact(digits) is None and sum(digits) <= _DOUBLE_DIGITS
            return f"{column}::{'float8' if as_double else 'text'}"
        case "date" | "timestamp" | "timestamptz":
            return _within_driver_years(column, base)
        case "time":  # 24:00 is a time here and nowhere else
            return f"case when {column} > '{_LAST_TIME}' then '{_LAST_TIME}'::time else {column} end"
        case _ if base in _AS_IT_IS:
            return column
        case _:
            return f"{column}::text"


def _digits(typmod: int) -> tuple[int, int] | None:
    """Return the most digits before and after the point that a `numeric` of this modifier holds; None is no limit.

    Precision and scale are the modifier's upper and lower half; a scale may be negative, or exceed the precision.
    """
    if typmod < 0:
        return None
    precision = ((typmod - 4) >> 16) & 0xFFFF
    scale = (((typmod - 4) & 0x7FF) ^ 1024) - 1024
    return max(0, precision - scale), max(0, scale)


def _exact(digits: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return all digits and those after the point, where a decimal of 128 bits holds them all."""
    return (sum(digits), digits[1]) if digits is not None and sum(digits) <= _MOST_DIGITS else None


def _within_driver_years(column: str, base: str) -> str:
    """Let years beyond the driver's arrive as infinity does; it would refuse the whole table otherwise."""
    return f"case when {column} >= '{_DRIVER_YEAR}-01-01'::{base} then 'infinity'::{base} else {column} end"
