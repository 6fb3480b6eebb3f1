"""Why MySQL or MariaDB lets nobody in, asked in milliseconds.

ConnectorX tries a refused login for thirty seconds before it says why, and its pool prints each try. So the server is
asked beforehand, in its own protocol and as the driver would ask: what is sent is a scramble of the password, never the
password. Where a method of authentication is not known here, nothing is said, and the driver's own try decides.
MySQL: "Protocol::HandshakeV10", "Protocol::HandshakeResponse41", "Protocol::AuthSwitchRequest", "ERR_Packet", "Native
Authentication", "Caching_sha2_password information".
"""

from __future__ import annotations

import hashlib
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.reading.failures import Failure, Trouble
from taskflow_profilemesh.reading.reachability import connection_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedRWPair

    from taskflow_profilemesh.reading.address import DatabaseAddress

_OK, _MORE, _SWITCH, _ERROR = 0x00, 0x01, 0xFE, 0xFF
_FAST_SUCCESS: Final = b"\x01\x03"  # of caching_sha2_password: an OK follows
_CAPABILITIES: Final = 0x1 | 0x8 | 0x200 | 0x8000 | 0x80000  # long password, database, 4.1, secure, named method
_MOST_BYTES: Final = 1 << 24
_UTF8MB4: Final = 45
_SALT_BYTES: Final = 20
_QUIT: Final = b"\x01\x00\x00\x00\x01"
_MOST_ANSWERS: Final = 4  # that a login takes
_TROUBLES: Final = {
    **dict.fromkeys((1044, 1045, 1130, 1251, 1275, 1698, 1862, 3118, 3955), Trouble.LOGIN),
    1049: Trouble.DATABASE,
    **dict.fromkeys((1040, 1203, 1226, 1053), Trouble.CONNECTION),  # too many connections, or shutting down
}


def refusal(address: DatabaseAddress, *, timeout_seconds: float) -> Failure | None:
    """Return why the server refuses the login; None where it accepts it, or does not say so in time."""
    try:
        with connection_to(address, timeout_seconds) as connection, connection.makefile("rwb") as wire:
            connection.settimeout(timeout_seconds)
            number = _error_number(address, wire)
    except (OSError, struct.error, ValueError):  # cut short, or another protocol than expected
        return None
    trouble = _TROUBLES.get(number)
    return Failure(trouble, f"the server's error {number}") if trouble else None


def _error_number(address: DatabaseAddress, wire: BufferedRWPair) -> int:
    """Log in; return the error's number, or 0."""
    number, greeting = _packet(wire)
    if greeting[:1] == bytes([_ERROR]):
        return _number_in(greeting)
    method, salt = _asked(greeting)
    _send(wire, number + 1, _response(address, method, salt))
    for _ in range(_MOST_ANSWERS):
        number, answer = _packet(wire)
        match answer[0]:
            case 0xFF:
                return _number_in(answer)
            case 0xFE:
                method, _, salt = answer[1:].partition(b"\0")
                scramble = _SCRAMBLES.get(method)
                if scramble is None:
                    return 0
                _send(wire, number + 1, scramble(_secret(address), salt[:_SALT_BYTES]))
            case _ if answer != _FAST_SUCCESS:
                with suppress(OSError):
                    wire.write(_QUIT)
                return 0
    return 0


def _asked(greeting: bytes) -> tuple[bytes, bytes]:
    """Return the server's method of authentication, and the salt for it."""
    _, _, rest = greeting[1:].partition(b"\0")  # after the server's version
    first, second = rest[4:12], rest[31:43]
    _, _, method = rest[43:].partition(b"\0")
    return method.rstrip(b"\0"), first + second


def _response(address: DatabaseAddress, method: bytes, salt: bytes) -> bytes:
    if method not in _SCRAMBLES:
        method = b"mysql_native_password"  # the server names another one, if it wants another
    proof = _SCRAMBLES[method](_secret(address), salt)
    head = struct.pack("<IIB23x", _CAPABILITIES, _MOST_BYTES, _UTF8MB4)
    names = (address.user or "").encode() + b"\0" + bytes([len(proof)]) + proof
    return head + names + (address.database or "").encode() + b"\0" + method + b"\0"


def _packet(wire: BufferedRWPair) -> tuple[int, bytes]:
    head = wire.read(4)
    body = wire.read(int.from_bytes(head[:3], "little"))
    if not body:
        raise ValueError
    return head[3], body


def _send(wire: BufferedRWPair, number: int, body: bytes) -> None:
    wire.write(len(body).to_bytes(3, "little") + bytes([number]) + body)
    wire.flush()


def _number_in(error: bytes) -> int:
    return int.from_bytes(error[1:3], "little")


def _secret(address: DatabaseAddress) -> bytes:
    return (address.password or "").encode()


def _native(secret: bytes, salt: bytes) -> bytes:
    once = hashlib.sha1(secret, usedforsecurity=False).digest()
    mask = hashlib.sha1(salt + hashlib.sha1(once, usedforsecurity=False).digest(), usedforsecurity=False).digest()
    return _mixed(once, mask) if secret else b""


def _sha2(secret: bytes, salt: bytes) -> bytes:
    once = hashlib.sha256(secret).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + salt).digest()
    return _mixed(once, mask) if secret else b""


def _mixed(one: bytes, two: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, two, strict=True))


_SCRAMBLES: Final[dict[bytes, Callable[[bytes, bytes], bytes]]] = {
    b"mysql_native_password": _native,
    b"caching_sha2_password": _sha2,
}
