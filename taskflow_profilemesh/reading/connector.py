"""ConnectorX at arm's length: the only file that imports it.

Three habits of the driver end here. A panic in its native code arrives as `PanicException`, which is no `Exception`;
messages quote connection strings and rows; and a refused login is tried again for thirty seconds without a word.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import connectorx

from taskflow_profilemesh.errors import QueryRefused, ReadFailed, SourceLoginRefused, SourceUnreachable
from taskflow_profilemesh.reading.address import DatabaseAddress
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.failures import Failure, Trouble, recognise
from taskflow_profilemesh.reading.reachability import is_busy

if TYPE_CHECKING:
    import pyarrow as pa

    from taskflow_profilemesh.errors import SourceError

_DIAGNOSIS_SECONDS = 1.0
_ON_CONNECTING = "(the connection)"


@dataclass(frozen=True, slots=True)
class Connector:
    """Runs statements on one database, each on a read-only connection of its own.

    `statement_timeout_seconds` ends a statement on the server (PostgreSQL); None leaves that to the server's setting.
    """

    address: DatabaseAddress
    source: str
    statement_timeout_seconds: float | None = None

    def read(self, query: str, *, about: str) -> pa.Table:
        """Return a statement's rows as an Arrow table; `about` names the table in errors.

        Raises `ReadFailed`, `SourceLoginRefused` or `SourceUnreachable`, none of them with the driver's words.
        """
        outcome = self._attempt(query)
        if isinstance(outcome, Failure):  # raised out here, where no driver's exception is attached as its context
            raise self._error(outcome, about)
        if self.address.dialect is Dialect.SQLITE:
            return outcome.slice(1)  # the row that fixes the types; see the catalog of SQLite
        return outcome

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows; raises what `read` raises."""
        rows: list[dict[str, Any]] = self.read(query, about=about).to_pylist()
        return rows

    def log_in(self, *, timeout_seconds: float) -> None:
        """Show that the login is accepted within `timeout_seconds`; raises what `read` raises if it is not.

        The driver cannot be interrupted: a refused login goes on being tried in a thread of its own until the
        driver's patience ends, thirty seconds after it began.
        """
        done: SimpleQueue[pa.Table | Failure] = SimpleQueue()
        threading.Thread(
            target=lambda: done.put(self._attempt("select 1 as one")), name="profilemesh-login", daemon=True
        ).start()
        try:
            outcome = done.get(timeout=timeout_seconds)
        except Empty:
            is_momentary = is_busy(self.address, timeout_seconds=_DIAGNOSIS_SECONDS)
            outcome = Failure(Trouble.CONNECTION if is_momentary else Trouble.LOGIN, "no login in time")
        if isinstance(outcome, Failure):
            raise self._error(outcome, _ON_CONNECTING)

    def _attempt(self, query: str) -> pa.Table | Failure:
        try:
            return connectorx.read_sql(
                self.address.uri(), query, return_type="arrow", pre_execution_query=self._session()
            )
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 -- a PanicException is a BaseException
            return recognise(str(error), panicked=not isinstance(error, Exception))

    def _session(self) -> list[str] | None:
        """Return what each new connection is told first."""
        match self.address.dialect:
            case Dialect.POSTGRESQL:
                told = ["set session characteristics as transaction read only"]
                if self.statement_timeout_seconds is not None:
                    told.append(f"set statement_timeout = {max(1, round(self.statement_timeout_seconds * 1000))}")
                return told
            case Dialect.MYSQL:
                return ["set session transaction read only", "set session time_zone = '+00:00'"]
            case Dialect.SQLITE:
                return None  # its readers take no such statements

    def _error(self, failure: Failure, about: str) -> SourceError:
        match failure.trouble:
            case Trouble.LOGIN:
                return SourceLoginRefused(source=self.source, address=str(self.address), user=self.address.user)
            case Trouble.CONNECTION:
                return SourceUnreachable(source=self.source, address=str(self.address))
            case Trouble.QUERY:
                return QueryRefused(source=self.source, table=about, reason=failure.reason)
            case Trouble.READING:
                return ReadFailed(source=self.source, table=about, reason=failure.reason)
