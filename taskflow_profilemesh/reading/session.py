"""One connection to PostgreSQL that is kept: for many small statements, and for the transaction that others look into.

ConnectorX makes a pool of connections for each call, which costs 23 ms every time. A statement on a connection that is
open costs half a millisecond. Two drivers can do that, where they are installed: ADBC, which also streams Arrow, and
psycopg. Both speak DB-API, and both take libpq's URLs.
"""

from __future__ import annotations

import importlib
import threading
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, TypeVar

from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.failures import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from taskflow_profilemesh.reading.connector import Connector

T = TypeVar("T")

ADBC: Final = "adbc_driver_postgresql"
_PSYCOPG: Final = "psycopg"
_BATCH_BYTES_OPTION: Final = "adbc.postgresql.batch_size_hint_bytes"
_CANCEL_SECONDS: Final = 1.0
_BATCH_BYTES: Final = 32 << 20


def has_adbc() -> bool:
    """Say whether the ADBC driver for PostgreSQL is installed."""
    return find_spec(ADBC) is not None


def open_session(connector: Connector, *, streams: bool) -> Session | None:
    """Return a session on the connector's database, or None where no driver for one is installed.

    It connects when it is first used. One that `streams` is ADBC's if it can be; another is psycopg's, since ADBC reads
    the whole catalog of types and columns whenever it connects.
    """
    if connector.address.dialect is not Dialect.POSTGRESQL:
        return None
    drivers = [ADBC] if has_adbc() else []
    if find_spec(_PSYCOPG) is not None:
        drivers.insert(1 if streams else 0, _PSYCOPG)
    return Session(connector, drivers[0]) if drivers else None


class Session:
    """A connection that is made when it is needed, and made anew after it was lost. One thread at a time may use it.

    Its errors are the connector's, without the driver's words.
    """

    def __init__(self, connector: Connector, driver: str) -> None:
        """Hold no connection yet."""
        self._connector = connector
        self._driver = driver
        self._connection: Any = None
        self._running: Any = None  # the cursor last made
        self._is_busy = False
        self._lock = threading.Lock()

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows."""
        return self._done(partial(self._fetched, query), about)

    def tell(self, *statements: str, about: str) -> None:
        """Run statements that answer nothing."""
        for statement in statements:
            self._done(partial(self._executed, statement), about)

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
        connection, cursor = self._connection, self._running
        if not self._is_busy or connection is None:
            return
        with suppress(Exception):  # it has just ended, or the server is gone: both are what was wanted
            if self._driver == ADBC:
                cursor.adbc_cancel()
            else:
                connection.cancel_safe(timeout=_CANCEL_SECONDS)  # `cancel` would hold up every thread meanwhile

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

    def _fetched(self, query: str) -> list[dict[str, Any]]:
        with self._cursor() as cursor:
            cursor.execute(query)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _executed(self, statement: str) -> None:
        with self._cursor() as cursor:
            cursor.execute(statement)

    def _reader(self, query: str) -> Any:  # noqa: ANN401 -- the driver's stream of record batches
        cursor = self._cursor()
        cursor.adbc_statement.set_options(**{_BATCH_BYTES_OPTION: str(_BATCH_BYTES)})
        cursor.execute(query)
        return cursor.fetch_record_batch()

    def _end(self, told: Sequence[str], *, is_whole: bool) -> None:
        """Leave the connection as it was before the stream; one that cannot be is closed.

        What is left of a stream that nobody wants any more would be read to its end first, were it not cancelled.
        """
        cursor, self._running = self._running, None
        try:
            if cursor is not None:
                if not is_whole:
                    with suppress(Exception):  # there is nothing to cancel
                        cursor.adbc_cancel()
                cursor.close()
            if told and self._connection is not None:
                self._executed("rollback")
        except Exception:  # noqa: BLE001 -- a driver's own; the next statement connects anew
            self.close()

    def _cursor(self) -> Any:  # noqa: ANN401 -- the driver's
        if self._connection is None:
            self._connection = self._connected()
        self._running = self._connection.cursor()
        return self._running

    def _connected(self) -> Any:  # noqa: ANN401 -- the driver's
        library = importlib.import_module(ADBC + ".dbapi" if self._driver == ADBC else _PSYCOPG)
        connection = library.connect(self._connector.libpq_uri(), autocommit=True)
        with connection.cursor() as cursor:
            for statement in self._connector.session():
                cursor.execute(statement)
        return connection


def _next(reader: Any) -> pa.Table | None:  # noqa: ANN401 -- the driver's stream of record batches
    import pyarrow as pa

    try:
        return pa.Table.from_batches([reader.read_next_batch()])
    except StopIteration:
        return None
