"""The `destination-postgres`: Airbyte's own configuration keys and Direct Load column types, written with COPY.

CSV through psycopg's COPY is the fastest and safest way in: an unquoted empty field is null, a quoted one is text.
PostgreSQL cannot hold NUL characters in text, so they are taken out, as Airbyte does.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from mock_airbyte.destinations.names import identifier
from mock_airbyte.destinations.protocol import METADATA, NOT_NULL
from mock_airbyte.destinations.sql import SqlTransaction, held, quote, types_by_declaration
from mock_airbyte.postgres_server import postgres_connection
from mock_airbyte.types import JSON_TYPES, AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psycopg

    from mock_airbyte.destinations.protocol import Table, TableColumn

_DECLARED: Mapping[AirbyteType, str] = {  # in the words in which the catalog has them
    AirbyteType.STRING: "character varying",
    AirbyteType.INTEGER: "bigint",
    AirbyteType.NUMBER: "numeric(38,9)",
    AirbyteType.BOOLEAN: "boolean",
    AirbyteType.DATE: "date",
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: "timestamp with time zone",
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: "timestamp without time zone",
    AirbyteType.TIME_WITH_TIMEZONE: "time with time zone",
    AirbyteType.TIME_WITHOUT_TIMEZONE: "time without time zone",
    AirbyteType.OBJECT: "jsonb",
    AirbyteType.ARRAY: "jsonb",
    AirbyteType.UNION: "jsonb",
}
_TYPES = types_by_declaration(_DECLARED)
_NUL_ESCAPE = "\\u0000"
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # not one whose backslash is itself escaped


# A cast that gives null where PostgreSQL would give an error; older servers have no function that asks beforehand.
_CASTING = """
create or replace function pg_temp.mock_airbyte_cast(value text) returns {declared} language plpgsql as $$
begin {body}; exception when others then return null; end $$
"""
_CAST = "return value::{declared}"
_CAST_WHOLE = "if value::numeric = trunc(value::numeric) then return value::numeric; end if; return null"


class PostgresDestination:
    """A PostgreSQL database; namespaces are its schemas."""

    largest_number = 1e29  # decimal(38,9) has 29 digits before the point

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        """Take `host` (a name, or the folder of a unix socket), `port`, `database`, `schema`, `username` and so on."""
        self.default_namespace: str | None = identifier(configuration.get("schema") or "public")
        self._cascade = bool(configuration.get("drop_cascade"))
        self._configuration = configuration

    def check(self) -> None:
        """Connect and ask for the version."""
        with self._connection() as connection:
            connection.execute("select version()")

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        """Open a transaction; locks that keep readers out are only taken for the swap at its end."""
        with self._connection() as connection, connection.transaction(), connection.cursor() as cursor:
            yield PostgresTransaction(cursor, cascade=self._cascade)

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with postgres_connection(self._configuration, origin="destination") as connection:
            yield connection


class PostgresTransaction(SqlTransaction):
    """Statements and rows on one cursor."""

    ROW = "ctid"

    def __init__(self, cursor: psycopg.Cursor[Any], *, cascade: bool) -> None:
        """Take a cursor in a transaction; `cascade`: dropping a table drops the views on it too."""
        self._cursor = cursor
        self._cascade = " cascade" if cascade else ""

    def types(self, table: Table) -> Mapping[str, frozenset[AirbyteType]] | None:
        """Return the table's columns, or None."""
        self._cursor.execute(
            "select a.attname, format_type(a.atttypid, a.atttypmod)"
            " from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = %s and c.relname = %s"
            " and a.attnum > 0 and not a.attisdropped order by a.attnum",
            (table.schema, table.name),
        )
        return held(self._cursor.fetchall(), _TYPES)

    def create(self, table: Table, columns: Sequence[TableColumn]) -> None:
        """Create the table, and its schema if need be."""
        self._cursor.execute("select 1 from pg_namespace where nspname = %s", (table.schema,))
        if self._cursor.fetchone() is None:
            self.run(f"create schema if not exists {quote(table.schema or '')}")
        declared = ", ".join(_declared(column) for column in (*METADATA, *columns))
        self.run(f"create table {self.quoted(table)} ({declared})")

    def add_column(self, table: Table, column: TableColumn) -> None:
        """Add a nullable column."""
        self.run(f"alter table {self.quoted(table)} add column {_declared(column)}")

    def change_type(self, table: Table, column: TableColumn) -> None:
        """Cast each value that can be cast, in place."""
        declared, name = _DECLARED[column.type], quote(column.name)
        if column.type in JSON_TYPES:
            cast = f"to_jsonb({name})"
        elif column.type is AirbyteType.STRING:
            cast = f"to_jsonb({name}) #>> '{{}}'"
        else:
            body = (_CAST_WHOLE if column.type is AirbyteType.INTEGER else _CAST).format(declared=declared)
            self.run(_CASTING.format(declared=declared, body=body))
            cast = f"pg_temp.mock_airbyte_cast(to_jsonb({name}) #>> '{{}}')"
        self.run(f"alter table {self.quoted(table)} alter column {name} type {declared} using {cast}")
        self.run("drop function if exists pg_temp.mock_airbyte_cast(text)")

    def append(self, table: Table, frame: pl.DataFrame, columns: Sequence[TableColumn]) -> None:
        """Copy the rows in."""
        everything = (*METADATA, *columns)
        names = ", ".join(quote(column.name) for column in everything)
        statement = f"copy {self.quoted(table)} ({names}) from stdin (format csv)"
        rows = _without_nul(frame.select(column.name for column in everything), everything)
        with self._cursor.copy(statement.encode()) as copy:
            copy.write(rows.write_csv(include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f"))

    def replace(self, table: Table, *, by: Table) -> None:
        """Swap the tables."""
        self.run(f"drop table if exists {self.quoted(table)}{self._cascade}")
        self.run(f"alter table {self.quoted(by)} rename to {quote(table.name)}")

    def run(self, statement: str) -> None:
        """Run a statement."""
        self._cursor.execute(statement.encode())

    def quoted(self, table: Table) -> str:
        """Return the table's quoted name, with its schema."""
        return f"{quote(table.schema or 'public')}.{quote(table.name)}"


def _declared(column: TableColumn) -> str:
    required = " not null" if column.name in NOT_NULL else ""
    return f"{quote(column.name)} {_DECLARED[column.type]}{required}"


def _without_nul(frame: pl.DataFrame, columns: Sequence[TableColumn]) -> pl.DataFrame:
    """Take NUL characters out, as text and as JSON's escape for it."""
    texts = [column.name for column in columns if column.type is AirbyteType.STRING]
    documents = [column.name for column in columns if column.type in JSON_TYPES]
    frame = frame.with_columns(pl.col(texts).str.replace_all("\0", "", literal=True))
    dirty = [name for name in documents if frame[name].str.contains(_NUL_ESCAPE, literal=True).any()]
    cleaned = (
        pl.col(name).map_elements(lambda text: _ESCAPED_NUL.sub(r"\1", text), return_dtype=pl.String) for name in dirty
    )
    return frame.with_columns(cleaned)
