"""A SQLite file as a source (`source-mock-sqlite`, which exists only here): every table and view is a stream.

A column's type is told by the words of its declaration, as SQLite itself does; a value of another kind does not fit.
SQLite keeps moments as whatever text was put in, so cursors are compared by a function that reads them as a sync does.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from mock_airbyte.destinations.sql import quote
from mock_airbyte.failures import SyncFailure
from mock_airbyte.file_failures import kind_of
from mock_airbyte.sources.fitting import fit_value
from mock_airbyte.sources.sql import MARK, TableColumn
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mock_airbyte.sources.protocol import Column

_WORDS = (  # the first one that stands in a declaration tells the type
    ("BOOL", AirbyteType.BOOLEAN),
    ("INT", AirbyteType.INTEGER),
    ("TIMESTAMP", AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE),
    ("DATETIME", AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE),
    ("DATE", AirbyteType.DATE),
    ("TIME", AirbyteType.TIME_WITHOUT_TIMEZONE),
    ("JSON", AirbyteType.OBJECT),
    ("REAL", AirbyteType.NUMBER),
    ("FLOA", AirbyteType.NUMBER),
    ("DOUB", AirbyteType.NUMBER),
    ("NUM", AirbyteType.NUMBER),
    ("DEC", AirbyteType.NUMBER),
)
_COLUMNS = """
select t.name, c.name, c.type, c.pk > 0 from sqlite_master t, pragma_table_info(t.name) c
where t.type in ('table', 'view') and t.name not like 'sqlite\\_%' escape '\\' order by t.name, c.cid
"""


class SqliteTables:
    """A SQLite file to read from; it is never created."""

    def __init__(self, path: Path) -> None:
        """Take the file's path."""
        self._path = path

    def columns(self) -> Sequence[TableColumn]:
        """Return the columns of every table and view."""
        with self._connection() as connection:
            found = connection.execute(_COLUMNS).fetchall()
        return [
            TableColumn(None, table, name, _type(declared), bool(is_key)) for table, name, declared, is_key in found
        ]

    @contextmanager
    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Iterator[Sequence[Any]]]:
        """Run a query."""
        with self._connection() as connection:
            connection.create_function("mock_airbyte_comparable", 2, _comparable, deterministic=True)
            yield connection.execute(statement.replace(MARK, "?"), [_stored(value) for value in values])

    def selected(self, column: Column) -> str:
        """Return how a column is read."""
        return quote(column.name)

    def ordered(self, column: Column) -> str:
        """Return what puts a column in the order of its values; a value that does not fit is null."""
        return f"mock_airbyte_comparable({quote(column.name)}, '{column.type}')"

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                yield connection
        except sqlite3.Error as error:
            message = f"The SQLite file cannot be read: {error} (path={str(self._path)!r})."
            raise SyncFailure(message, origin="source", kind=kind_of(error)) from error


def _comparable(value: object, kind: str) -> str | float | None:
    plain = value.decode(errors="replace") if isinstance(value, bytes) else value
    return _stored(fit_value(plain, AirbyteType(kind)))


def _stored(value: Any) -> str | float | None:  # noqa: ANN401 -- a value of any column
    """Return a value in a form that SQLite orders rightly."""
    if isinstance(value, datetime):
        unzoned = (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None)
        return unzoned.isoformat(timespec="microseconds")
    if isinstance(value, time):
        return value.isoformat(timespec="microseconds")
    comparable: str | float | None = value.isoformat() if isinstance(value, date) else value
    return comparable


def _type(declared: str) -> AirbyteType:
    return next((kind for word, kind in _WORDS if word in declared.upper()), AirbyteType.STRING)
