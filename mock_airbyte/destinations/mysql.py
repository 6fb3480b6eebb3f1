"""The `destination-mysql`: Airbyte's own configuration keys and column types, for MySQL and MariaDB.

MySQL ends a transaction whenever a table is created, altered or renamed. So rows of a table that others read are only
written between such statements, swapping and dropping wait for the end, and a failure drops the tables that were made.
A swap is one `rename table`, which MySQL does at once: readers see the old table or the new one.

Moments with a zone are text (ISO 8601, in UTC), as Airbyte has them here, for MySQL has no such type. Rows of one key,
cursor and extraction cannot be told apart by arrival; one of them is kept.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from mock_airbyte.destinations.names import identifier
from mock_airbyte.destinations.protocol import EXTRACTED_AT, METADATA, NOT_NULL, RAW_ID, Table
from mock_airbyte.destinations.sql import SqlTransaction, held, quote, types_by_declaration
from mock_airbyte.mysql_server import mysql_connection
from mock_airbyte.types import JSON_TYPES, AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pymysql

    from mock_airbyte.destinations.protocol import TableColumn

_DECLARED: Mapping[AirbyteType, str] = {
    AirbyteType.STRING: "text",
    AirbyteType.INTEGER: "bigint",
    AirbyteType.NUMBER: "decimal(38,9)",
    AirbyteType.BOOLEAN: "tinyint(1)",
    AirbyteType.DATE: "date",
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: "varchar(1024)",
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: "datetime(6)",
    AirbyteType.TIME_WITH_TIMEZONE: "varchar(1024)",
    AirbyteType.TIME_WITHOUT_TIMEZONE: "time(6)",
    AirbyteType.OBJECT: "json",
    AirbyteType.ARRAY: "json",
    AirbyteType.UNION: "json",
}
_ID_LENGTH = 36
_METADATA = {RAW_ID: "varchar(256)", EXTRACTED_AT: "timestamp(6)"}  # where Airbyte declares them otherwise
_TYPES = {**types_by_declaration(_DECLARED), "longtext": JSON_TYPES}  # MariaDB's name for json
_BIGINT_WIDTH = re.compile(r"^(bigint)\(\d+\)")
# How a value, as text, becomes one of a type; what does not fit is null.
_CASTS: Mapping[AirbyteType, str] = {
    AirbyteType.STRING: "{0}",
    AirbyteType.INTEGER: "case when {0} regexp '^[+-]?[0-9]{{1,18}}([.]0*)?$' then cast({0} as signed) end",
    AirbyteType.NUMBER: (
        "case when {0} regexp '^[+-]?([0-9]{{1,29}}[.]?[0-9]*|[.][0-9]+)$' then cast({0} as decimal(38,9)) end"
    ),
    AirbyteType.BOOLEAN: "case lower({0}) when 'true' then 1 when '1' then 1 when 'false' then 0 when '0' then 0 end",
    AirbyteType.DATE: "case when {0} regexp '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' then cast({0} as date) end",
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: (
        "case when {0} regexp '^[0-9-]{{10}}T[0-9:.]+([-+][0-9]{{2}}:?[0-9]{{2}}|Z)$' then {0} end"
    ),
    AirbyteType.TIME_WITH_TIMEZONE: "case when {0} regexp '^[0-9:.]+([-+][0-9]{{2}}:?[0-9]{{2}}|Z)$' then {0} end",
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: (
        "case when {0} regexp '^[0-9-]{{10}}[T ][0-9:.]+$' then cast({0} as datetime(6)) end"
    ),
    AirbyteType.TIME_WITHOUT_TIMEZONE: "case when {0} regexp '^[0-9]{{2}}:[0-9:.]+$' then cast({0} as time(6)) end",
}


class MySqlDestination:
    """A MySQL server; namespaces are its databases."""

    largest_number = 1e29  # decimal(38,9) has 29 digits before the point

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        """Take `host`, `port`, `database`, `username` and so on."""
        self.default_namespace: str | None = identifier(configuration["database"])
        self._configuration = configuration

    def check(self) -> None:
        """Connect and ask for the version."""
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute("select version()")

    @contextmanager
    def transaction(self) -> Iterator[MySqlTransaction]:
        """Open a transaction, as far as MySQL has any."""
        with self._connection() as connection, connection.cursor() as cursor:
            transaction = MySqlTransaction(cursor)
            try:
                yield transaction
                connection.commit()
                transaction.finish()
            except BaseException:
                connection.rollback()
                transaction.undo()
                raise

    @contextmanager
    def _connection(self) -> Iterator[pymysql.Connection[Any]]:
        with mysql_connection(self._configuration, origin="destination") as connection:
            yield connection


class MySqlTransaction(SqlTransaction):
    """Statements and rows on one cursor."""

    ROW = RAW_ID

    def __init__(self, cursor: pymysql.cursors.Cursor) -> None:
        """Take a cursor of a connection that commits when it is told to."""
        self._cursor = cursor
        self._made: list[Table] = []
        self._at_the_end: list[str] = []

    def types(self, table: Table) -> Mapping[str, frozenset[AirbyteType]] | None:
        """Return the table's columns, or None."""
        return held(((name, _BIGINT_WIDTH.sub(r"\1", kind)) for name, kind in self._declarations(table)), _TYPES)

    def _declarations(self, table: Table) -> tuple[tuple[str, str], ...]:
        self._cursor.execute(
            "select column_name, column_type from information_schema.columns"
            " where table_schema = %s and table_name = %s order by ordinal_position",
            (table.schema, table.name),
        )
        return tuple((str(name), str(kind)) for name, kind in self._cursor.fetchall())

    def create(self, table: Table, columns: Sequence[TableColumn]) -> None:
        """Create the table anew, and its database if need be."""
        self._cursor.execute("select 1 from information_schema.schemata where schema_name = %s", (table.schema,))
        if self._cursor.fetchone() is None:
            self.run(f"create database {quote(table.schema or '')}")
        declared = ", ".join(_declared(column) for column in (*METADATA, *columns))
        self.run(f"drop table if exists {self.quoted(table)}")
        self.run(f"create table {self.quoted(table)} ({declared}) character set utf8mb4")
        self._made.append(table)

    def add_column(self, table: Table, column: TableColumn) -> None:
        """Add a nullable column."""
        self.run(f"alter table {self.quoted(table)} add column {_declared(column)}")

    def change_type(self, table: Table, column: TableColumn) -> None:
        """Fill a new column with what can be cast, and let it take the old one's place."""
        name, new, old = self.quoted(table), quote("_airbyte_tmp_column"), quote(column.name)
        declared = dict(self._declarations(table))[column.name]
        self.run(f"alter table {name} add column {new} {_DECLARED[column.type]} after {old}")
        self.run("set session sql_mode = 'ANSI_QUOTES'")  # a value that does not fit gives a warning, no error
        self.run(f"update {name} set {new} = {_cast(old, declared, column.type)}")  # noqa: S608 -- names are quoted
        self.run("set session sql_mode = 'ANSI_QUOTES,STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'")
        self.run(f"alter table {name} drop column {old}, change column {new} {_declared(column)}")

    def append(self, table: Table, frame: pl.DataFrame, columns: Sequence[TableColumn]) -> None:
        """Insert the rows, many with each statement."""
        everything = (*METADATA, *columns)
        names = ", ".join(quote(column.name) for column in everything)
        places = ", ".join(["%s"] * len(everything))
        statement = f"insert into {self.quoted(table)} ({names}) values ({places})"  # noqa: S608 -- names are quoted
        stored = frame.select(_stored(column) for column in everything)
        self._cursor.executemany(statement, stored.iter_rows())

    def merge(self, table: Table, *, of: Table, columns: Sequence[TableColumn]) -> None:
        """Add all rows of another table, in the place of those that a killed process has added already.

        Such rows come with the ids that they had, and nothing else tells rows apart here.
        """
        self.remove(table, f"select distinct {quote(RAW_ID)} as place from {self.quoted(of)}")  # noqa: S608 -- names are quoted
        super().merge(table, of=of, columns=columns)

    def remove(self, table: Table, places: str) -> None:
        """Delete the rows that a query tells: MySQL would run it again for each row of a table.

        So it is joined, as a table of values short enough for MySQL to make an index of them.
        """
        name, row = self.quoted(table), quote(self.ROW)
        short = f"select distinct cast(place as char({_ID_LENGTH})) as place from ({places}) as listed"  # noqa: S608 -- names are quoted
        joined = f"straight_join ({short}) as gone on gone.place = kept.{row}"
        self.run(f"delete kept from {name} as kept {joined}")

    def replace(self, table: Table, *, by: Table) -> None:
        """Swap the tables at the end of the transaction, all at once."""
        old, new = self.quoted(table), self.quoted(by)
        if self.types(table) is None:
            self._at_the_end.append(f"rename table {new} to {old}")
            return
        gone = self.quoted(Table(by.schema, f"{by.name}_old"))
        self._at_the_end += [
            f"drop table if exists {gone}",
            f"rename table {old} to {gone}, {new} to {old}",
            f"drop table {gone}",
        ]

    def drop(self, table: Table) -> None:
        """Drop the table at the end of the transaction."""
        self._at_the_end.append(f"drop table {self.quoted(table)}")

    def finish(self) -> None:
        """Do what had to wait for the commit."""
        for statement in self._at_the_end:
            self.run(statement)
        self._made.clear()

    def undo(self) -> None:
        """Drop what was made."""
        for table in self._made:
            self.run(f"drop table if exists {self.quoted(table)}")

    def run(self, statement: str) -> None:
        """Run a statement."""
        self._cursor.execute(statement)

    def quoted(self, table: Table) -> str:
        """Return the table's quoted name, with its database."""
        return f"{quote(table.schema or '')}.{quote(table.name)}"


def _declared(column: TableColumn) -> str:
    declared = _METADATA.get(column.name, _DECLARED[column.type])
    # A timestamp column without a default would be given the present moment by itself.
    required = "not null" + (" default '1970-01-01 00:00:01'" if column.name == EXTRACTED_AT else "")
    return f"{quote(column.name)} {declared} {required if column.name in NOT_NULL else 'null'}"


def _cast(name: str, declared: str, kind: AirbyteType) -> str:
    was_json = declared in ("json", "longtext")
    if kind in JSON_TYPES:
        is_number = declared.startswith(("bigint", "decimal", "tinyint"))
        return name if was_json or is_number else f"json_quote(cast({name} as char))"
    return _CASTS[kind].format(f"json_unquote({name})" if was_json else f"cast({name} as char)")


def _stored(column: TableColumn) -> pl.Expr:
    value = pl.col(column.name)
    match column.type:
        case AirbyteType.TIMESTAMP_WITH_TIMEZONE:
            zone = "" if column.name == EXTRACTED_AT else "Z"
            return value.dt.strftime(f"%Y-%m-%dT%H:%M:%S%.6f{zone}")
        case AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE:
            return value.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        case AirbyteType.DATE:
            return value.dt.strftime("%Y-%m-%d")
        case AirbyteType.TIME_WITHOUT_TIMEZONE:
            return value.dt.strftime("%H:%M:%S%.6f")
        case _:
            return value
