"""A stand-in for Snowflake: fakesnow's server, from an environment of its own, and short ways to fill it.

It runs DuckDB behind Snowflake's protocol, so it shows that statements, types and streams get through the real driver.
It cannot show: a refused login (any password is good), a NULL timestamp (it sends 1970), geography, exact sums of
decimals (it adds up doubles), a statement's timeout, the end of a statement that it is asked to end, page samples of
less than everything, and bounded memory: it sends a table of any size in one answer, where Snowflake sends many.
"""

from __future__ import annotations

import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.reading.drivers import SnowflakeConnection
from taskflow_profilemesh.reading.snowflake_account import STATEMENT_OPTIONS, driver_options
from tests.conformance.environments import FAKESNOW, made
from tests.processes import Command, free_ports, started

_START_SECONDS = 60


def fakesnow_environment() -> tuple[Path | None, str]:
    """Return the folder of fakesnow's environment, or None and why it cannot be made here."""
    try:
        return made(FAKESNOW), ""
    except (subprocess.SubprocessError, OSError) as error:
        return None, f"fakesnow, the stand-in for Snowflake, cannot be installed here: {type(error).__name__}"


@contextmanager
def snowflake_server(environment: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Run the server and yield `host:port` and its log, which has every request."""
    (port,) = free_ports(1)
    program = [str(environment / "bin" / "fakesnow"), "--server", "--port", str(port)]
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    log = folder / "fakesnow.log"
    with started(Command("fakesnow", program, variables, folder), log) as process:
        process.wait_until(lambda: _answers(port), within_seconds=_START_SECONDS)
        yield f"127.0.0.1:{port}", log


def new_database(server: str) -> str:
    """Return the URL of a database that nobody uses; the server makes it when somebody logs in."""
    host, _, port = server.partition(":")
    database = f"TEST_{secrets.token_hex(6).upper()}"
    return f"snowflake://reader:secret@fakesnow/{database}/PUBLIC?host={host}&port={port}&protocol=http"


def in_snowflake(url: str, *statements: str) -> None:
    """Run statements."""
    options = driver_options(DatabaseAddress.from_url(url), statement_timeout_seconds=None)
    with closing(SnowflakeConnection(options, STATEMENT_OPTIONS)) as connection:
        for statement in statements:
            connection.rows(statement)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
