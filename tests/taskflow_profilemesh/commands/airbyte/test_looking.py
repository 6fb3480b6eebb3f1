"""`profilemesh airbyte status`, `connections`, `jobs` and `performance`, against the mock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.airbyte.spec import OnConflict
from taskflow_profilemesh.airbyte.statuses import KNOWN
from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.airbyte.arguments import ON_CONFLICT, STATUSES
from tests.taskflow_profilemesh.commands.airbyte.server import connect
from tests.taskflow_profilemesh.commands.printed import printed

Capture = pytest.CaptureFixture[str]


def test_status_says_where_whether_and_what_runs(server: MockAirbyte, tmp_path: Path, capsys: Capture) -> None:
    server.deactivate(connect(server, tmp_path, "Shop", "Off")["Off"])
    assert main(["airbyte", "status"]) == 0
    out = capsys.readouterr().out
    assert f"{server.root_url}/api/public/v1" in out
    assert "client credentials: accepted" in out
    assert "1 active, 1 inactive" in out
    assert server.client_secret not in out


def test_connections_are_listed_by_name_with_their_last_job(
    server: MockAirbyte, tmp_path: Path, capsys: Capture
) -> None:
    made = connect(server, tmp_path, "b", "A", "other")
    server.sync(made["b"])
    found = printed(capsys, "airbyte", "connections", "[bA]", "--last-job")["connections"]
    assert [one["name"] for one in found] == ["A", "b"]
    assert found[0]["last_job"] is None
    assert found[1]["last_job"]["status"] == "succeeded"
    assert found[0]["connection_id"] == made["A"]


def test_a_name_that_steers_terminals_is_printed_without_its_power(
    server: MockAirbyte, tmp_path: Path, capsys: Capture
) -> None:
    connect(server, tmp_path, "\x1b[2Jgone")
    assert main(["airbyte", "connections"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_jobs_come_newest_first_with_their_counts(server: MockAirbyte, tmp_path: Path, capsys: Capture) -> None:
    made = connect(server, tmp_path, "Shop", "Other")
    ids = [server.sync(made["Shop"]) for _ in range(3)]
    server.sync(made["Other"])
    found = printed(capsys, "airbyte", "jobs", "Shop", "--last", "2")["jobs"]
    assert [one["job_id"] for one in found] == ids[:0:-1]
    assert {one["rows_synced"] for one in found} == {2}
    assert main(["airbyte", "jobs", "--status", "succeeded"]) == 0
    assert "Other" in capsys.readouterr().out


def test_performance_tells_each_connections_speed_and_how_it_was_worked_out(
    server: MockAirbyte, tmp_path: Path, capsys: Capture
) -> None:
    made = connect(server, tmp_path, "Shop", "Never")
    server.sync(made["Shop"])
    found = printed(capsys, "airbyte", "performance")
    assert [(one["connection_name"], one["jobs"]) for one in found["connections"]] == [("Never", 0), ("Shop", 1)]
    assert found["connections"][1]["failure_ratio"] == 0.0
    assert main(["airbyte", "performance", "Shop"]) == 0
    assert "Theil and Sen" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["status", "connections", "sync", "batch", "jobs", "performance"])
def test_the_help_of_each_shows_an_example(command: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["airbyte", command, "--help"])
    assert f"example: profilemesh airbyte {command}" in capsys.readouterr().out


def test_the_choices_are_those_of_the_code() -> None:
    assert get_args(OnConflict) == ON_CONFLICT
    assert set(STATUSES) == KNOWN


def test_the_commands_run_without_airflow(server: MockAirbyte) -> None:
    program = (
        "import sys; from taskflow_profilemesh.cli import main; code = main(['airbyte', 'status']);"
        "print([name for name in sys.modules if name.split('.')[0] == 'airflow'], file=sys.stderr); sys.exit(code)"
    )
    process = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert process.stderr.strip() == "[]"
