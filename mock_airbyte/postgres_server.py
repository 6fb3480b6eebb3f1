"""Reaching a PostgreSQL server, for the source and the destination alike.

Configuration keys are Airbyte's own: `host` (a name, or the folder of a unix socket), `port`, `database`, `username`,
`password`, and whether to encrypt (`ssl`, or `ssl_mode` with its `mode`).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from mock_airbyte.failures import SyncFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_airbyte.failures import FailureOrigin, FailureType

_CONNECT_SECONDS = 10
_CONFIGURED = ("28", "3D", "3F", "42")  # classes of SQLSTATE: logins, databases, schemas; names and rights
_PASSING = ("08", "40", "53", "55", "57")  # connections, conflicts, resources, locks, a server that shuts down
_REFUSED = ("authentication failed", "does not exist", "no pg_hba.conf entry", "no password", "translate host name")


@contextmanager
def postgres_connection(
    configuration: Mapping[str, Any], *, origin: FailureOrigin
) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection whose times are UTC and whose statements commit by themselves; raises `SyncFailure`."""
    try:
        with psycopg.connect(
            host=configuration["host"],
            port=int(configuration.get("port", 5432)),
            dbname=configuration["database"],
            user=configuration["username"],
            password=configuration.get("password") or None,
            sslmode=_ssl_mode(configuration),
            connect_timeout=_CONNECT_SECONDS,
            application_name="mock-airbyte",
            options="-c timezone=UTC -c client_min_messages=warning",
            autocommit=True,
        ) as connection:
            yield connection
    except psycopg.Error as error:
        message = f"The PostgreSQL {origin} failed: {_first_line(error)}"
        raise SyncFailure(message, origin=origin, kind=_kind(error)) from error


def _ssl_mode(configuration: Mapping[str, Any]) -> str:
    mode = configuration.get("ssl_mode")
    if isinstance(mode, Mapping):
        return str(mode.get("mode", "prefer"))
    return "require" if configuration.get("ssl") else "prefer"


def _first_line(error: psycopg.Error) -> str:
    """Return what went wrong, without the row or the statement that a server quotes below it."""
    return (error.diag.message_primary or str(error) or type(error).__name__).splitlines()[0]


def _kind(error: psycopg.Error) -> FailureType:
    """Return the failure type; a login that failed has no SQLSTATE, only words."""
    if error.sqlstate is None:
        return "config_error" if any(words in str(error) for words in _REFUSED) else "transient_error"
    if error.sqlstate.startswith(_CONFIGURED):
        return "config_error"
    return "transient_error" if error.sqlstate.startswith(_PASSING) else "system_error"
