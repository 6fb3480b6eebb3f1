"""`profilemesh status` and `prune`: where history lives, what is in it, and what goes."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.storage import open_store
from taskflow_profilemesh.storage.schema import STORE_VERSION
from tests.taskflow_profilemesh.commands.printed import printed

Capture = pytest.CaptureFixture[str]
_ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("home")


def test_status_says_where_history_lives_and_what_is_in_it(store: str, capsys: Capture) -> None:
    assert main(["status", "--store", store]) == 0
    out = capsys.readouterr().out
    assert "profiles.db, a file that only this machine sees; it was named by --store." in out
    assert f"Schema version {STORE_VERSION}. Runs: profilemesh_runs, numbers: profilemesh_results." in out
    assert "Kept of each table: everything." in out
    assert re.search(r"^warehouse +public\.flights +3 +2026-01-01 15:00:00$", out, re.MULTILINE)
    found = printed(capsys, "status", "--store", store)
    assert (found["schema_version"], found["is_file"]) == (STORE_VERSION, True)
    assert [(one["table"], one["runs"]) for one in found["tables"]] == [("public.flights", 3)]
    assert [one["profile_id"] for one in found["last_runs"]] == ["profile-3", "profile-2", "profile-1"]


def test_status_of_an_older_store_changes_nothing(tmp_path: Path, capsys: Capture) -> None:
    dump = _ROOT / "tests/taskflow_profilemesh/storage/documents/store_v1.sql"
    for _ in range(2):
        with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
            if not connection.execute("select count(*) from sqlite_master").fetchone()[0]:
                connection.executescript(dump.read_text())
        found = printed(capsys, "status", "--store", f"sqlite:///{tmp_path}/old.db")
        assert (found["schema_version"], found["newest_schema_version"]) == (1, STORE_VERSION)
        assert found["tables"][0]["runs"] == 2


def test_the_store_is_that_of_the_config_then_airflows_then_the_file_in_its_home(
    home: Path, store: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(f"sqlite:///{home}/profilemesh.db").close()
    assert printed(capsys, "status")["named_by"] == "nobody: it is the file in the Airflow home"
    (home / "airflow.cfg").write_text(f"[profilemesh]\nstore = {store}\nkeep_runs = 5\n")
    told = printed(capsys, "status")
    assert (told["named_by"], told["store"], told["keep_runs"]) == (
        "Airflow's setting [profilemesh] store",
        store,
        5,
    )
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__STORE", "kept")
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__KEEP_RUNS", "7")
    monkeypatch.setenv("AIRFLOW_CONN_KEPT", store)
    told = printed(capsys, "status")
    assert (told["store"], told["keep_runs"]) == (store, 7)
    (home / "profilemesh.yml").write_text(f"storage: {{store: '{store}', keep_days: 9}}\n")
    told = printed(capsys, "status", "--config", "profilemesh.yml")
    assert (told["named_by"], told["keep_runs"], told["keep_days"]) == ("the config", 7, 9)


def test_the_path_of_a_store_is_answered_with_how_its_url_looks(store: str, capsys: Capture) -> None:
    assert main(["status", "--store", store.removeprefix("sqlite:///")]) == 1
    assert "its URL, such as sqlite:///profiles.db" in capsys.readouterr().err


def test_prune_forgets_what_is_kept_no_longer(store: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["prune", "--store", store, "--keep-runs", "1", "--dry-run"]) == 0
    assert "2 runs would be forgotten." in capsys.readouterr().out
    assert len(printed(capsys, "history", "public.flights", "--store", store)) == 3
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__KEEP_RUNS", "1")
    found = printed(capsys, "prune", "--store", store)
    assert found == {
        "dry_run": False,
        "tables": [{"source": "warehouse", "table": "public.flights", "runs": 2, "of_runs": 3, "events": 0}],
    }
    assert [one["profile_id"] for one in printed(capsys, "history", "public.flights", "--store", store)] == [
        "profile-3"
    ]
