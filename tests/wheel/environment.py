"""A new environment that has this package from its wheel only, and everything else without installing it again.

Installing Airflow anew would take minutes and prove nothing about the wheel. So the new environment sees the packages
of the current one through links, all but ours: the checkout, and an editable installation of it, stay out of sight.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_OURS = ("taskflow_profilemesh", "mock_airbyte")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment; commands run in an empty folder and inherit nothing of ours."""

    folder: Path
    work: Path

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of the environment and return what it printed; raises with its output when it fails."""
        variables = {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "HOME": str(self.work)}
        variables |= {"AIRFLOW_HOME": str(self.work / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "false"}
        variables |= {"LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        result = subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            env=variables,
            cwd=self.work,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        if result.returncode:
            what = f"{program} exited with {result.returncode}:\n{result.stdout}{result.stderr}"
            raise AssertionError(what)
        return result.stdout

    def answer(self, code: str) -> Any:
        """Run Python code that sets `answer` and return that value."""
        marked = f"{code}\nimport json\nprint('answer:' + json.dumps(answer))"
        (line,) = (line for line in self.run("python", "-c", marked).splitlines() if line.startswith("answer:"))
        return json.loads(line.removeprefix("answer:"))


def build(target: str, source: Path, folder: Path) -> Path:
    """Build the `wheel` or `sdist` of the project in `source` with its own backend; nothing is downloaded."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def install(wheel: Path, folder: Path) -> Environment:
    """Make an environment in `folder` and install the wheel into it with pip."""
    environment = Environment(folder / "venv", folder / "work")
    environment.work.mkdir(parents=True)
    venv.create(environment.folder, with_pip=True)
    environment.run("python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    _lend_packages(environment.folder, folder / "lent")
    return environment


def _lend_packages(folder: Path, links: Path) -> None:
    """Let the environment import what is installed here, except this package in any form."""
    links.mkdir()
    places = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}
    for found in (found for place in places for found in place.iterdir()):
        if not found.name.lstrip("_").startswith((*_OURS, "__editable__.taskflow")) and found.suffix != ".pth":
            (links / found.name).symlink_to(found)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(f"{links}\n")
