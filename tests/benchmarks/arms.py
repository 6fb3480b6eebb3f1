"""Running arms: each in a fresh process, all of them in turn, so that the machine's mood is the same for all."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from tests.benchmarks.figures import Cost
from tests.benchmarks.measured import MARK
from tests.benchmarks.server_cpu import cpu_seconds

_ROOT = Path(__file__).parents[2]
_SETTLE_SECONDS = 0.3  # for the server to bury the backends of the step before
_LAST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Arm:
    """Something to measure: `module:function` of this folder, its arguments, and the interpreter that can do it."""

    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    python: str = sys.executable


class ArmFailed(Exception):
    """An arm's process ended early; its last words are in the message."""


Measure = Callable[[], Mapping[str, Cost]]


class Prepared:
    """An arm's process that waits for its next step."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str], name: str) -> None:
        self._process, self._errors, self._name = process, errors, name
        self.steps: list[str] = self._heard()["steps"]

    def go(self) -> None:
        """Let the next step begin."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write("go\n")
        stdin.flush()

    def cost(self) -> Cost:
        """Wait for the step to end and return what it took; nothing is known of a server here."""
        return Cost(server=0.0, **self._heard())

    @property
    def exit_code(self) -> int | None:
        """How the process ended; None while it runs."""
        return self._process.poll()

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(MARK):
                return json.loads(line.removeprefix(MARK))
        self._errors.seek(0)
        message = f"{self._name} ended with {self._process.wait()}:\n{self._errors.read()[-_LAST_WORDS:]}"
        raise ArmFailed(message)


@contextmanager
def prepared(arm: Arm) -> Iterator[Prepared]:
    """Start an arm and yield it when it is ready; its process is gone afterwards. Raises `ArmFailed`."""
    command = [arm.python, "-m", "tests.benchmarks.measured", arm.function, json.dumps(dict(arm.arguments))]
    with tempfile.TemporaryFile("w+") as errors:
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, stderr=errors, text=True) as process:
            try:
                yield Prepared(process, errors, arm.function)
            except BaseException:
                process.kill()
                raise


def measure(arm: Arm, server: psutil.Process | None) -> dict[str, Cost]:
    """Run an arm once and return what each of its steps took; without a server its CPU is not looked at."""
    with prepared(arm) as process:
        return {step: _step(process, server) for step in process.steps}


def _step(process: Prepared, server: psutil.Process | None) -> Cost:
    spent = server_meter(server)
    process.go()
    cost = process.cost()
    return Cost(cost.wall, cost.client, spent(), cost.peak_mb)


def server_meter(server: psutil.Process | None) -> Callable[[], float]:
    """Return a function that tells the CPU seconds of a server from now on; zero without a server."""
    before = cpu_seconds(server) if server else 0.0

    def spent() -> float:
        if server is None:
            return 0.0
        time.sleep(_SETTLE_SECONDS)
        return cpu_seconds(server) - before

    return spent


def interleaved(
    measures: Mapping[str, Measure], *, runs: int, once: Collection[str] = (), optional: Collection[str] = ()
) -> dict[str, list[Cost]]:
    """Run each `runs` times, all of them in turn, and return the costs of each step.

    A step without a name of its own has its measure's. `once`: what takes too long for more than one run. `optional`:
    what may fail; it is said on standard error, and not tried again.
    """
    costs: dict[str, list[Cost]] = {}
    failed: set[str] = set()
    for run in range(runs):
        for name, measured in measures.items():
            if name in failed or (run and name in once):
                continue
            try:
                for step, cost in measured().items():
                    costs.setdefault(f"{name}, {step}" if step else name, []).append(cost)
            except ArmFailed as error:
                if name not in optional:
                    raise
                failed.add(name)
                print(f"{name} is left out. {error}", file=sys.stderr)
    return costs
