"""Sources over an SQL database: every table is a stream, read in bounded batches by one cursor.

`SqlSource` is the same for every database; what differs (how to connect, which tables there are, what their types are
called) is a `Database`, one per file: `sqlite`, `postgres`, `mysql`. A stream's rows are read in one
statement, so they are of one moment.

An incremental read has the database leave out the rows before the cursor and hand out the others in its order, those
without a cursor first. So each batch is a place to go on from: all rows after it have that cursor or a later one.
Rows at the cursor itself come again. Rows without a cursor come in the first read alone (Airbyte's own sources refuse
such a column). What a database orders after everything else and a sync cannot hold (an infinite date) comes each time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from mock_airbyte.failures import SyncFailure
from mock_airbyte.sources.cursors import from_state, latest, to_state
from mock_airbyte.sources.fitting import fit_rows
from mock_airbyte.sources.protocol import Column, Stream
from mock_airbyte.types import JSON_TYPES, AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from mock_airbyte.sources.cursors import Cursor
    from mock_airbyte.sources.protocol import Batch, Since

_ROWS_AT_ONCE = 16_384  # Python objects are an order larger than a frame's values
MARK = "\0"  # where a bound value goes in a statement: no name holds it, and each driver has a marker of its own
_ORDERED = frozenset(
    {
        AirbyteType.STRING,
        AirbyteType.INTEGER,
        AirbyteType.NUMBER,
        AirbyteType.DATE,
        AirbyteType.TIMESTAMP_WITH_TIMEZONE,
        AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE,
        AirbyteType.TIME_WITHOUT_TIMEZONE,
    }
)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table as its catalog has it."""

    namespace: str | None
    table: str
    name: str
    type: AirbyteType
    is_key: bool = False


class Database(Protocol):
    """What is particular to one database; every method raises `SyncFailure`."""

    def columns(self) -> Sequence[TableColumn]:
        """Return the columns of every table, in order."""

    def rows(self, statement: str, values: Sequence[Any] = ()) -> AbstractContextManager[Iterator[Sequence[Any]]]:
        """Run a query, the values bound at its `MARK`s, and hand out its rows as they come from the server."""

    def selected(self, column: Column) -> str:
        """Return the SQL expression that reads a column."""

    def ordered(self, column: Column) -> str:
        """Return the SQL expression whose order is that of the values read: texts by their bytes, say."""


class SqlSource:
    """Reads tables; a cursor, if a connection wants one, is any of their columns."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def check(self) -> None:
        """See that the database answers and has a table."""
        self.streams()

    def streams(self) -> tuple[Stream, ...]:
        """Describe every table."""
        tables: dict[tuple[str | None, str], list[TableColumn]] = {}
        for column in self._database.columns():
            tables.setdefault((column.namespace, column.table), []).append(column)
        if not tables:
            message = "The database has no table that can be read."
            raise SyncFailure(message, origin="source")
        return tuple(_stream(*name, columns) for name, columns in tables.items())

    def batches(self, stream: Stream, since: Since | None = None) -> Iterator[Batch]:
        """Yield the table's rows; a column that went away is null."""
        there = {column.name for column in self._database.columns() if _is_of(column, stream)}
        names = [column for column in stream.columns if column.name in there]
        cursor = next((one for one in names if since and one.name == since.cursor and one.type in _ORDERED), None)
        statement = _statement(self._database, stream, names)
        if since is None or cursor is None:
            yield from self._batches(statement, (), stream, names, _ROWS_AT_ONCE)
            return
        begins = from_state(since.state, cursor)
        statement, values = _incremental(statement, self._database.ordered(cursor), begins)
        at_once, so_far = min(_ROWS_AT_ONCE, since.every), begins
        for batch in self._batches(statement, values, stream, names, at_once):
            so_far = latest(cursor.name, batch.frame, so_far)
            yield replace(batch, state=to_state(so_far))

    def _batches(
        self, statement: str, values: Sequence[Any], stream: Stream, names: Sequence[Column], at_once: int
    ) -> Iterator[Batch]:
        with self._database.rows(statement, values) as rows:
            while chunk := list(islice(rows, at_once)):
                yield fit_rows([_record(names, row) for row in chunk], stream.columns)


def _record(columns: Sequence[Column], row: Sequence[Any]) -> dict[str, Any]:
    return {column.name: _value(column.type, value) for column, value in zip(columns, row, strict=False)}


def _value(kind: AirbyteType, value: object) -> object:
    """Return a value as JSON would carry it: documents come as texts, and some databases' booleans as numbers."""
    if isinstance(value, int) and kind is AirbyteType.BOOLEAN:
        return bool(value)
    if isinstance(value, str) and kind in JSON_TYPES:
        return _document(value)
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _stream(namespace: str | None, table: str, columns: Sequence[TableColumn]) -> Stream:
    return Stream(
        name=table,
        namespace=namespace,
        columns=tuple(Column(column.name, column.type) for column in columns),
        primary_key=tuple(column.name for column in columns if column.is_key),
    )


def _is_of(column: TableColumn, stream: Stream) -> bool:
    return (column.namespace, column.table) == (stream.namespace, stream.name)


def _statement(database: Database, stream: Stream, columns: Sequence[Column]) -> str:
    selected = ", ".join(database.selected(column) for column in columns) or "1"
    table = ".".join(_quoted(part) for part in (stream.namespace, stream.name) if part is not None)
    return f"select {selected} from {table}"  # noqa: S608 -- names are quoted


def _incremental(statement: str, ordered: str, begins: Cursor) -> tuple[str, tuple[Cursor, ...]]:
    if begins is None:
        return f"{statement} order by {ordered} is not null, {ordered}", ()
    return f"{statement} where {ordered} >= {MARK} order by {ordered}", (begins,)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
