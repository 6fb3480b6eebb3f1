"""What runs statements on one database, whichever driver does it, and which one that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from taskflow_profilemesh.reading.connector import Connector
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.snowflake import Snowflake

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from taskflow_profilemesh.reading.address import DatabaseAddress
    from taskflow_profilemesh.reading.session import Session


class Server(Protocol):
    """Runs statements on one database, read-only; its errors are without the driver's words.

    They are `ReadFailed`, `SourceLoginRefused` and `SourceUnreachable`; `about` names the table in them.
    """

    @property
    def address(self) -> DatabaseAddress:
        """Where the database is."""

    @property
    def source(self) -> str:
        """What it is called in errors."""

    def read(self, query: str, *, about: str, told: Sequence[str] = ()) -> pa.Table:
        """Return a statement's rows, read on a connection of its own, which runs the statements of `told` first."""

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows, read on a connection of its own."""

    def log_in(self, *, timeout_seconds: float) -> None:
        """Show that the login is accepted within `timeout_seconds`."""

    def cancel(self) -> None:
        """End what `read` and `rows` have running; it may come too early or too late, and never raises."""

    def session(self, *, streams: bool) -> Session | None:
        """Return a connection that is kept, made when it is first used; None where there is no driver for one.

        `streams`: the one that yields batches, where there is a choice.
        """


def server_at(address: DatabaseAddress, source: str, statement_timeout_seconds: float | None) -> Server:
    """Return what runs statements at the address; nothing is contacted yet."""
    if address.dialect is Dialect.SNOWFLAKE:
        return Snowflake(address, source, statement_timeout_seconds)
    return Connector(address, source, statement_timeout_seconds)
