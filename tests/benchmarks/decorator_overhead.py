"""What `@profile_tables` costs over a plain `@task` when the profiling itself is stubbed.

Three arms run in one DAG, in random order: a plain `@task`, the same again (the A/A control, which shows the noise),
and `@profile_tables` with its pipeline replaced by a ready answer. Each task runs as `dag.test()` runs it; what is
compared is the CPU time of the process, which the machine's other work disturbs least.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from typing import Any

from tests.benchmarks import airflow_home

ARMS = ("plain", "control", "profile_tables")
RESAMPLES = 2_000


def main() -> None:
    """Run in a process of its own, so that the Airflow home is its own too."""
    subprocess.run([sys.executable, "-m", "tests.benchmarks.decorator_overhead"], check=True)


def measure(tasks: int) -> dict[str, list[float]]:
    """Run `tasks` tasks of each arm and return their CPU seconds, by arm."""
    airflow_home.prepare()
    from airflow.sdk.definitions import dag as sdk_dag

    from tests.flows.running import run_dag

    seconds: dict[str, list[float]] = defaultdict(list)
    run_task = sdk_dag._run_task

    def timed(*, ti: Any, task: Any, run_triggerer: bool = False) -> Any:
        started = time.process_time()
        try:
            return run_task(ti=ti, task=task, run_triggerer=run_triggerer)
        finally:
            seconds[ti.task_id.rpartition("_")[0]].append(time.process_time() - started)

    sdk_dag._run_task = timed
    run_dag(_dag(tasks))
    return seconds


def _dag(tasks: int) -> Any:
    from airflow.sdk import dag, task

    from taskflow_profilemesh import profile_tables
    from taskflow_profilemesh.operators.profile import ProfileMeshOperator

    answer = {"schema_version": 1, "run_id": "r", "tables": [], "failed": [], "drift": {"detected": False}}
    ProfileMeshOperator.execute = lambda _operator, _context: answer  # type: ignore[assignment,method-assign]

    order = [(arm, number) for arm in ARMS for number in range(tasks)]
    random.Random(7).shuffle(order)

    @dag(schedule=None)
    def overhead() -> None:
        for arm, number in order:
            name = f"{arm}_{number}"
            if arm == "profile_tables":

                @profile_tables(task_id=name)
                def work() -> str:
                    return "flights"
            else:

                @task(task_id=name)
                def work() -> object:
                    return answer

            work()

    return overhead()


def _interval(first: list[float], second: list[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the difference of medians, second minus first, in milliseconds."""
    chance = random.Random(11)
    differences = sorted(
        statistics.median(chance.choices(second, k=len(second)))
        - statistics.median(chance.choices(first, k=len(first)))
        for _ in range(RESAMPLES)
    )
    return differences[int(RESAMPLES * 0.025)] * 1e3, differences[int(RESAMPLES * 0.975)] * 1e3


def _report(seconds: dict[str, list[float]]) -> None:
    print("\nDecorator overhead: process CPU per task, profiling stubbed")
    print(f"{'arm':<16}{'tasks':>7}{'median ms':>12}{'over plain ms':>16}{'95 % interval ms':>22}")
    for arm in ARMS:
        median = statistics.median(seconds[arm]) * 1e3
        over = median - statistics.median(seconds["plain"]) * 1e3
        low, high = _interval(seconds["plain"], seconds[arm])
        interval = "" if arm == "plain" else f"{low:+.2f} to {high:+.2f}"
        print(f"{arm:<16}{len(seconds[arm]):>7}{median:>12.2f}{over:>+16.2f}{interval:>22}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=250, help="tasks of each arm")
    _report(measure(parser.parse_args().tasks))
