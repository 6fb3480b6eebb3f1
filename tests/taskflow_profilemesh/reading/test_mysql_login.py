"""What a MySQL says to a login, played from recorded packets: no server is needed."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.reading.failures import Trouble
from taskflow_profilemesh.reading.mysql_login import refusal

SALT = bytes(range(1, 21))
HEAD = b"\x0a8.0.40\0\x07\0\0\0"  # the protocol, the server's version, the connection's number
CAPABILITIES = b"\xff\xff\x2d\x02\0\xff\xdf\x15" + b"\0" * 10
GREETING = HEAD + SALT[:8] + b"\0" + CAPABILITIES + SALT[8:] + b"\0"
OK = b"\0\0\0\x02\0\0\0"


def _error(number: int) -> bytes:
    return b"\xff" + number.to_bytes(2, "little") + b"#28000no"


def _packet(number: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([number]) + body


def _served(listener: socket.socket, packets: Sequence[bytes]) -> list[bytes]:
    """Send a packet, hear what comes, send the next; return what was heard."""
    caller, _ = listener.accept()
    heard: list[bytes] = []
    with caller, caller.makefile("rwb") as wire:
        for turn, body in enumerate(packets):
            wire.write(_packet(2 * turn, body))
            wire.flush()
            head = wire.read(4)
            heard.append(wire.read(int.from_bytes(head[:3], "little")))
    return heard


def _asked(*packets: bytes) -> tuple[Trouble | None, list[bytes]]:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        address = DatabaseAddress.from_url(f"mysql://ada:s%20cret@127.0.0.1:{listener.getsockname()[1]}/shop")
        served = pool.submit(_served, listener, packets)
        found = refusal(address, timeout_seconds=3)
        return found.trouble if found else None, served.result()


def _sha2(secret: bytes, salt: bytes) -> bytes:
    once = hashlib.sha256(secret).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + salt).digest()
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (_error(1045), Trouble.LOGIN),
        (_error(1049), Trouble.DATABASE),
        (_error(1040), Trouble.CONNECTION),
        (_error(3159), None),  # it wants TLS, which is for the driver to tell
        (OK, None),
        (b"\x01\x04", None),  # it wants the password itself, which it does not get from here
        (b"\xfeclient_ed25519\0" + SALT, None),  # a method that is not known here
    ],
)
def test_an_answer_is_understood_and_the_password_is_never_sent(answer: bytes, trouble: Trouble | None) -> None:
    found, heard = _asked(GREETING + b"caching_sha2_password\0", answer)
    assert found is trouble
    assert heard[0].endswith(b"ada\0\x20" + _sha2(b"s cret", SALT) + b"shop\0caching_sha2_password\0")
    assert not any(b"s cret" in said for said in heard)


def test_another_method_is_taken_up_where_it_is_known() -> None:
    switch = b"\xfecaching_sha2_password\0" + SALT[::-1] + b"\0"
    found, heard = _asked(GREETING + b"client_ed25519\0", switch, b"\x01\x03")
    assert found is None
    assert heard[1] == _sha2(b"s cret", SALT[::-1])


def test_a_greeting_may_be_a_refusal_and_may_be_nonsense() -> None:
    assert _asked(_error(1130))[0] is Trouble.LOGIN
    for nonsense in (b"SSH-2.0", b"\x0a"):
        assert _asked(nonsense)[0] is None


def test_nobody_there_is_no_refusal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refusal(DatabaseAddress.from_url(f"mysql://ada@127.0.0.1:{port}/shop"), timeout_seconds=1) is None
