"""A PostgreSQL server of a test's own that asks for a password, at a host and a port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg.conninfo import conninfo_to_dict

from taskflow_profilemesh.demo.postgres import EMBEDDED, postgres_server
from tests.conformance.relay import relayed
from tests.databases import POSTGRES_VARIABLE

PASSWORD = "right-horse"
_OWNER = "keeper"


@contextmanager
def locked_postgres(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield a `destination-postgres` whose user needs `PASSWORD`; `folder`: where the server's data goes."""
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, {POSTGRES_VARIABLE: EMBEDDED}))
        url = stack.enter_context(postgres_server(folder, variable=POSTGRES_VARIABLE))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"create role {_OWNER} login password '{PASSWORD}'")
            connection.execute(f"create database {_OWNER} owner {_OWNER}")
            (rules,) = connection.execute("show hba_file").fetchone() or ("",)
            Path(str(rules)).write_text(f"local all {_OWNER} scram-sha-256\nlocal all all trust\n")
            connection.execute("select pg_reload_conf()")
        socket = f"{conninfo_to_dict(url)['host']}/.s.PGSQL.5432"
        port = stack.enter_context(relayed(socket))
        configuration = {
            "host": "127.0.0.1",
            "port": port,
            "database": _OWNER,
            "schema": "public",
            "username": _OWNER,
            "password": PASSWORD,
        }
        yield {"type": "destination-postgres", "configuration": configuration}
