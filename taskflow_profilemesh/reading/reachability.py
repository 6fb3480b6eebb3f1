"""Whether anybody answers there, and whether it is the right kind of server.

ConnectorX tries for thirty seconds before it reports that nobody listens. A socket knows in milliseconds, and the
first bytes of each protocol tell a database from something that merely accepts connections: PostgreSQL answers the
request for encryption with one letter, MySQL greets first.
PostgreSQL: "Message Formats", SSLRequest. MySQL: "Protocol::Handshake". SQLite: "Database File Format", §1.3.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from taskflow_profilemesh.reading.address import DatabaseAddress

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_SQLITE_HEADER = b"SQLite format 3\x00"


def is_reachable(address: DatabaseAddress, *, timeout_seconds: float) -> bool:
    """Say whether a database of the address's dialect answers; each of the two steps may take `timeout_seconds`."""
    try:
        if address.dialect is Dialect.SQLITE:
            return _is_database_file(address)
        with _connection(address, timeout_seconds) as connection:
            connection.settimeout(timeout_seconds)
            return _speaks(address.dialect, connection)
    except OSError:
        return False


def _is_database_file(address: DatabaseAddress) -> bool:
    with address.file.open("rb") as file:
        return file.read(len(_SQLITE_HEADER)) in (_SQLITE_HEADER, b"")  # an empty file is an empty database


def _connection(address: DatabaseAddress, timeout_seconds: float) -> socket.socket:
    if (file := address.socket_file) is None:
        return socket.create_connection((address.host or "127.0.0.1", address.effective_port), timeout_seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_seconds)
        connection.connect(str(file))
    except OSError:
        connection.close()
        raise
    return connection


def _speaks(dialect: Dialect, connection: socket.socket) -> bool:
    if dialect is Dialect.POSTGRESQL:
        connection.sendall(_SSL_REQUEST)
        return connection.recv(1) in (b"S", b"N")
    return len(connection.recv(5)) > 0  # packet length, sequence number, and what it is
