"""Reaching a MySQL or MariaDB server, for the source and the destination alike.

Configuration keys are Airbyte's own: `host`, `port`, `database`, `username`, `password`, and whether to encrypt (`ssl`,
or `ssl_mode` with its `mode`). PyMySQL is the driver; it is asked for only where MySQL is used.
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mock_airbyte.failures import SyncFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pymysql

    from mock_airbyte.failures import FailureOrigin, FailureType

_CONNECT_SECONDS = 10
# Whose messages name hosts, users, databases and tables, and never a value.
_TELLING = frozenset({1044, 1045, 1046, 1049, 1050, 1054, 1064, 1142, 1146, 1205, 1213, 2002, 2003, 2005, 2006, 2013})
_CONFIGURED = frozenset({1044, 1045, 1046, 1049, 1054, 1064, 1142, 1143, 1146, 1227, 2005})  # logins, names, rights
_PASSING = frozenset({1040, 1053, 1203, 1205, 1213, 1927, 2002, 2003, 2006, 2013})  # connections, locks, a shutdown
_UNENCRYPTED = ("", "disabled", "preferred")


@contextmanager
def mysql_connection(
    configuration: Mapping[str, Any], *, origin: FailureOrigin, streaming: bool = False
) -> Iterator[pymysql.Connection[Any]]:
    """Yield a connection in which names stand in double quotes and times are UTC; raises `SyncFailure`.

    `streaming`: rows stay with the server until they are fetched.
    """
    pymysql = _driver(origin)
    try:
        with pymysql.connect(
            host=configuration["host"],
            port=int(configuration.get("port") or 3306),
            user=configuration["username"],
            password=configuration.get("password") or "",
            database=configuration["database"],
            connect_timeout=_CONNECT_SECONDS,
            charset="utf8mb4",
            sql_mode="ANSI_QUOTES,STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION",
            init_command="set time_zone = '+00:00'",
            cursorclass=pymysql.cursors.SSCursor if streaming else pymysql.cursors.Cursor,
            ssl=_encryption(configuration),
        ) as connection:
            yield connection
    except pymysql.MySQLError as error:
        message = f"The MySQL {origin} failed: {_described(error)}"
        raise SyncFailure(message, origin=origin, kind=_kind(error)) from error


def _driver(origin: FailureOrigin) -> Any:  # noqa: ANN401 -- a module
    try:
        import pymysql
    except ImportError as error:
        message = f"The MySQL {origin} needs the driver PyMySQL. Install it: pip install pymysql."
        raise SyncFailure(message, origin=origin) from error
    return pymysql


def _encryption(configuration: Mapping[str, Any]) -> ssl.SSLContext | None:
    mode = configuration.get("ssl_mode")
    named = str(mode.get("mode", "")) if isinstance(mode, dict) else ""
    if not configuration.get("ssl") and named in _UNENCRYPTED:
        return None
    context = ssl.create_default_context()
    if not named.startswith("verify"):  # encrypted, whoever answers: what MySQL calls "required"
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _described(error: Exception) -> str:
    """Return what went wrong, without the value that some messages quote."""
    code = error.args[0] if error.args else 0
    return f"{error.args[1]} (error {code})" if code in _TELLING and len(error.args) > 1 else f"error {code}"


def _kind(error: Exception) -> FailureType:
    code = error.args[0] if error.args else 0
    if code in _CONFIGURED:
        return "config_error"
    return "transient_error" if code in _PASSING else "system_error"
