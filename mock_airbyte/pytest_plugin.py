"""Pytest fixtures of the mock; importing this needs nothing but pytest.

`mock_airbyte_server` is one HTTP server per test session (per worker under xdist, each on a free port), a
pytest-httpserver that hands every request to the mock of the moment. `mock_airbyte` is a fresh, empty
`MockAirbyte` behind it for each test. One server and many worlds: a world costs nothing, a server costs a thread and a
port. pytest-httpserver is used so that a test may put expectations of its own in front (`mock_airbyte_server.server`);
it serves requests in threads, since clients poll while a sync is under way, and its log, which keeps every request,
is emptied after each test.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_httpserver import HTTPServer
    from werkzeug import Request, Response

    from mock_airbyte.mock import MockAirbyte


class MockAirbyteServer:
    """A running server that answers for whichever mock is behind it."""

    def __init__(self, server: HTTPServer) -> None:
        """Take a running server without expectations."""
        self.server = server
        self._mock: MockAirbyte | None = None
        self.reset()

    @property
    def root_url(self) -> str:
        """The server's address, without a path."""
        return f"http://{self.server.host}:{self.server.port}"

    def answer_for(self, mock: MockAirbyte) -> MockAirbyte:
        """Put a mock behind the server and return it."""
        self._mock = mock
        return mock.served_at(self.root_url)

    def reset(self) -> None:
        """Forget the mock, its requests, and expectations that a test put in front."""
        self._mock = None
        self.server.clear()
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._respond)

    def _respond(self, request: Request) -> Response:
        from werkzeug import Response

        if self._mock is None:
            return Response("No test is using the mock now.", status=503)
        return self._mock.app.respond(request)


@pytest.fixture(scope="session")
def mock_airbyte_server() -> Iterator[MockAirbyteServer]:
    """Serve mocks on a free port of the loopback address, as long as the session lasts."""
    from pytest_httpserver import HTTPServer

    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield MockAirbyteServer(server)


@pytest.fixture
def mock_airbyte(mock_airbyte_server: MockAirbyteServer, request: pytest.FixtureRequest) -> Iterator[MockAirbyte]:
    """Return an empty, served `MockAirbyte` of the test's own.

    Its ids are derived from the test's name, so they are the same in every run; so are its credentials, which differ
    from test to test, for clients keep tokens by credentials.
    """
    from mock_airbyte.auth import Auth
    from mock_airbyte.mock import MockAirbyte

    seed = zlib.crc32(request.node.nodeid.encode())
    mock = MockAirbyte(seed=seed, auth=Auth(client_id=f"client-{seed:08x}", client_secret=f"secret-{seed:08x}"))
    yield mock_airbyte_server.answer_for(mock)
    mock.stop()
    mock_airbyte_server.reset()
