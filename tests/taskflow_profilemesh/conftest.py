from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from tests.taskflow_profilemesh.airbyte.answers import Airbyte


@pytest.fixture
def airbyte(httpserver: HTTPServer) -> Iterator[Airbyte]:
    """A server that gives hand-written answers in Airbyte's shapes."""
    server = Airbyte(httpserver)
    yield server
    server.close()
