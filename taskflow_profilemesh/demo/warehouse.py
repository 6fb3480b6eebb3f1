"""Where the demo's rows land, told three times: to Airbyte, to Airflow, and to a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "profilemesh_demo"
POSTGRES_VARIABLE = "PROFILEMESH_DEMO_POSTGRES_URL"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One database, in the words of each party."""

    destination_type: str  # Airbyte's connector
    destination: Mapping[str, object] = field(repr=False)  # that connector's configuration, its password included
    airflow_connection: str = field(repr=False)  # JSON, as AIRFLOW_CONN_… takes it
    look: str | None  # a command that opens it afterwards; None: it is gone with the demo


def sqlite_warehouse(folder: Path) -> Warehouse:
    """Return a warehouse in one file: nothing to install, nothing to run."""
    file = folder / "warehouse.db"
    return Warehouse(
        destination_type="sqlite",
        destination={"destination_path": str(file)},
        airflow_connection=json.dumps({"conn_type": "sqlite", "host": str(file)}),
        look=f"sqlite3 {file}",
    )


@contextmanager
def postgres_warehouse(folder: Path) -> Iterator[Warehouse]:
    """Yield a new database on a PostgreSQL server; see `postgres_server` for which."""
    from taskflow_profilemesh.demo.postgres import postgres_server

    with postgres_server(folder / "postgres", variable=POSTGRES_VARIABLE) as url:
        _new_database(url)
        yield _postgres(postgres_account(url))


def _new_database(server_url: str) -> None:
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{DATABASE}" with (force)')
        connection.execute(f'create database "{DATABASE}"')


@dataclass(frozen=True, slots=True)
class Account:
    """A PostgreSQL server and who may enter it."""

    host: str  # a name, or the folder of a unix socket
    port: int
    user: str
    password: str = field(repr=False)

    @property
    def is_socket(self) -> bool:
        """Whether it is reached by a unix socket: the embedded server, which ends with the demo."""
        return self.host.startswith("/")


def postgres_account(server_url: str) -> Account:
    """Read a URL; the folder of a unix socket keeps its case, which a host name does not."""
    parts = urlsplit(server_url)
    place = parts.netloc.rpartition("@")[2]
    host = unquote(place) if "%2f" in place.lower() else parts.hostname or "127.0.0.1"
    return Account(host, parts.port or 5432, unquote(parts.username or "postgres"), unquote(parts.password or ""))


def _postgres(account: Account) -> Warehouse:
    place: dict[str, object] = {"host": account.host, "port": account.port}
    destination = {"database": DATABASE, "schema": "public", "username": account.user, "password": account.password}
    connection = {"schema": DATABASE, "login": account.user, "password": account.password}
    return Warehouse(
        destination_type="postgres",
        destination=place | destination,
        airflow_connection=json.dumps({"conn_type": "postgres"} | place | connection),
        look=None if account.is_socket else f"psql -h {account.host} -p {account.port} -U {account.user} {DATABASE}",
    )
