from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import requests

import mock_airbyte as package
from mock_airbyte import HandClock, MockAirbyte
from mock_airbyte.journal import SeenRequest
from tests.mock_airbyte.shops import connected, select

HEAVY = ("werkzeug", "polars", "numpy", "psycopg", "yaml", "pytest_httpserver")


def test_a_mock_serves_on_the_loopback_address_as_long_as_it_is_open(warehouse: Path) -> None:
    with MockAirbyte() as mock:
        assert mock.url.startswith("http://127.0.0.1:")
        assert mock.url.endswith("/api/public/v1")
        assert requests.get(f"{mock.config_url}/health", timeout=5).json() == {"available": True}
        url = mock.url
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/health", timeout=5)


def test_several_mocks_live_side_by_side() -> None:
    with MockAirbyte() as first, MockAirbyte() as second:
        assert first.url != second.url


def test_a_mock_that_is_not_served_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="not served yet"):
        _ = MockAirbyte().url


def test_a_mock_says_what_was_asked_of_it() -> None:
    with MockAirbyte() as mock:
        requests.get(f"{mock.url}/health", timeout=5)
        requests.get(f"{mock.url}/jobs", timeout=5)
        assert mock.requests == (
            SeenRequest("GET", "/api/public/v1/health", 200),
            SeenRequest("GET", "/api/public/v1/jobs", 401),
        )


def test_a_mock_needs_no_server_to_move_rows(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock())
    connection = connected(mock, warehouse)
    job_id = mock.sync(connection)
    assert mock.job(job_id).rows_committed == 2
    assert [state.job.job_id for state in mock.jobs(connection)] == [job_id]
    assert mock.jobs("another") == ()
    assert select(warehouse, "select name from people order by id") == [("Ada",), ("Grace",)]


def test_workspaces_of_ones_own_hold_what_is_put_into_them(warehouse: Path) -> None:
    mock = MockAirbyte(workspace=None)
    workspace = mock.create_workspace("Sales")
    source = mock.create_source("S", "faker", workspace_id=workspace, count=1)
    assert mock.world.actor("source", source).workspace_id == mock.workspace_id == workspace


def test_an_unknown_connector_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"teapot.*faker, file, .*mock-inline"):
        MockAirbyte().create_source("S", "teapot")


def test_only_a_clock_for_the_hand_can_be_moved() -> None:
    with pytest.raises(TypeError, match="HandClock"):
        MockAirbyte().advance(1)
    with pytest.raises(ValueError, match="does not go back"):
        HandClock().advance(-1)


def test_importing_the_package_and_its_pytest_plugin_loads_nothing_heavy() -> None:
    script = f"import sys, mock_airbyte, mock_airbyte.pytest_plugin; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_loaded() -> None:
    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.Nothing


def test_the_fixture_gives_every_test_a_fresh_world(mock_airbyte: MockAirbyte) -> None:
    assert mock_airbyte.jobs() == ()
    assert requests.get(f"{mock_airbyte.url}/health", timeout=5).status_code == 200
    mock_airbyte.create_workspace("Left behind")


def test_the_fixture_forgot_what_the_test_before_it_made(mock_airbyte: MockAirbyte) -> None:
    assert [workspace.name for workspace in mock_airbyte.world.workspaces()] == ["Default Workspace"]


def test_the_fixtures_ids_are_the_same_in_every_run_and_differ_between_tests(
    mock_airbyte: MockAirbyte, request: pytest.FixtureRequest
) -> None:
    import zlib

    assert mock_airbyte.world.seed == zlib.crc32(request.node.nodeid.encode())
    assert mock_airbyte.client_id.endswith(f"{mock_airbyte.world.seed:08x}")
