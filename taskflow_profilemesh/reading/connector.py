"""ConnectorX at arm's length: the only file that imports it.

Three habits of the driver end here. A panic in its native code arrives as `PanicException`, which is no `Exception`;
messages quote connection strings and rows; and a refused login is tried again for thirty seconds without a word.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, SimpleQueue
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.reading.address import DatabaseAddress
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.drivers import AdbcConnection, PsycopgConnection, has_adbc, has_psycopg
from taskflow_profilemesh.reading.failures import Failure, Trouble, error_of, recognise
from taskflow_profilemesh.reading.mysql_login import refusal
from taskflow_profilemesh.reading.reachability import is_busy
from taskflow_profilemesh.reading.session import Session

_LOGGING: Final = "RUST_LOG"
_WITHOUT_POOL: Final = "error,r2d2=off"  # which prints each try to connect, with the user's name

_told = os.environ.setdefault(_LOGGING, _WITHOUT_POOL)
import connectorx  # noqa: E402 -- it reads the variable now and never again

if _told is _WITHOUT_POOL:
    del os.environ[_LOGGING]

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from taskflow_profilemesh.errors import SourceError
    from taskflow_profilemesh.reading.session import Connection

_DIAGNOSIS_SECONDS = 1.0
_ON_CONNECTING = "(the connection)"
_NAME: Final = "profilemesh"
_CANCEL_POSTGRESQL: Final = """
select count(pg_catalog.pg_cancel_backend(pid))::int8 as cancelled from pg_catalog.pg_stat_activity
where application_name like '%{mark}' and pid <> pg_catalog.pg_backend_pid()"""
_RUNNING_MYSQL: Final = """
select id from information_schema.processlist
where info like concat('%/* profilemesh ', '{mark} */%') and id <> connection_id()"""


@dataclass(frozen=True, slots=True)
class Connector:
    """Runs statements on one database, each on a read-only connection of its own.

    `statement_timeout_seconds` ends a statement on the server (PostgreSQL); None leaves that to the server's setting.
    `mark` is found in the server's list of what runs, so that it can be ended there; no two connectors share one.
    """

    address: DatabaseAddress
    source: str
    statement_timeout_seconds: float | None = None
    mark: str = field(default_factory=lambda: token_hex(6))

    def read(self, query: str, *, about: str, told: Sequence[str] = ()) -> pa.Table:
        """Return a statement's rows as an Arrow table; `about` names the table in errors.

        `told`: statements that the connection runs first. Raises `ReadFailed`, `SourceLoginRefused` or
        `SourceUnreachable`, none of them with the driver's words.
        """
        outcome = self._attempt(self._marked(query), (*self.settings(), *self._marking(), *told))
        if isinstance(outcome, Failure):  # raised out here, where no driver's exception is attached as its context
            raise self.error(outcome, about)
        if self.address.dialect is Dialect.SQLITE:
            return outcome.slice(1)  # the row that fixes the types; see the catalog of SQLite
        return outcome

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows; raises what `read` raises."""
        rows: list[dict[str, Any]] = self.read(query, about=about).to_pylist()
        return rows

    def cancel(self) -> None:
        """End on the server what runs of this connector there; it may be too early or too late for a statement.

        Nothing is raised: what cannot be ended this way ends when the server notices that nobody listens any more.
        """
        match self.address.dialect:
            case Dialect.POSTGRESQL:
                self._attempt(_CANCEL_POSTGRESQL.format(mark=self.mark))
            case Dialect.MYSQL:
                found = self._attempt(_RUNNING_MYSQL.format(mark=self.mark))
                for row in [] if isinstance(found, Failure) else found.to_pylist():
                    self._attempt("select 1 as one", (f"kill query {int(row['id'])}",))
            case _:
                pass  # it runs in this process, and ends with it

    def log_in(self, *, timeout_seconds: float) -> None:
        """Show that the login is accepted within `timeout_seconds`; raises what `read` raises if it is not.

        MySQL is asked before, and refuses in milliseconds. The driver cannot be interrupted: a refused login goes on
        being tried in a thread of its own until the driver's patience ends, thirty seconds after it began.
        """
        if self.address.dialect is Dialect.MYSQL and (
            refused := refusal(self.address, timeout_seconds=timeout_seconds)
        ):
            raise self.error(refused, _ON_CONNECTING)
        done: SimpleQueue[pa.Table | Failure] = SimpleQueue()
        threading.Thread(
            target=lambda: done.put(self._attempt("select 1 as one", self.settings())),
            name="profilemesh-login",
            daemon=True,
        ).start()
        try:
            outcome = done.get(timeout=timeout_seconds)
        except Empty:
            is_momentary = is_busy(self.address, timeout_seconds=_DIAGNOSIS_SECONDS)
            outcome = Failure(Trouble.CONNECTION if is_momentary else Trouble.LOGIN, "no login in time")
        if isinstance(outcome, Failure):
            raise self.error(outcome, _ON_CONNECTING)

    def session(self, *, streams: bool) -> Session | None:
        """Return a connection to be kept, or None where no driver for one is installed; PostgreSQL.

        It is made when it is first used. One that `streams` is ADBC's if it can be; another is psycopg's, since ADBC
        reads the whole catalog of types and columns whenever it connects.
        """
        if self.address.dialect is not Dialect.POSTGRESQL:
            return None
        drivers: list[Callable[[str], Connection]] = [AdbcConnection.to_postgresql] if has_adbc() else []
        if has_psycopg():
            drivers.insert(1 if streams else 0, PsycopgConnection)
        if not drivers:
            return None
        return Session(partial(self._opened, drivers[0]), self.error, streams=has_adbc() and streams)

    def settings(self) -> tuple[str, ...]:
        """Return what each new connection is told first, whoever makes it."""
        seconds = self.statement_timeout_seconds
        milliseconds = None if seconds is None else max(1, round(seconds * 1000))
        match self.address.dialect:
            case Dialect.POSTGRESQL:
                told: tuple[str, ...] = ("set session characteristics as transaction read only",)
                return told if milliseconds is None else (*told, f"set statement_timeout = {milliseconds}")
            case Dialect.MYSQL:
                told = ("set session transaction read only", "set session time_zone = '+00:00'")
                return told if milliseconds is None else (*told, _mysql_timeout(milliseconds))
            case _:
                return ()  # SQLite's readers take no such statements

    def libpq_uri(self) -> str:
        """Write the URL for PostgreSQL's own library, password included: pass it on, never print it."""
        named = dict(self.address.options)
        added = {"connect_timeout": "4", "application_name": _NAME}
        options = tuple(named.items()) + tuple((name, value) for name, value in added.items() if name not in named)
        return replace(self.address, options=options).uri()

    def _opened(self, driver: Callable[[str], Connection]) -> Connection:
        connection = driver(self.libpq_uri())
        for statement in self.settings():
            connection.tell(statement)
        return connection

    def _attempt(self, query: str, told: Sequence[str] = ()) -> pa.Table | Failure:
        try:
            return connectorx.read_sql(
                self.address.uri(), query, return_type="arrow", pre_execution_query=list(told) or None
            )
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 -- a PanicException is a BaseException
            return recognise(str(error), panicked=not isinstance(error, Exception))

    @property
    def _application(self) -> str:
        """The name under which PostgreSQL lists these reads: the address's own, which people look for, and the mark."""
        return f"{dict(self.address.options).get('application_name', _NAME)[:40]} {self.mark}"

    def _marking(self) -> tuple[str, ...]:
        if self.address.dialect is not Dialect.POSTGRESQL:
            return ()
        return (f"set application_name = {self.address.dialect.literal(self._application)}",)

    def _marked(self, query: str) -> str:
        """MySQL lists statements by their text only: the mark stands in a comment, where the driver leaves one."""
        is_mysql = self.address.dialect is Dialect.MYSQL
        return query.replace("select ", f"select /* {_NAME} {self.mark} */ ", 1) if is_mysql else query

    def error(self, failure: Failure, about: str) -> SourceError:
        """Return the error that a failure is told as."""
        return error_of(failure, source=self.source, address=self.address, about=about)


def _mysql_timeout(milliseconds: int) -> str:
    """Write the statement's limit in both servers' words: each takes the other's for a comment."""
    mariadb, mysql = f"max_statement_time = {milliseconds / 1000}", f"max_execution_time = {milliseconds}"
    return f"set session time_zone = '+00:00' /*M!100101 , {mariadb} */ /*!50708 , {mysql} */"
