"""A TCP relay in front of a database, which can cut every connection that runs through it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

_CHUNK = 1 << 14
_REQUESTS = (80877103, 80877104)  # for encryption, before the start


class Relay:
    """Passes bytes on in both directions until it is told to cut; `seen` is called with the bytes from the server."""

    def __init__(self, target: Callable[[], socket.socket]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._bytes = 0
        self._cut_at: list[int] = []
        self._asked: list[bytearray] = []  # what each connection sent to the server
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, *sizes: int) -> None:
        """Cut all connections each time so many bytes have come from the server, counted from the last cut."""
        self._cut_at = list(sizes)
        self._bytes = 0

    @property
    def cuts_left(self) -> int:
        return len(self._cut_at)

    def statements(self) -> list[str]:
        """Return the SQL that was sent, prepared or run; without encryption."""
        return [text for asked in self._asked for text in _statements(bytes(asked))]

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # or the thread that accepts would accept once more
        self._listener.close()
        self._cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                server = self._target()
                self.connections += 1
                with self._lock:
                    self._pairs.append((caller, server))
                asked = bytearray()
                self._asked.append(asked)
                threading.Thread(target=self._pump, args=(caller, server, asked), daemon=True).start()
                threading.Thread(target=self._pump, args=(server, caller, None), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, asked: bytearray | None) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if asked is not None:
                    asked += data
                elif self._is_due(len(data)):
                    self._cut()
                    return
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_due(self, size: int) -> bool:
        with self._lock:
            self._bytes += size
            if not self._cut_at or self._bytes < self._cut_at[0]:
                return False
            del self._cut_at[0]
            self._bytes = 0
            return True

    def _cut(self) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for end in (end for pair in pairs for end in pair):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _statements(asked: bytes) -> Iterator[str]:
    """Read the messages of a PostgreSQL client: Query and Parse hold SQL."""
    place = 0
    while int.from_bytes(asked[place + 4 : place + 8], "big") in _REQUESTS:
        place += 8
    place += int.from_bytes(asked[place : place + 4], "big")
    while place < len(asked):
        kind, length = asked[place : place + 1], int.from_bytes(asked[place + 1 : place + 5], "big")
        parts = asked[place + 5 : place + 1 + length].split(b"\0")
        if kind in b"QP":
            yield parts[0 if kind == b"Q" else 1].decode()
        place += 1 + length


@contextmanager
def relay_to(url: str) -> Iterator[tuple[Relay, str]]:
    """Yield a relay to the PostgreSQL server of the URL, by TCP or a unix socket, and the URL through the relay."""
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    host, _, port = place.rpartition(":") if ":" in place else (place, "", "5432")
    folder = unquote(host)

    def connect() -> socket.socket:
        if not folder.startswith("/"):
            return socket.create_connection((folder, int(port)))
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(f"{folder}/.s.PGSQL.{port}")
        return connection

    relay = Relay(connect)
    try:
        yield relay, f"{parts.scheme}://{login}@127.0.0.1:{relay.port}{parts.path}"
    finally:
        relay.close()
