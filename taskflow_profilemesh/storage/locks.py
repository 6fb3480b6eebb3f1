"""One writer at a time, across threads, processes and machines, in the words of each database.

SQLite lets one transaction write at a time anyway. PostgreSQL and MySQL have named locks: PostgreSQL's ends with its
transaction; MySQL's belongs to the session and is let go by hand, after the commit.
"""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import text

from taskflow_profilemesh.errors import StoreUnreachable
from taskflow_profilemesh.storage.engine import BUSY_SECONDS, WRITES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine


@contextmanager
def exclusive(engine: Engine, name: str, *, wait_seconds: float = BUSY_SECONDS) -> Iterator[Connection]:
    """Yield a connection in a transaction that nobody else runs under this name in this database.

    It commits at the end, or rolls back when something is raised. Waits so long for others, then raises (a SQLite file
    always waits 30 seconds).
    """
    match engine.dialect.name:
        case "postgresql":
            with engine.begin() as connection:
                connection.execute(text(f"set local lock_timeout = '{wait_seconds * 1000:.0f}ms'"))
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _number(name)})
                yield connection
        case "mysql":
            with engine.connect() as connection, _mysql_lock(connection, name, wait_seconds), connection.begin():
                yield connection
        case _:
            with engine.execution_options(**{WRITES: True}).begin() as connection:
                yield connection


@contextmanager
def _mysql_lock(connection: Connection, name: str, wait_seconds: float) -> Iterator[None]:
    database = connection.engine.url.database or ""
    key = {"key": sha256(f"{database}\n{name}".encode()).hexdigest()}  # MySQL's locks are the whole server's
    got = connection.execute(text("select get_lock(:key, :seconds)"), {**key, "seconds": wait_seconds}).scalar()
    connection.commit()
    if got != 1:
        raise StoreUnreachable(store=f"mysql://…/{database}", reason="another writer held its lock for too long")
    try:
        yield
    finally:
        connection.execute(text("select release_lock(:key)"), key)
        connection.commit()


def _number(name: str) -> int:
    """Return a lock's number (64 bits, signed) for its name."""
    return int.from_bytes(sha256(f"profilemesh\n{name}".encode()).digest()[:8], "big", signed=True)
