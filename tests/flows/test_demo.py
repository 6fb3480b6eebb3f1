"""The demo as a newcomer runs it: a process of its own, twice, into SQLite and into PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("airflow.sdk", reason="Airflow 2: the demo shows Airflow 3")

from taskflow_profilemesh.demo.warehouse import POSTGRES_VARIABLE
from taskflow_profilemesh.storage import open_store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def _demo(results: Path, *options: str, **environment: str) -> str:
    command = [sys.executable, "-m", "taskflow_profilemesh.cli", "demo", "--results", str(results), *options]
    environment = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name} | environment
    process = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr
    assert process.stderr == ""
    return process.stdout


def _says(output: str, *patterns: str) -> None:
    for pattern in patterns:
        assert re.search(pattern, output), f"{pattern!r} is not in:\n{output}"


def test_the_demo_syncs_profiles_and_tells_what_drifted_and_runs_again(tmp_path: Path) -> None:
    for _ in range(2):
        output = _demo(tmp_path)
        _says(
            output,
            r"367,687 rows",
            r"flights +│ 336,776 │ +19",
            r"high +│ flights\.tail_number +│ Column tailnum is now called",
            r"high +│ flights\.dep_delay +│ dep_delay is distributed differently",
            r"high +│ flights\.arr_delay +│ arr_delay is null in 80\.6%",
            r"low +│ flights\.cancelled",
            r"No drift in airlines, airports, planes, weather",
            r"report\.html +.*open it in a browser",
        )
        named = re.findall(r"^ {4}(\S+\.(?:html|db|log)) ", output, re.MULTILINE)
        assert len(named) == 5
        assert [name for name in named if not (tmp_path / name).exists()] == []
    store = open_store(f"sqlite:///{tmp_path / 'profiles.db'}")
    assert len(store.tables()) == 5
    assert {len(store.history(source, table)) for source, table in store.tables()} == {2}


@pytest.mark.postgres
def test_the_demo_runs_into_postgres(tmp_path: Path, postgres_server_url: str) -> None:
    output = _demo(tmp_path, "--postgres", **{POSTGRES_VARIABLE: postgres_server_url})
    _says(output, r"public\.flights", r"high +│ public\.flights\.tail_number")
