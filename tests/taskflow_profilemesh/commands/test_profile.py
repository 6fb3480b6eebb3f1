"""`profilemesh profile`, as a stranger without Airflow runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.arguments import INFER_ROWS
from taskflow_profilemesh.reading import files
from taskflow_profilemesh.storage.codec import decode_profile
from tests.taskflow_profilemesh.reading.servers import in_sqlite

Capture = pytest.CaptureFixture[str]


def test_tables_are_profiled_stored_and_compared(shop: str, tmp_path: Path, capsys: Capture) -> None:
    store = f"sqlite:///{tmp_path / 'profiles.db'}"
    assert main(["profile", shop, "orders", "--store", store]) == 0
    first = capsys.readouterr().out
    assert "orders: 1,000 rows × 3 columns" in first
    assert "The first profile of this table." in first
    assert "2024-01-03" in first
    in_sqlite(tmp_path / "shop.db", "delete from orders where id > 100")
    assert main(["profile", shop, "orders", "--store", store, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["result"]["drift"]["detected"] is True
    assert decode_profile(told["profiles"][0]).row_count == 100


def test_without_a_store_nothing_is_kept_and_that_is_said(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "orders", "--sample", "50", "--max-rows", "900"]) == 0
    out = capsys.readouterr().out
    assert "Nothing was kept" in out
    assert "statistics from" in out


def test_a_table_that_fails_is_told_once(shop: str) -> None:
    command = [sys.executable, "-m", "taskflow_profilemesh.cli", "profile", shop, "ordres"]
    told = subprocess.run(command, check=False, capture_output=True, text=True).stderr
    assert told.count("does not exist") == 1


def test_where_every_table_failed_nothing_is_said_of_what_was_kept(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "nothing"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "nothing" in err


def test_a_profile_of_a_table_that_does_not_exist_ends_with_1_after_the_others(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "nothing", "orders"]) == 1
    out, err = capsys.readouterr()
    assert "1,000 rows" in out
    assert "nothing" in err


def test_a_folder_of_files_is_a_source(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "people.csv").write_text("name,age\nann,30\nbob,40\n")
    assert main(["profile", str(tmp_path), "people"]) == 0
    assert "people: 2 rows × 2 columns" in capsys.readouterr().out


def test_a_single_file_is_a_source_and_its_table_is_called_as_in_its_folder(tmp_path: Path, capsys: Capture) -> None:
    for name in ("people.csv", "people.old.csv"):
        (tmp_path / name).write_text("name,age\nann,30\nbob,40\n")
    for file, table in (("people.csv", "people"), ("people.old.csv", '"people.old"')):
        assert main(["profile", str(tmp_path / file)]) == 0
        assert f"{table}: 2 rows × 2 columns" in capsys.readouterr().out
    (tmp_path / "people.tsv").write_text("name\tage\n")
    assert main(["plan", (tmp_path / "people.csv").as_uri()]) == 0
    assert "people.csv" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["people.csv", "orders"], "one file alone, or a folder and tables"),
        (["people.csv", "--schema", "shop"], "one file alone, or a folder and tables"),
        (["people.xlsx", "people"], ".parquet, .csv, .tsv or .jsonl"),
        (["nowhere.csv"], ".parquet, .csv, .tsv or .jsonl"),
    ],
)
def test_a_file_that_cannot_be_a_source_says_what_can(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("people.csv", "people.xlsx"):
        (tmp_path / name).write_text("name\nann\n")
    assert main(["profile", *words]) == 1
    assert told in capsys.readouterr().err


def test_how_many_rows_types_are_guessed_from_can_be_said(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "t.csv").write_text("a\n1\nx\n")
    assert main(["plan", str(tmp_path), "t", "--infer-rows", "1"]) == 0
    assert "guessed from the first 1 rows" in capsys.readouterr().out
    assert main(["profile", str(tmp_path), "t", "--infer-rows", "1"]) == 1
    assert "--infer-rows all" in capsys.readouterr().err
    assert main(["profile", str(tmp_path), "t", "--infer-rows", "all"]) == 0
    assert INFER_ROWS == files.INFER_ROWS
    with pytest.raises(SystemExit, match="2"):
        main(["plan", str(tmp_path), "t", "--infer-rows", "0"])
