from __future__ import annotations

from pathlib import Path

import pytest

from taskflow_profilemesh.demo.screen import Screen

RESULTS = Path("/tmp/" + "a-very-long-folder-name/" * 6 + "[results]")


def farewell(capsys: pytest.CaptureFixture[str], look: str | None, *, postgres: bool) -> list[str]:
    Screen().farewell(RESULTS, look, postgres=postgres)
    return capsys.readouterr().out.splitlines()


def test_the_report_is_named_first_and_how_to_look_at_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines = farewell(capsys, f"sqlite3 {RESULTS}/warehouse.db", postgres=False)
    names = [line.split()[0] for line in lines if line.startswith("    ")]
    assert names[:5] == ["report.html", "warehouse.db", "profiles.db", "airflow.log", "airbyte.log"]
    assert "open it in a browser" in "".join(lines)


def test_a_long_path_stays_whole_so_that_its_command_can_be_copied(capsys: pytest.CaptureFixture[str]) -> None:
    lines = farewell(capsys, f"sqlite3 {RESULTS}/warehouse.db", postgres=False)
    assert lines[1].endswith(f"Results are in {RESULTS}:")
    assert f"    warehouse.db  the synced tables: sqlite3 {RESULTS}/warehouse.db" in lines


def test_tables_that_are_gone_with_an_embedded_server_are_not_named(capsys: pytest.CaptureFixture[str]) -> None:
    said = "\n".join(farewell(capsys, None, postgres=True))
    assert "synced tables" not in said
    assert "make demo POSTGRES=1" not in said
