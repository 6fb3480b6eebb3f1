"""How an answer travels, or does not: connections that close or break, bodies cut short or trickling.

A WSGI answer cannot break a connection, so the socket is taken from werkzeug's own `werkzeug.socket`; both the mock's
server and pytest-httpserver's have it. Raising a `ConnectionError` then ends the exchange: werkzeug takes it for a
caller who went away. A test client without a socket is raised the error itself.
"""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from mock_airbyte.faults import Drop, Reset, Trickle, Truncate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from mock_airbyte.faults import Effect

_SOCKET = "werkzeug.socket"


class FaultyResponse(Response):
    """A response with the effects that concern its way to the caller."""

    effects: Sequence[Effect] = ()
    pause: Callable[[float], None]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send it as far as the effects allow; raises `ConnectionError` where the connection is no more."""
        for effect in self.effects:
            if isinstance(effect, Reset):
                _reset(environ)
            if isinstance(effect, Drop):
                _close(environ)
        body = self.get_data()
        cut = next((effect for effect in self.effects if isinstance(effect, Truncate)), None)
        kept = body if cut is None else body[: int(len(body) * cut.kept)]
        if cut is None or not cut.breaks:
            self.headers["Content-Length"] = str(len(kept))
        start_response(self.status, self.headers.to_wsgi_list())
        return self._sent(kept, environ, breaks=cut is not None and cut.breaks)

    def _sent(self, body: bytes, environ: WSGIEnvironment, *, breaks: bool) -> Iterator[bytes]:
        yield b""  # the headers go now
        slow = next((effect for effect in self.effects if isinstance(effect, Trickle)), None)
        if slow is None:
            yield body
        else:
            for start in range(0, len(body), slow.chunk_bytes):
                self.pause(slow.seconds)
                yield body[start : start + slow.chunk_bytes]
        if breaks:
            _close(environ)


def faulty(response: Response, effects: Sequence[Effect], pause: Callable[[float], None]) -> Response:
    """Return the response with what happens to it on its way; `pause` waits for seconds of the mock's clock."""
    travelling = tuple(effect for effect in effects if isinstance(effect, Drop | Reset | Truncate | Trickle))
    if not travelling:
        return response
    changed = FaultyResponse(response.get_data(), status=response.status, headers=response.headers)
    changed.effects = travelling
    changed.pause = pause
    return changed


def arrives(effects: Sequence[Effect], environ: WSGIEnvironment) -> bool:
    """Return whether the caller will get the whole answer: it is still there and nothing breaks the connection."""
    broken = any(isinstance(effect, Drop | Reset | Truncate) for effect in effects)
    return not broken and not _is_gone(environ.get(_SOCKET))


def _is_gone(connection: socket.socket | None) -> bool:
    """Return whether the caller has closed the connection: there is an end of file, and nothing before it."""
    if connection is None:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _close(environ: WSGIEnvironment) -> None:
    connection: socket.socket | None = environ.get(_SOCKET)
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    message = "The mock closed the connection, as a fault says."
    raise ConnectionAbortedError(message)


def _reset(environ: WSGIEnvironment) -> None:
    """Send a TCP reset: the socket closes without lingering, and its number leads to a dead pair from then on.

    The server holds the socket in several places and would say goodbye in an orderly way first; putting another
    socket under its number closes it at once.
    """
    connection: socket.socket | None = environ.get(_SOCKET)
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        near, far = socket.socketpair()
        with near, far:
            os.dup2(near.fileno(), connection.fileno())
    message = "The mock reset the connection, as a fault says."
    raise ConnectionResetError(message)
