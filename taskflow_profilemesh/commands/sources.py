"""Opening what a command reads: a URL, a folder of files, or an Airflow connection that stands in the environment."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from taskflow_profilemesh.commands.airflow_variable import json_fields, said_of
from taskflow_profilemesh.configured import check_source
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource, Dialect
from taskflow_profilemesh.reading.address import url_fields
from taskflow_profilemesh.reading.files import FileSource

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from taskflow_profilemesh.commands.asked import Asked

_TYPES: Final = {
    "postgres": Dialect.POSTGRESQL,
    "postgresql": Dialect.POSTGRESQL,
    "mysql": Dialect.MYSQL,
    "sqlite": Dialect.SQLITE,
    "mssql": Dialect.MSSQL,
    "snowflake": Dialect.SNOWFLAKE,
}


def source_of(arguments: argparse.Namespace, asked: Asked) -> DatabaseSource | FileSource:
    """Return the source that is meant; raises `InvalidOption`, which repeats no URL."""
    options = asked.options
    if asked.folder is not None:
        return FileSource(asked.folder, name=options.source_name, infer_rows=arguments.infer_rows)
    url = options.source_url
    address = DatabaseAddress.from_url(url) if url else connection_address(options.conn_id, os.environ)
    check_source(options, address.dialect)
    return DatabaseSource(
        address,
        name=options.source_name,
        memory_budget_bytes=options.memory_budget_bytes,
        statement_timeout_seconds=options.statement_timeout_seconds,
        reader=arguments.reader,
    )


def connection_address(conn_id: str, environ: Mapping[str, str]) -> DatabaseAddress:
    """Return where the Airflow connection of that id points to, from its environment variable: a URI, or JSON.

    Airflow's own database of connections is Airflow's to read. Raises `InvalidOption`.
    """
    said = said_of(conn_id, environ)
    return _from_fields(conn_id, json_fields(conn_id, said)) if said.startswith("{") else _from_uri(conn_id, said)


def _from_fields(conn_id: str, fields: dict[str, Any]) -> DatabaseAddress:
    dialect = _dialect(conn_id, str(fields.get("conn_type")))
    if dialect is Dialect.SQLITE:
        return DatabaseAddress(dialect, database=str(fields.get("host") or ""))
    named = {"host": fields.get("host"), "port": fields.get("port"), "database": fields.get("schema")}
    named |= {"user": fields.get("login"), "password": fields.get("password")}
    return DatabaseAddress.from_airflow(dialect, named, fields["extra"])


def _from_uri(conn_id: str, said: str) -> DatabaseAddress:
    """Read Airflow's URI, which is a URL but for its extras and for the path of a file, which has no slash to spare."""
    parts = urlsplit(said)
    dialect = _dialect(conn_id, parts.scheme)
    if dialect is Dialect.SQLITE:
        return DatabaseAddress(dialect, database="/" + (parts.netloc + parts.path).lstrip("/"))
    extra = dict(parse_qsl(parts.query))
    extra |= json.loads(extra.pop("__extra__", "{}"))
    named = url_fields(parts)
    return DatabaseAddress.from_airflow(dialect, named, extra)


def _dialect(conn_id: str, conn_type: str) -> Dialect:
    dialect = _TYPES.get(conn_type)
    if dialect is None:
        expected = "a connection of type postgres, mysql, mssql, snowflake or sqlite"
        raise InvalidOption(option="conn_id", got=f"{conn_id} of another type", expected=expected)
    return dialect
