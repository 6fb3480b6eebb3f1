"""Whether anybody answers there, and whether it is the right kind of server.

ConnectorX tries for thirty seconds before it reports that nobody listens. A socket knows in milliseconds, and the
first bytes of each protocol tell a database from something that merely accepts connections: PostgreSQL answers the
request for encryption with one letter, MySQL greets first. No password is ever sent from here.
PostgreSQL: "Message Formats", SSLRequest, StartupMessage and ErrorResponse; "Error Codes". MySQL:
"Protocol::Handshake" and "ERR_Packet". SQL Server: "[MS-TDS]", PRELOGIN. SQLite: "Database File Format", §1.3. Of
Snowflake, which is behind HTTPS, a connection is all that is asked for; behind a proxy, the login tells.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, BinaryIO
from urllib.request import getproxies, proxy_bypass

from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from taskflow_profilemesh.reading.address import DatabaseAddress

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_PROTOCOL_3 = 196608
_HEAD_BYTES = 5  # of every PostgreSQL message: its kind and its length
_BUSY = ("53", "57")  # SQLSTATE classes: insufficient resources, and starting up or shutting down
_MYSQL_ERROR, _HOST_NOT_ALLOWED = b"\xff", 1130
_PRELOGIN = bytes.fromhex(  # a packet of 26 bytes: version 0 and whether to encrypt, which it may
    "1201001a0000000000000b00060100110001ff00000000000000"
)
_TDS_ANSWER = b"\x04"
_SQLITE_HEADER = b"SQLite format 3\x00"


def is_reachable(address: DatabaseAddress, *, timeout_seconds: float) -> bool:
    """Say whether a database of the address's dialect answers; each of the two steps may take `timeout_seconds`."""
    try:
        if address.dialect is Dialect.SQLITE:
            return _is_database_file(address)
        if address.dialect is Dialect.SNOWFLAKE and _is_behind_proxy(address):
            return True
        with connection_to(address, timeout_seconds) as connection:
            connection.settimeout(timeout_seconds)
            return _speaks(address.dialect, connection)
    except OSError:
        return False


def is_busy(address: DatabaseAddress, *, timeout_seconds: float) -> bool:
    """Say whether PostgreSQL turns this user away only for the moment: too many connections, starting, stopping.

    Asked after a login failed without a reason; trying again can help then, and also when it has gone away meanwhile.
    """
    if address.dialect is not Dialect.POSTGRESQL:
        return False
    try:
        with connection_to(address, timeout_seconds) as connection, connection.makefile("rb") as answers:
            connection.settimeout(timeout_seconds)
            connection.sendall(_startup(address))
            return _refusal(answers).startswith(_BUSY)
    except OSError:
        return True


def _is_database_file(address: DatabaseAddress) -> bool:
    with address.file.open("rb") as file:
        return file.read(len(_SQLITE_HEADER)) in (_SQLITE_HEADER, b"")  # an empty file is an empty database


def connection_to(address: DatabaseAddress, timeout_seconds: float) -> socket.socket:
    """Open a socket to the server, which may take `timeout_seconds`; raises `OSError`."""
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


def _is_behind_proxy(address: DatabaseAddress) -> bool:
    protocol = dict(address.options).get("protocol", "https")
    return protocol in getproxies() and not proxy_bypass(address.host or "")


def _speaks(dialect: Dialect, connection: socket.socket) -> bool:
    if dialect is Dialect.SNOWFLAKE:
        return True
    if dialect is Dialect.POSTGRESQL:
        connection.sendall(_SSL_REQUEST)
        return connection.recv(1) in (b"S", b"N")
    if dialect is Dialect.MSSQL:
        connection.sendall(_PRELOGIN)
        return connection.recv(1) == _TDS_ANSWER
    greeting = connection.recv(7)  # packet length (3), sequence number, what it is, and an error's number
    if greeting[4:5] == _MYSQL_ERROR:
        return int.from_bytes(greeting[5:7], "little") == _HOST_NOT_ALLOWED  # that is for the login to find out
    return bool(greeting)


def _startup(address: DatabaseAddress) -> bytes:
    user = address.user or "postgres"
    settings = f"user\0{user}\0database\0{address.database or user}\0\0".encode()
    return struct.pack("!ii", len(settings) + 8, _PROTOCOL_3) + settings


def _refusal(answers: BinaryIO) -> str:
    """Return the SQLSTATE of the server's error, or nothing when it asks for a password or lets in."""
    while len(head := answers.read(_HEAD_BYTES)) == _HEAD_BYTES:
        body = answers.read(int.from_bytes(head[1:], "big") - 4)
        if head[:1] == b"E":
            fields = {field[:1]: field[1:].decode(errors="replace") for field in body.split(b"\0") if field}
            return fields.get(b"C", "")
        if head[:1] == b"Z" or (head[:1] == b"R" and any(body)):
            return ""
    return ""
