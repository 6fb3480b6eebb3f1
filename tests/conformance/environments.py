"""Virtual environments with one client of Airbyte each, made once and kept in the checkout, out of git's sight.

Clients do not get along: PyAirbyte pins another `airbyte-api` than the newest, and neither may shape what this package
is developed with. Nor may fakesnow, the stand-in for Snowflake, which wants another python-dateutil. An environment is
made again when what it should hold changes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.clients.answering import MARK

ROOT = Path(__file__).parents[2]
_INSTALL_SECONDS, _RUN_SECONDS = 900, 300
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an environment holds; `constraints`: whether the versions of the rest are the ones developed with."""

    name: str
    requirements: tuple[str, ...]
    constraints: bool = False


PYAIRBYTE = Wanted("pyairbyte", ("airbyte==0.71.3",))
SDK = Wanted("sdk", ("airbyte-api==1.0.1",))
FAKESNOW = Wanted("fakesnow", ("fakesnow[server]==0.12.1", "snowflake-connector-python==4.8.1"))  # 5 lacks a module
GREAT_EXPECTATIONS = Wanted("great-expectations", ("great-expectations==1.24.1",))
DBT = Wanted("dbt", ("dbt-core==1.10.23", "dbt-duckdb==1.11.1"))
PROVIDER = Wanted("provider", ("apache-airflow", "apache-airflow-providers-airbyte==6.2.0"), constraints=True)


@dataclass(frozen=True, slots=True)
class Client:
    """A client's environment; what runs there inherits nothing and works in a folder of its own."""

    folder: Path
    work: Path

    def answer(self, module: str, function: str, variables: Mapping[str, str] = _NOTHING, /, **arguments: Any) -> Any:
        """Call a function of `tests.conformance.clients.<module>` there; raises with its output when it fails.

        `variables`: of the environment, beside those that every client has.
        """
        command = ["python", "-m", f"tests.conformance.clients.{module}", function, json.dumps(arguments)]
        result = self.run(command, **variables)
        (line,) = (line for line in result.splitlines() if line.startswith(MARK))
        return json.loads(line.removeprefix(MARK))

    def run(self, command: list[str], **variables: str) -> str:
        """Run a program of the environment and return what it printed; raises with its output when it fails."""
        done = subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=self.work,
            env=self._environment() | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=_RUN_SECONDS,
        )
        if done.returncode:
            what = f"{' '.join(command[:4])} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
            raise AssertionError(what)
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "HOME": str(self.work),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "DO_NOT_TRACK": "1",
            "AIRBYTE_OFFLINE_MODE": "1",  # PyAirbyte asks a registry of connectors otherwise
            "AIRBYTE_LOGGING_ROOT": str(self.work / "logs"),
            "AIRFLOW_HOME": str(self.work / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }


def made(wanted: Wanted) -> Path:
    """Return the folder of the environment, made now if it is missing, half made or out of date."""
    folder = ROOT / f".venv-conformance-{wanted.name}"
    marker = folder / ".made-of.json"
    content = json.dumps([wanted.requirements, _constraints().read_text() if wanted.constraints else None])
    if not marker.exists() or marker.read_text() != content:
        shutil.rmtree(folder, ignore_errors=True)
        _make(wanted, folder)
        marker.write_text(content)
    return folder


def _make(wanted: Wanted, folder: Path) -> None:
    venv.create(folder, with_pip=True)
    options = ["--quiet", "--disable-pip-version-check"] + (["-c", str(_constraints())] if wanted.constraints else [])
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", *options, *wanted.requirements]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, check=True, timeout=_INSTALL_SECONDS, env=variables, cwd=folder)


def _constraints() -> Path:
    return ROOT / "constraints.txt"
