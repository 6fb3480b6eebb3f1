"""The fixtures as another project uses them: in a pytest session of its own, in several processes at once too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import requests
from werkzeug import Response

from mock_airbyte import MockAirbyte
from mock_airbyte.pytest_plugin import MockAirbyteServer

SESSION = """
import requests, pytest

@pytest.mark.parametrize("number", range(6))
def test_a_world_of_its_own(mock_airbyte, number):
    assert requests.get(mock_airbyte.url + "/health", timeout=5).status_code == 200
    assert len(mock_airbyte.world.workspaces()) == 1
    mock_airbyte.create_workspace("x")
"""


def test_the_fixtures_work_in_several_processes_at_once(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(SESSION)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "6 passed" in done.stdout, done.stdout


def test_between_tests_the_server_says_that_nobody_uses_it(mock_airbyte_server: MockAirbyteServer) -> None:
    assert requests.get(f"{mock_airbyte_server.root_url}/v1/health", timeout=5).status_code == 503


def test_a_test_may_put_an_expectation_of_its_own_in_front(
    mock_airbyte: MockAirbyte, mock_airbyte_server: MockAirbyteServer
) -> None:
    answer = Response("busy", status=503)
    mock_airbyte_server.server.expect_oneshot_request("/api/public/v1/health").respond_with_response(answer)
    statuses = [requests.get(f"{mock_airbyte.url}/health", timeout=5).status_code for _ in range(2)]
    assert statuses == [503, 200]
