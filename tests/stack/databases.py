"""The stack's databases on whatever PostgreSQL the tests use, and an account whose password is a canary.

Airflow's own, the warehouse that syncs write to and profiles read, and the one that keeps the profiles. A server that
trusts everybody does not look at the password; it is sent all the same, and must be seen nowhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

from tests.databases import postgres_database


@dataclass(frozen=True, slots=True)
class Database:
    """One database, as each of those who use it wants it."""

    host: str  # or the folder of a unix socket
    port: int
    name: str
    user: str
    password: str
    owner_url: str  # of the account that made it, as psycopg takes it

    @property
    def sqlalchemy_url(self) -> str:
        """The address for Airflow's own settings."""
        is_socket = self.host.startswith("/")
        url = URL.create(
            "postgresql+psycopg",
            username=self.user,
            password=self.password,
            host=None if is_socket else self.host,
            port=None if is_socket else self.port,
            database=self.name,
            query={"host": self.host} if is_socket else {},
        )
        return url.render_as_string(hide_password=False)

    def airflow_connection(self, **changed: object) -> dict[str, Any]:
        """Return the parts of an Airflow connection to it."""
        parts = {"host": self.host, "port": self.port, "schema": self.name}
        return {"conn_type": "postgres", "login": self.user, "password": self.password, **parts, **changed}

    def airbyte_configuration(self) -> dict[str, Any]:
        """Return the configuration of an Airbyte destination that is this database."""
        account = {"username": self.user, "password": self.password}
        return {"host": self.host, "port": self.port, "database": self.name, "schema": "public", **account}

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute(statement.encode()).fetchall()


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of one stack."""

    metadata: Database
    warehouse: Database
    profiles: Database


@contextmanager
def databases(server_url: str, password: str) -> Iterator[Databases]:
    """Make the databases and their account, and drop them at the end."""
    server = conninfo_to_dict(server_url)
    address: dict[str, Any] = {"host": str(server["host"]), "port": int(server.get("port") or 5432)}
    with ExitStack() as opened:
        user = opened.enter_context(_account(server_url, password))
        made = []
        for _ in range(3):
            url = opened.enter_context(postgres_database(server_url))
            name = url.rpartition("/")[2]
            _run(server_url, sql.SQL("alter database {} owner to {}").format(*map(sql.Identifier, (name, user))))
            made.append(Database(**address, name=name, user=user, password=password, owner_url=url))
        yield Databases(*made)


@contextmanager
def _account(server_url: str, password: str) -> Iterator[str]:
    user = f"profilemesh_test_{secrets.token_hex(6)}"
    name = sql.Identifier(user)
    _run(server_url, sql.SQL("create role {} login password {}").format(name, sql.Literal(password)))
    try:
        yield user
    finally:
        _run(server_url, sql.SQL("drop role if exists {}").format(name))


def _run(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
