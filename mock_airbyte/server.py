"""Serving a mock over HTTP: a threaded werkzeug server on the loopback address, and a ticker that keeps time.

The ticker lets the rows of jobs move that nobody looks at.
"""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from mock_airbyte.app import MockApp

LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65_535
_TICK_SECONDS = 0.1
_STOP_POLL_SECONDS = 0.05  # how long a stop may go unnoticed


class _Quiet(WSGIRequestHandler):
    """HTTP/1.1, a connection per request as werkzeug has it, and no line per request on standard error."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer's body would wait for the caller to acknowledge its headers
    wbufsize = -1  # headers and body in one packet

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _see_that_it_is_free(host: str, port: int) -> None:
    """Raise `OSError` in plain words: the server below would print its own and end the process."""
    if not 0 <= port <= _HIGHEST_PORT:
        message = f"There is no such port (port={port}). Choose one up to {_HIGHEST_PORT}; 0 takes a free one."
        raise OSError(message)
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        message = (
            f"Nothing can be served there (host={host!r}, port={port}): {error.strerror}."
            " Stop what serves there, or choose another port; 0 takes a free one."
        )
        raise OSError(message) from error


class MockServer:
    """Serves an app in threads; a context manager that stops at its end."""

    def __init__(self, app: MockApp, *, host: str = LOOPBACK, port: int = 0) -> None:
        """Bind the address; port 0 takes a free one. Raises `OSError` where it cannot be bound."""
        _see_that_it_is_free(host, port)
        self._app = app
        self._server: BaseWSGIServer = make_server(host, port, app, threaded=True, request_handler=_Quiet)
        self._stopped = threading.Event()
        self._threads = (
            threading.Thread(target=self._serve, name="mock-airbyte-http", daemon=True),
            threading.Thread(target=self._tick, name="mock-airbyte-ticker", daemon=True),
        )
        name = f"[{host}]" if ":" in host else host
        self.root_url = f"http://{name}:{self._server.port}"

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Serve in the background."""
        self._app.jobs.open()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop serving; what is moving goes on until `JobBook.close`."""
        self._stopped.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=_STOP_POLL_SECONDS)

    def _tick(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            self._app.jobs.tick()
            self._app.keep()
