"""Snowflake, read by its ADBC driver alone: the only file that opens it.

The driver writes Arrow from the batches that Snowflake sends, so a table of any size is one stream. Statements beside
it, such as the exact counts of a sample, have connections of their own.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading.address import DatabaseAddress
from taskflow_profilemesh.reading.drivers import SnowflakeConnection, has_snowflake
from taskflow_profilemesh.reading.failures import error_of, recognise
from taskflow_profilemesh.reading.session import Session
from taskflow_profilemesh.reading.snowflake_account import STATEMENT_OPTIONS, driver_options
from taskflow_profilemesh.reading.snowflake_failures import recognise_snowflake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from taskflow_profilemesh.errors import SourceError
    from taskflow_profilemesh.reading.failures import Failure


@dataclass(frozen=True, slots=True)
class Snowflake:
    """Runs statements on one database of Snowflake. It has no read-only sessions; nothing but SELECT is sent."""

    address: DatabaseAddress
    source: str
    statement_timeout_seconds: float | None = None
    running: list[Session] = field(default_factory=list, repr=False, compare=False)

    def session(self, *, streams: bool) -> Session:
        """Return a connection that is kept; raises `InvalidOption` without the driver or the file of a private key."""
        del streams  # it always does
        if not has_snowflake():
            expected = "the driver: pip install 'taskflow-profilemesh[snowflake]'"
            raise InvalidOption(option="url", got="snowflake, whose driver is not installed", expected=expected)
        options = driver_options(
            self.address, statement_timeout_seconds=self.statement_timeout_seconds, private_key=self._private_key()
        )
        opened = partial(SnowflakeConnection, options, STATEMENT_OPTIONS)
        return Session(opened, self.error, streams=True, recognised=_recognised)

    def read(self, query: str, *, about: str, told: Sequence[str] = ()) -> pa.Table:
        """Return a statement's rows, by names in lower case."""
        import pyarrow as pa

        with self._own_session() as session:
            table = pa.concat_tables(session.stream(query, about=about, told=told))
        return table.rename_columns([name.lower() for name in table.column_names])

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows."""
        with self._own_session() as session:
            return session.rows(query, about=about)

    def log_in(self, *, timeout_seconds: float) -> None:
        """Show that the login is accepted; how long that may take is the driver's option."""
        del timeout_seconds
        self.rows("select 1 as one", about="(the connection)")

    def cancel(self) -> None:
        """End what `read` and `rows` have running."""
        for session in tuple(self.running):
            session.cancel()

    def error(self, failure: Failure, about: str) -> SourceError:
        """Return the error that a failure is told as."""
        return error_of(failure, source=self.source, address=self.address, about=about)

    @contextmanager
    def _own_session(self) -> Iterator[Session]:
        session = self.session(streams=True)
        self.running.append(session)
        try:
            yield session
        finally:
            self.running.remove(session)
            session.close()

    def _private_key(self) -> str | None:
        """Return the text of an encrypted key: the driver reads the file of one that is not."""
        named = dict(self.address.options)
        file = named.get("private_key_file")
        if file is None:
            return None
        try:
            text = Path(file).read_text(encoding="ascii")
        except (OSError, UnicodeError):
            expected = "a PEM file that this process can read"
            raise InvalidOption(option="private_key_file", got=file, expected=expected) from None
        return text if "private_key_file_pwd" in named else None


def _recognised(message: str, connecting: bool) -> Failure:  # noqa: FBT001 -- as every session asks
    return recognise_snowflake(message, connecting=connecting) or recognise(message, connecting=connecting)
