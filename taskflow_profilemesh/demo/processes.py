"""The processes of the demo: a mock Airbyte that serves, and Airflow runs that come and go.

Each runs in a process group of its own, and the whole group is ended, so nothing stays behind.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar

from taskflow_profilemesh.errors import ProfileMeshError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SERVING = re.compile(r"(http://\S+/api/public/v1)")
_PATIENCE_SECONDS = 10
_OURS = re.compile(r"\] +(?P<text>.*?) +\[taskflow_profilemesh[\w.]*\]")


@dataclass(eq=False, kw_only=True)
class ProcessFailed(ProfileMeshError):
    """A process of the demo ended in failure."""

    command: str
    log: Path

    what: ClassVar[str] = "A process of the demo failed"
    advice: ClassVar[str] = "Its output is in the log."


@contextmanager
def serving_airbyte(client_id: str, client_secret: str, log: Path) -> Iterator[str]:
    """Start the mock Airbyte on a free port and yield its public API's address; stop it at the end."""
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", "--client-id", client_id]
    environment = {**os.environ, "MOCK_AIRBYTE_CLIENT_SECRET": client_secret, "PYTHONUNBUFFERED": "1"}
    with log.open("w") as errors, _group(command, environment, errors) as process:
        yield _address(process, log)


def run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Run a command to its end and yield what this package logs in it; raises `ProcessFailed`."""
    with log.open("a") as file, _group(command, environment, subprocess.STDOUT) as process:
        assert process.stdout is not None  # noqa: S101 -- it is a pipe
        for line in process.stdout:
            file.write(line)
            if match := _OURS.search(line):
                yield match["text"]
        if process.wait():
            raise ProcessFailed(command=" ".join(command[1:5]), log=log)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None  # noqa: S101 -- it is a pipe
    for line in process.stdout:
        if match := _SERVING.search(line):
            return match[1]
    raise ProcessFailed(command="mock-airbyte serve", log=log)


@contextmanager
def _group(
    command: Sequence[str], environment: Mapping[str, str], errors: IO[str] | int
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 -- our own commands
        command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask the whole group to stop, and make it stop if it does not."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
