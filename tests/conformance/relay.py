"""A TCP port in front of a unix socket, for clients that can name a host and a port only."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK_BYTES = 65_536


@contextmanager
def relayed(socket_path: str) -> Iterator[int]:
    """Yield a port of 127.0.0.1 behind which the unix socket answers."""

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(socket_path)
                back = threading.Thread(target=_pass_on, args=(server, self.request), daemon=True)
                back.start()
                _pass_on(self.request, server)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as relay:
        relay.daemon_threads = True
        thread = threading.Thread(target=relay.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield relay.server_address[1]
        finally:
            relay.shutdown()
            thread.join()


def _pass_on(giver: socket.socket, taker: socket.socket) -> None:
    """Pass bytes on until one side hangs up, and tell the other."""
    with suppress(OSError):
        while chunk := giver.recv(_CHUNK_BYTES):
            taker.sendall(chunk)
    with suppress(OSError):
        taker.shutdown(socket.SHUT_WR)
