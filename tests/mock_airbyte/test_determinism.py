"""The same seed and the same calls: the same ids, times, answers and rows, in whichever process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


def _life(folder: Path, *, hash_seed: str) -> dict[str, Any]:
    folder.mkdir()
    variables = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(_ROOT), "TZ": f"UTC{hash_seed}"}
    command = [sys.executable, "-m", "tests.mock_airbyte.determinism"]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=True, timeout=120)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_two_processes_with_other_hashes_and_time_zones_tell_the_same(tmp_path: Path) -> None:
    first, second = (_life(tmp_path / seed, hash_seed=seed) for seed in ("1", "11"))
    assert first["refused"]["errorId"]
    assert {name: len(rows) for name, rows in first["rows"].items()} == {"users": 30, "products": 300}
    for part, told in first.items():
        assert told == second[part], part
