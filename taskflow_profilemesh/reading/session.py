"""One connection to PostgreSQL that is kept: for many small statements, and for the transaction that others look into.

ConnectorX makes a pool of connections for each call, which costs 23 ms every time. A statement on a connection that is
open costs half a millisecond. Two drivers can do that, where they are installed: ADBC, which also streams Arrow, and
psycopg. Both speak DB-API, and both take libpq's URLs.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.drivers import AdbcConnection, PsycopgConnection, has_adbc, has_psycopg
from taskflow_profilemesh.reading.failures import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from taskflow_profilemesh.reading.connector import Connector

T = TypeVar("T")
Driver = type[AdbcConnection] | type[PsycopgConnection]


def open_session(connector: Connector, *, streams: bool) -> Session | None:
    """Return a session on the connector's database, or None where no driver for one is installed.

    It connects when it is first used. One that `streams` is ADBC's if it can be; another is psycopg's, since ADBC reads
    the whole catalog of types and columns whenever it connects.
    """
    if connector.address.dialect is not Dialect.POSTGRESQL:
        return None
    drivers: list[Driver] = [AdbcConnection] if has_adbc() else []
    if has_psycopg():
        drivers.insert(1 if streams else 0, PsycopgConnection)
    return Session(connector, drivers[0]) if drivers else None


class Session:
    """A connection that is made when it is needed, and made anew after it was lost. One thread at a time may use it.

    Its errors are the connector's, without the driver's words.
    """

    def __init__(self, connector: Connector, driver: Driver) -> None:
        """Hold no connection yet."""
        self._connector = connector
        self._driver = driver
        self._connection: AdbcConnection | PsycopgConnection | None = None
        self._is_busy = False
        self._lock = threading.Lock()

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows."""
        return self._done(lambda: self._opened().rows(query), about)

    def tell(self, *statements: str, about: str) -> None:
        """Run statements that answer nothing."""
        for statement in statements:
            self._done(partial(self._told, statement), about)

    def stream(self, query: str, *, about: str, told: Sequence[str] = ()) -> Iterator[pa.Table]:
        """Yield a statement's rows as Arrow tables of some 32 MB, at least one; ADBC only.

        `told` begins a transaction first, which is ended afterwards.
        """
        is_whole = False
        self.tell(*told, about=about)
        try:
            reader = self._done(partial(self._reader, query), about)
            batch = self._done(partial(_next, reader), about)
            if batch is None:
                yield reader.schema.empty_table()
            while batch is not None:
                yield batch
                batch = self._done(partial(_next, reader), about)
            is_whole = True
        finally:
            self._end(told, is_whole=is_whole)

    def cancel(self) -> None:
        """End the statement that is running, if one is; another thread's call."""
        connection = self._connection
        if not self._is_busy or connection is None:
            return
        with suppress(Exception):  # it has just ended, or the server is gone: both are what was wanted
            connection.cancel()

    def close(self) -> None:
        """Close the connection; it is opened again when the session is used again."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with suppress(Exception):  # closing a connection that was lost
                    connection.close()

    def _done(self, act: Callable[[], T], about: str) -> T:
        is_connecting = self._connection is None
        self._is_busy = True
        try:
            return act()
        except Exception as error:  # noqa: BLE001 -- a driver's own, of whatever class
            failure = recognise(str(error), connecting=is_connecting and self._connection is None)
        finally:
            self._is_busy = False
        if failure.is_lost:
            self.close()
        raise self._connector.error(failure, about)  # out here, where no driver's exception is attached as its context

    def _told(self, statement: str) -> None:
        self._opened().tell(statement)

    def _reader(self, query: str) -> pa.RecordBatchReader:
        connection = self._opened()
        assert isinstance(connection, AdbcConnection)  # noqa: S101 -- of the two, the one that streams
        return connection.stream(query)

    def _end(self, told: Sequence[str], *, is_whole: bool) -> None:
        """Leave the connection as it was before the stream; one that cannot be is closed.

        What is left of a stream that nobody wants any more would be read to its end first, were it not cancelled.
        """
        connection = self._connection
        if not isinstance(connection, AdbcConnection):
            return
        try:
            if not is_whole:
                with suppress(Exception):  # there is nothing to cancel
                    connection.cancel()
            connection.end()
            if told:
                connection.tell("rollback")
        except Exception:  # noqa: BLE001 -- a driver's own; the next statement connects anew
            self.close()

    def _opened(self) -> AdbcConnection | PsycopgConnection:
        if self._connection is None:
            connection = self._driver(self._connector.libpq_uri())
            for statement in self._connector.session():
                connection.tell(statement)
            self._connection = connection
        return self._connection


def _next(reader: pa.RecordBatchReader) -> pa.Table | None:
    import pyarrow as pa

    try:
        return pa.Table.from_batches([reader.read_next_batch()])
    except StopIteration:
        return None
