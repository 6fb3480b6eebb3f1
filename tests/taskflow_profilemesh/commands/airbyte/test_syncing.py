"""`profilemesh airbyte sync` and `batch`, against the mock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.cli import main
from tests.taskflow_profilemesh.commands.airbyte.server import connect
from tests.taskflow_profilemesh.commands.printed import printed

Capture = pytest.CaptureFixture[str]


def test_sync_without_waiting_starts_a_job_and_leaves_it(server: MockAirbyte, tmp_path: Path, capsys: Capture) -> None:
    made = connect(server, tmp_path, "Shop")
    found = printed(capsys, "airbyte", "sync", "Shop")
    (job,) = server.jobs(made["Shop"])
    assert (found["job_id"], found["joined"]) == (job.job.job_id, False)


def test_sync_waits_for_the_rows(server: MockAirbyte, tmp_path: Path, capsys: Capture) -> None:
    connect(server, tmp_path, "Shop → Warehouse")
    assert main(["airbyte", "sync", "Shop → Warehouse", "--wait", "--min-rows", "2"]) == 0
    out, err = capsys.readouterr()
    assert "succeeded in" in out
    assert "2 rows" in out
    assert "people" in out
    assert "Shop → Warehouse: succeeded (job" in err


def test_a_sync_that_ends_badly_ends_with_1_and_says_why(server: MockAirbyte, tmp_path: Path, capsys: Capture) -> None:
    connect(server, tmp_path, "Shop")
    assert main(["airbyte", "sync", "Shop", "--wait", "--min-rows", "3"]) == 1
    err = capsys.readouterr().err
    assert "rows_synced=2" in err
    found = printed(capsys, "airbyte", "sync", "Shop", "--wait", "--min-rows", "3", code=1)
    assert (found["state"], found["result"]) == ("failed", None)


def test_an_unknown_connection_is_told_with_the_nearest(server: MockAirbyte, tmp_path: Path, capsys: Capture) -> None:
    connect(server, tmp_path, "Shop")
    assert main(["airbyte", "sync", "Shpo"]) == 1
    assert "Did you mean 'Shop'?" in capsys.readouterr().err


BATCH = """
max_parallel: 2
min_rows: 1
connections:
  - connection: last
    depends_on: [bad, good]
  - good
  - bad
  - {connection: after good, depends_on: good}
"""


def test_a_failed_sync_of_a_batch_skips_its_dependants_and_no_other(
    server: MockAirbyte, tmp_path: Path, capsys: Capture
) -> None:
    made = connect(server, tmp_path, "good", "bad", "after good", "last")
    server.deactivate(made["bad"])
    file = tmp_path / "batch.yml"
    file.write_text(BATCH)
    found = {one["connection"]: one for one in printed(capsys, "airbyte", "batch", str(file), code=1)["syncs"]}
    assert {name: one["state"] for name, one in found.items()} == {
        "good": "succeeded",
        "bad": "failed",
        "after good": "succeeded",
        "last": "skipped",
    }
    assert found["last"]["told"] == "bad did not succeed."
    assert "is not active" in found["bad"]["told"]
    assert len(server.jobs()) == 2
    assert server.jobs(made["good"])[0].job.job_id < server.jobs(made["after good"])[0].job.job_id


def test_a_batch_that_succeeds_prints_a_table_and_ends_with_0(
    server: MockAirbyte, tmp_path: Path, capsys: Capture
) -> None:
    connect(server, tmp_path, "a", "b")
    file = tmp_path / "batch.json"
    file.write_text(json.dumps(["b", {"connection": "a", "depends_on": "b"}]))
    assert main(["airbyte", "batch", str(file), "--parallel", "1"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["connection", "state"],
        ["b", "succeeded"],
        ["a", "succeeded"],
    ]
    assert err.splitlines()[0] == "profilemesh: b: running"


def test_a_dry_run_prints_the_order_and_asks_nobody(server: MockAirbyte, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "batch.yml"
    file.write_text(BATCH)
    assert main(["airbyte", "batch", str(file), "--dry-run"]) == 0
    names = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert names.index("last") > max(names.index("good"), names.index("bad"))
    assert server.requests == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("conections: [a]", "Did you mean 'connections'?"),
        ("connections: a", "a list of connections"),
        ("[]", "a list of connections"),
        ("[{connection: a, depends_on: b}]", "depends_on"),
        ("[{connection: a, depends_on: b}, {connection: b, depends_on: a}]", "an order without circles"),
        ("{connections: [a], max_parallel: 0}", "max_parallel"),
        ("[a, {connection: b, min_row: 1}]", "min_rows"),
        ("{connections: [a", "not valid"),
    ],
)
def test_a_batch_that_cannot_be_is_told_before_anything_starts(
    server: MockAirbyte, tmp_path: Path, capsys: Capture, text: str, told: str
) -> None:
    file = tmp_path / "batch.yml"
    file.write_text(text)
    assert main(["airbyte", "batch", str(file)]) == 1
    assert told in capsys.readouterr().err
    assert server.requests == ()
