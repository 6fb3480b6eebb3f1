from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from tests.taskflow_profilemesh.airbyte.answers import Airbyte


@pytest.fixture
def airbyte(httpserver: HTTPServer) -> Airbyte:
    """A server that gives hand-written answers in Airbyte's shapes."""
    return Airbyte(httpserver)
