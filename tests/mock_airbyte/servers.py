"""A database's URL as Airbyte's own connectors are told of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict


def postgres_parts(url: str) -> dict[str, Any]:
    """The configuration of a destination-postgres."""
    parts = conninfo_to_dict(url)
    return {
        "host": str(parts.get("host", "127.0.0.1")),
        "port": int(parts.get("port") or 5432),
        "database": str(parts["dbname"]),
        "username": str(parts["user"]),
        "password": str(parts.get("password") or ""),
        "schema": "public",
    }


def mysql_parts(url: str) -> dict[str, Any]:
    """The configuration of a destination-mysql or a source-mysql."""
    parts = urlsplit(url)
    return {
        "host": parts.hostname or "127.0.0.1",
        "port": parts.port or 3306,
        "database": parts.path.strip("/"),
        "username": parts.username or "root",
        "password": parts.password or "",
    }
