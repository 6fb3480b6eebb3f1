"""What lineage calls a table, so that what others say of it and what we say meet at one name. Pure.

The rules are those of OpenLineage's naming specification (https://openlineage.io/docs/spec/naming), which has none for
SQLite (its file is the namespace here) and none for what Airbyte wrote to a place that nobody told us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from taskflow_profilemesh.reading.address import DatabaseAddress
    from taskflow_profilemesh.tables import TableRef


class DatasetName(NamedTuple):
    """A dataset as OpenLineage names it: the namespace is where it is, the name what it is called there."""

    namespace: str
    name: str


def table_dataset(address: DatabaseAddress, table: TableRef) -> DatasetName:
    """Return the name of a database's table; no user and no secret of the address is in it.

    PostgreSQL: `postgres://host:port` and `database.schema.table`. MySQL: `mysql://host:port` and `database.table`. SQL
    Server: `mssql://host:port` and `database.schema.table`. Snowflake: `snowflake://account` and
    `database.schema.table`. SQLite: `sqlite:///absolute/path` and `table`. A part that nobody knows is left out of the
    name. A server that is reached by a unix socket, or without a host, is `localhost`.
    """
    namespace, parts = dataset_parts(address, table)
    return DatasetName(namespace, ".".join(parts))


def dataset_parts(address: DatabaseAddress, table: TableRef) -> tuple[str, tuple[str, ...]]:
    """Return the namespace of a database's table, and the parts of its name that are known."""
    if address.dialect is Dialect.SQLITE:
        return "sqlite://" + quote(str(address.file.absolute())), (table.name,)
    if address.dialect is Dialect.MYSQL:
        return f"mysql://{_server(address)}", _known(table.schema or address.database, table.name)
    if address.dialect is Dialect.SNOWFLAKE:
        options = dict(address.options)
        schema = table.schema or options.get("schema")
        return f"snowflake://{options['account']}", _known(address.database, schema, table.name)
    if address.dialect is Dialect.MSSQL:
        return f"mssql://{_server(address)}", _known(address.database, table.schema, table.name)
    return f"postgres://{_server(address)}", _known(address.database, table.schema, table.name)


def synced_dataset(job_page: str, connection_id: str, table: str) -> DatasetName:
    """Return the name of a table that Airbyte wrote, whose database only Airbyte knows.

    `airbyte://host:port` of the server whose page is given, and `connection_id.table`: two connections may write to
    tables of one name in two databases.
    """
    return DatasetName(f"airbyte://{urlsplit(job_page).netloc.rpartition('@')[2]}", f"{connection_id}.{table}")


def _known(*parts: str | None) -> tuple[str, ...]:
    return tuple(part for part in parts if part)


def _server(address: DatabaseAddress) -> str:
    host = "localhost" if address.socket_file or not address.host else address.host
    return f"{f'[{host}]' if ':' in host else host}:{address.effective_port}"
