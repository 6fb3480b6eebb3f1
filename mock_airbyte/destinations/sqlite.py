"""The `destination-sqlite`: a file, written in write-ahead mode so that readers are never in the way, nor kept waiting.

Declared types are those that typed readers understand (ConnectorX reads a column by its declaration): timestamps are
text `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, JSON is text, numbers are doubles, booleans 0 and 1. SQLite has no schemas,
so a stream's namespace is left out of its table's name.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from mock_airbyte.destinations.protocol import METADATA, NOT_NULL, Table
from mock_airbyte.destinations.sql import SqlTransaction, held, quote, types_by_declaration
from mock_airbyte.failures import SyncFailure
from mock_airbyte.file_failures import kind_of
from mock_airbyte.sources.fitting import fit_value
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.destinations.protocol import TableColumn


_ROWS_AT_ONCE = 512  # that become Python objects together, while nothing else can run
_PAGE_BYTES = 16_384  # a third fewer system calls than pages of 4,096 bytes when a million rows come
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
_WAIT_SECONDS = 60.0  # for another sync into the same file to end
_DECLARED: Mapping[AirbyteType, str] = {
    AirbyteType.STRING: "VARCHAR",
    AirbyteType.INTEGER: "BIGINT",
    AirbyteType.NUMBER: "DOUBLE",
    AirbyteType.BOOLEAN: "BOOLEAN",
    AirbyteType.DATE: "DATE",
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: "TIMESTAMP",
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: "TIMESTAMP",
    AirbyteType.TIME_WITH_TIMEZONE: "VARCHAR",
    AirbyteType.TIME_WITHOUT_TIMEZONE: "TIME",
    AirbyteType.OBJECT: "TEXT",
    AirbyteType.ARRAY: "TEXT",
    AirbyteType.UNION: "TEXT",
}


_TYPES = types_by_declaration(_DECLARED)


class SqliteDestination:
    """A SQLite file; it is created, with its folder, by the first sync."""

    default_namespace: str | None = None
    largest_number = math.inf

    def __init__(self, path: Path) -> None:
        """Take the file's path."""
        self._path = path

    def check(self) -> None:
        """Open (and so create) the file."""
        with self._connection() as connection:
            connection.execute("select count(*) from sqlite_master")

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Open a write transaction; others keep reading what was there before it."""
        with self._connection() as connection:
            connection.execute("begin immediate")
            try:
                yield SqliteTransaction(connection)
                connection.execute("commit")
            finally:
                if connection.in_transaction:
                    connection.execute("rollback")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, isolation_level=None)
            try:
                connection.execute(f"pragma page_size = {_PAGE_BYTES}")  # heeded while the file is new
                connection.execute("pragma journal_mode = wal")
                connection.execute("pragma synchronous = normal")
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            message = f"The SQLite file cannot be written: {error}."
            raise SyncFailure(message, origin="destination", kind=kind_of(error)) from error


def open_sqlite(configuration: Mapping[str, Any]) -> SqliteDestination:
    """Open Airbyte's `{"destination_path": …}`."""
    return SqliteDestination(Path(configuration["destination_path"]))


class SqliteTransaction(SqlTransaction):
    """Statements and rows on one connection."""

    ROW = "_rowid_"

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection in a transaction."""
        self._connection = connection

    def types(self, table: Table) -> Mapping[str, frozenset[AirbyteType]] | None:
        """Return the table's columns, or None."""
        return held(self._declarations(table), _TYPES)

    def _declarations(self, table: Table) -> list[tuple[str, str]]:
        return self._connection.execute("select name, type from pragma_table_info(?)", (table.name,)).fetchall()

    def create(self, table: Table, columns: Sequence[TableColumn]) -> None:
        """Create the table."""
        declared = ", ".join(_declared(column) for column in (*METADATA, *columns))
        self.run(f"create table {self.quoted(table)} ({declared})")

    def add_column(self, table: Table, column: TableColumn) -> None:
        """Add a nullable column."""
        self.run(f"alter table {self.quoted(table)} add column {_declared(column)}")

    def change_type(self, table: Table, column: TableColumn) -> None:
        """Write the table anew, for SQLite changes no types; the values are made to fit one by one."""
        self._connection.create_function("mock_airbyte_fit", 1, partial(_refitted, column.type), deterministic=True)
        before = self._declarations(table)
        declared = ", ".join(
            _declared(column) if name == column.name else f"{quote(name)} {kind}{_required(name)}"
            for name, kind in before
        )
        chosen = ", ".join(
            f"mock_airbyte_fit({quote(name)})" if name == column.name else quote(name) for name, _ in before
        )
        new = Table(table.schema, f"{table.name}_airbyte_tmp")
        self.run(f"create table {self.quoted(new)} ({declared})")
        self.run(f"insert into {self.quoted(new)} select {chosen} from {self.quoted(table)} order by {self.ROW}")  # noqa: S608 -- names are quoted
        self.replace(table, by=new)

    def append(self, table: Table, frame: pl.DataFrame, columns: Sequence[TableColumn]) -> None:
        """Insert the rows."""
        everything = (*METADATA, *columns)
        names = ", ".join(quote(column.name) for column in everything)
        places = ", ".join("?" * len(everything))
        statement = f"insert into {self.quoted(table)} ({names}) values ({places})"  # noqa: S608 -- names are quoted
        stored = frame.select(_stored(column) for column in everything)
        rows = chain.from_iterable(part.rows() for part in stored.iter_slices(_ROWS_AT_ONCE))
        self._connection.executemany(statement, rows)

    def replace(self, table: Table, *, by: Table) -> None:
        """Swap the tables."""
        self.run(f"drop table if exists {self.quoted(table)}")
        self.run(f"alter table {self.quoted(by)} rename to {self.quoted(table)}")

    def run(self, statement: str) -> None:
        """Run a statement."""
        self._connection.execute(statement)

    def quoted(self, table: Table) -> str:
        """Return the table's quoted name."""
        return quote(table.name)


def _declared(column: TableColumn) -> str:
    return f"{quote(column.name)} {_DECLARED[column.type]}{_required(column.name)}"


def _required(name: str) -> str:
    return " NOT NULL" if name in NOT_NULL else ""


def _refitted(kind: AirbyteType, value: object) -> str | float | None:
    """Return a stored value as a column of that type stores it, or None."""
    fitted: Any = fit_value(value, kind)
    match fitted:
        case bool():
            return int(fitted)
        case datetime():
            in_utc = fitted.astimezone(UTC) if fitted.tzinfo else fitted
            return in_utc.strftime(_MOMENT)
        case date():
            return fitted.isoformat()
        case time():
            return fitted.strftime("%H:%M:%S.%f")
        case _:
            stored: str | float | None = fitted
            return stored


def _stored(column: TableColumn) -> pl.Expr:
    value = pl.col(column.name)
    match column.type:
        case AirbyteType.TIMESTAMP_WITH_TIMEZONE | AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE:
            return value.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        case AirbyteType.DATE:
            return value.dt.strftime("%Y-%m-%d")
        case AirbyteType.TIME_WITHOUT_TIMEZONE:
            return value.dt.strftime("%H:%M:%S%.6f")
        case AirbyteType.BOOLEAN:
            return value.cast(pl.Int8)
        case _:
            return value
