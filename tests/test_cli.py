from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.strip() == version("taskflow-profilemesh")


def test_help_of_a_command_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["demo", "--help"])
    assert "example: profilemesh demo" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["dmeo"], ["demo", "--postgers"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)


def test_a_missing_extra_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    monkeypatch.delitem(sys.modules, "taskflow_profilemesh.demo.story", raising=False)
    monkeypatch.delitem(sys.modules, "taskflow_profilemesh.demo.screen", raising=False)
    assert main(["demo", "--results", str(tmp_path)]) == 1
    assert "pip install 'taskflow-profilemesh[demo]'" in capsys.readouterr().err


def test_the_module_runs_as_a_command() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "taskflow_profilemesh.cli", "--version"], check=True, capture_output=True, text=True
    )
    assert process.stdout.strip() == version("taskflow-profilemesh")
