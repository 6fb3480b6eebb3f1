"""One connection that is kept: for many small statements, and for the transaction that others look into.

ConnectorX makes a pool of connections for each call, which costs 23 ms every time. A statement on a connection to
PostgreSQL that is open costs half a millisecond. Two drivers can do that, where they are installed: ADBC, which also
streams Arrow, and psycopg.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from taskflow_profilemesh.reading.drivers import AdbcConnection, PsycopgConnection
from taskflow_profilemesh.reading.failures import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from taskflow_profilemesh.errors import SourceError
    from taskflow_profilemesh.reading.failures import Failure

T = TypeVar("T")
Connection = AdbcConnection | PsycopgConnection


def _recognised(message: str, connecting: bool) -> Failure:  # noqa: FBT001 -- as every session asks
    return recognise(message, connecting=connecting)


class Session:
    """A connection that is made when it is needed, and made anew after it was lost. One thread at a time may use it.

    Its errors are without the driver's words.
    """

    def __init__(
        self,
        opened: Callable[[], Connection],
        told_as: Callable[[Failure, str], SourceError],
        *,
        streams: bool,
        recognised: Callable[[str, bool], Failure] = _recognised,
    ) -> None:
        """Hold no connection yet.

        `opened` makes one, ready for use. `told_as` makes the error of a failure and the table that it is about.
        `streams`: it is one of ADBC. `recognised` says what a driver's message is about, and is told whether there was
        no connection yet.
        """
        self.streams = streams
        self._open = opened
        self._told_as = told_as
        self._recognised = recognised
        self._connection: Connection | None = None
        self._is_busy = False
        self._lock = threading.Lock()
        self._use = threading.Lock()  # one statement at a time: a table is read ahead while another is counted

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows."""
        with self._use:
            return self._done(lambda: self._opened().rows(query), about)

    def tell(self, *statements: str, about: str) -> None:
        """Run statements that answer nothing."""
        with self._use:
            self._tell(statements, about)

    def stream(self, query: str, *, about: str, told: Sequence[str] = ()) -> Iterator[pa.Table]:
        """Yield a statement's rows as Arrow tables, at least one; only a session that `streams`.

        `told` begins a transaction first, which is ended afterwards. Others wait until the stream has ended.
        """
        with self._use:
            yield from self._stream(query, about, told)

    def _stream(self, query: str, about: str, told: Sequence[str]) -> Iterator[pa.Table]:
        is_whole = False
        self._tell(told, about)
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
            failure = self._recognised(str(error), is_connecting and self._connection is None)
        finally:
            self._is_busy = False
        if failure.is_lost:
            self.close()
        raise self._told_as(failure, about)  # out here, where no driver's exception is attached as its context

    def _tell(self, statements: Sequence[str], about: str) -> None:
        for statement in statements:
            self._done(partial(self._told, statement), about)

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

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection


def _next(reader: pa.RecordBatchReader) -> pa.Table | None:
    import pyarrow as pa

    try:
        return pa.Table.from_batches([reader.read_next_batch()])
    except StopIteration:
        return None
