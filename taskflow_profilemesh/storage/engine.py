"""From a store's URL to an SQLAlchemy engine: the driver that is installed, and the settings that each database needs.

SQLAlchemy reads a bare `postgresql://` as psycopg 3 or psycopg2 depending on its own version, and `mysql://` as
mysqlclient; here both mean whichever driver is installed. Runs on SQLAlchemy 1.4 (which has no psycopg 3) and 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import sqlalchemy
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage.idle import close_before_forks, open_again_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection, Engine

CONNECT_SECONDS: Final = 5
BUSY_SECONDS: Final = 30  # how long a writer waits for another one
WRITES: Final = "profilemesh_writes"  # the execution option of a connection that is going to write

_IS_SQLALCHEMY_1: Final = sqlalchemy.__version__.startswith("1.")  # what Airflow 2.11 brings
_PSYCOPG: Final = {} if _IS_SQLALCHEMY_1 else {"psycopg": '"psycopg[binary]"'}
_DRIVERS: Final[dict[str, dict[str, str]]] = {  # the first that is installed is taken; what pip installs for it
    "sqlite": {},
    "postgresql": _PSYCOPG | {"psycopg2": "psycopg2-binary"},
    "mysql": {"pymysql": "pymysql"},
}
_SAME: Final = {"postgres": "postgresql", "mariadb": "mysql", "sqlite3": "sqlite"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is, with a name that is fit to be printed."""

    url: URL
    name: str
    is_file: bool

    @property
    def password(self) -> str | None:
        """The password in the URL, to be kept out of messages."""
        return str(self.url.password) if self.url.password is not None else None


def address_of(url: str) -> Address:
    """Read a store's URL; raises `InvalidOption` for one that no store can have, without repeating its secrets."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _no_store_at(got="text that is no URL") from None  # the cause may quote the URL, and with it the password
    backend, _, driver = parsed.drivername.partition("+")
    backend = _SAME.get(backend, backend)
    if backend not in _DRIVERS:
        raise _no_store_at(got=f"{backend}://…")
    database = parsed.database or ""
    if backend == "sqlite" and database in ("", ":memory:"):
        raise _no_store_at(got="a database in memory, which forgets")
    if backend == "mysql" and not database:
        raise _no_store_at(got="a MySQL server without a database")
    host = unquote(parsed.host) if parsed.host else None  # a percent-encoded host is the folder of a unix socket
    port = f":{parsed.port}" if parsed.port else ""
    name = f"sqlite:///{database}" if backend == "sqlite" else f"{backend}://{host or ''}{port}/{database}"
    full = parsed.set(drivername=f"{backend}+{driver or _installed(backend, name)}", host=host)
    return Address(full, name, is_file=backend == "sqlite")


def engine_of(address: Address) -> Engine:
    """Return an engine for that address; it connects when it is first used."""
    options: dict[str, Any] = {"hide_parameters": True, "future": True}
    try:
        engine = _ENGINES[address.url.get_backend_name()](address.url, options)
    except (ImportError, ArgumentError) as error:
        raise _no_driver(address.url.get_backend_name(), address.name) from error
    close_before_forks(engine)
    return engine


def _sqlite(url: URL, options: dict[str, Any]) -> Engine:
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}  # the pool lends a connection to one at a time
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=-1, connect_args=arguments, **options)
    open_again_after(engine, Path(url.database or ""))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 -- a driver's connection
    """Take transactions out of the driver's hands, and let readers go on while one writes."""
    connection.isolation_level = None
    connection.execute("pragma foreign_keys = on")
    try:
        connection.execute("pragma journal_mode = wal").close()
    except connection.OperationalError:
        return  # another process is switching just now, or the disk has no shared memory: it works without


def _begin_sqlite(connection: Connection) -> None:
    """Begin; a writer takes its place in the queue at once, as a reader that turns writer would be refused."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _postgresql(url: URL, options: dict[str, Any]) -> Engine:
    arguments: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    if url.get_driver_name() == "psycopg":
        arguments["prepare_threshold"] = None  # a pooler between us and the server may not keep prepared statements
    return create_engine(url, pool_pre_ping=True, connect_args=arguments, **options)


def _mysql(url: URL, options: dict[str, Any]) -> Engine:
    arguments = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    # READ COMMITTED: no locks on the gaps between rows, over which two writers of different tables would trip.
    return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=arguments, **options)


_ENGINES: Final[dict[str, Callable[[URL, dict[str, Any]], Engine]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mysql,
}


def _installed(backend: str, name: str) -> str:
    if backend == "sqlite":
        return "pysqlite"
    found = next((driver for driver in _DRIVERS[backend] if find_spec(driver)), None)
    if found is None:
        raise _no_driver(backend, name)
    return found


def _no_driver(backend: str, name: str) -> InvalidOption:
    known = " or ".join(f"{driver} (pip install {package})" for driver, package in _DRIVERS[backend].items())
    why = ": SQLAlchemy 1.4 has no psycopg 3" if _IS_SQLALCHEMY_1 and backend == "postgresql" else ""
    expected = f"a driver that is installed, {known}{why}" if known else "a driver that is installed"
    return InvalidOption(option="store", got=name, expected=expected)


def _no_store_at(*, got: str) -> InvalidOption:
    expected = "sqlite:////folder/profilemesh.db, postgresql://user:password@host/database or mysql://…"
    return InvalidOption(option="store", got=got, expected=expected)
