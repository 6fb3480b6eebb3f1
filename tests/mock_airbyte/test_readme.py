"""The README's examples do what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import mock_airbyte
from mock_airbyte import MockAirbyte
from mock_airbyte.scenarios import SCENARIOS
from mock_airbyte.seeding import plant, read_seed

README = (Path(mock_airbyte.__file__).parent / "README.md").read_text(encoding="utf-8")


def _block(language: str, containing: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    return next(block for block in blocks if containing in block)


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = _block("python", "HandClock")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_seed_file_gives_the_connection_that_is_shown(tmp_path: Path) -> None:
    (tmp_path / "seed.yml").write_text(_block("yaml", "connections"))
    mock = MockAirbyte(workspace=None)
    plant(mock.world, read_seed(tmp_path / "seed.yml", {}))
    (connection,) = mock.world.connections()
    assert f"{connection.connection_id}  {connection.name}" in README


PIPELINE = """
import requests

def run_my_pipeline(url, client_id, client_secret, connection_id):
    secret = {"client_id": client_id, "client_secret": client_secret}
    token = requests.post(url + "/applications/token", json=secret, timeout=5).json()["access_token"]
    body = {"connectionId": connection_id, "jobType": "sync"}
    requests.post(url + "/jobs", json=body, headers={"Authorization": "Bearer " + token}, timeout=5)

"""


def test_the_pytest_example_passes(tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(PIPELINE + _block("python", "run_my_pipeline"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert "1 passed" in done.stdout, done.stdout


def test_every_scenario_is_listed_and_the_faults_that_are_shown_can_be_set() -> None:
    assert all(f"`{name}`" in README for name in SCENARIOS)
    airbyte = MockAirbyte()
    exec(_block("python", "airbyte.fail("), {"airbyte": airbyte})
    assert airbyte.app.exchange.faults.faults == ()
