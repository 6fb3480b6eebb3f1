"""The bar: kill -9 during a store write, with eight writers at once: no half profile, no lost run, no double.

Twenty kills here; 200 with PROFILEMESH_ALL_CASES=1 (`make kills`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_KILLS = 200 if os.environ.get("PROFILEMESH_ALL_CASES") else 20
_WRITERS = 8


@pytest.mark.timeout(1800 if _KILLS > 20 else 300)  # each kill is a process and some saves
def test_writers_killed_in_the_midst_of_a_save_leave_whole_runs_once(store_url: str) -> None:
    command = [sys.executable, "-m", "tests.taskflow_profilemesh.storage.kills"]
    ended = subprocess.run(
        [*command, store_url, str(_KILLS), str(_WRITERS), "7"], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["kills"] == _KILLS
    assert found["runs"] > 0
    assert {name: found[name] for name in ("lost", "double", "half", "never_begun", "unreadable")} == {
        "lost": [],
        "double": [],
        "half": [],
        "never_begun": [],
        "unreadable": 0,
    }
    print(f"{found['kills']} kills, {found['runs']} runs, {found['seconds']:.0f} s")  # noqa: T201 -- what -s shows
