"""Where the demo's rows land, told three times: to Airbyte, to Airflow, and to a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

DATABASE = "profilemesh_demo"
POSTGRES_VARIABLE = "PROFILEMESH_DEMO_POSTGRES_URL"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One database, in the words of each party."""

    destination_type: str  # Airbyte's connector
    destination: Mapping[str, object]  # that connector's configuration
    airflow_connection: str  # JSON, as AIRFLOW_CONN_… takes it
    look: str  # a command that shows the tables


def sqlite_warehouse(folder: Path) -> Warehouse:
    """Return a warehouse in one file: nothing to install, nothing to run."""
    file = folder / "warehouse.db"
    return Warehouse(
        destination_type="sqlite",
        destination={"destination_path": str(file)},
        airflow_connection=json.dumps({"conn_type": "sqlite", "host": str(file)}),
        look=f"python3 -m sqlite3 {file} 'select count(*) from flights'",
    )


@contextmanager
def postgres_warehouse(folder: Path) -> Iterator[Warehouse]:
    """Yield a new database on a PostgreSQL server; see `postgres_server` for which."""
    from taskflow_profilemesh.demo.postgres import postgres_server

    with postgres_server(folder / "postgres", variable=POSTGRES_VARIABLE) as url:
        _new_database(url)
        yield _postgres(url)


def _new_database(server_url: str) -> None:
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{DATABASE}" with (force)')
        connection.execute(f'create database "{DATABASE}"')


def _postgres(server_url: str) -> Warehouse:
    parts = urlsplit(server_url)
    host, port = unquote(parts.hostname or ""), parts.port or 5432
    if "%2f" in parts.netloc.lower():  # a socket's folder: its case matters, and urlsplit lowers it
        host = unquote(parts.netloc.rpartition("@")[2])
    user, password = unquote(parts.username or "postgres"), unquote(parts.password or "")
    account: dict[str, object] = {"host": host, "port": port}
    return Warehouse(
        destination_type="postgres",
        destination=account
        | {"database": DATABASE, "schema": "public", "username": user, "password": password},
        airflow_connection=json.dumps(
            {"conn_type": "postgres", **account, "schema": DATABASE, "login": user, "password": password}
        ),
        look=f"psql -h {host} -p {port} -U {user} {DATABASE} -c 'select count(*) from flights'",
    )
