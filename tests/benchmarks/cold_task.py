"""What profiling a table of 1,000 rows costs in a cold process, over a task that does nothing.

Each run is a process of its own that imports Airflow, runs one DAG of one task, and ends. The two arms alternate.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import airflow_home

ARMS = ("nothing", "profile")
ROWS = 1_000
RUNS = 7


def main() -> None:
    """Run each arm `RUNS` times in turn and print the medians."""
    taken: dict[str, list[tuple[float, float]]] = {arm: [] for arm in ARMS}
    for _ in range(RUNS):
        for arm in ARMS:
            command = [sys.executable, "-m", "tests.benchmarks.cold_task", arm]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
            wall, cpu = answer.split()
            taken[arm].append((float(wall), float(cpu)))
    _report(taken)


def _report(taken: dict[str, list[tuple[float, float]]]) -> None:
    print(f"\nA cold task process, {ROWS:,} rows × 8 columns in SQLite, medians of {RUNS}")
    print(f"{'task':<16}{'wall s':>10}{'CPU s':>10}")
    walls, cpus = ({arm: statistics.median(run[i] for run in taken[arm]) for arm in ARMS} for i in (0, 1))
    for arm in ARMS:
        print(f"{arm:<16}{walls[arm]:>10.2f}{cpus[arm]:>10.2f}")
    print(f"{'difference':<16}{walls['profile'] - walls['nothing']:>10.2f}{cpus['profile'] - cpus['nothing']:>10.2f}")


def _one(arm: str) -> None:
    """Time one task's run, from the moment the scheduler's part is done; print wall and CPU seconds."""
    home = airflow_home.prepare()
    url = _table(home / "warehouse.db") if arm == "profile" else ""
    from airflow.sdk.definitions import dag as sdk_dag

    from tests.flows.running import run_dag

    run_task = sdk_dag._run_task
    taken: list[tuple[float, float]] = []

    def timed(**arguments: Any) -> Any:
        wall, cpu = time.perf_counter(), _cpu()
        try:
            return run_task(**arguments)
        finally:
            taken.append((time.perf_counter() - wall, _cpu() - cpu))

    sdk_dag._run_task = timed
    finished = run_dag(_dag(arm, url))
    if finished.state != "success":
        sys.exit(f"the {arm} run ended as {finished.state}")
    print(*taken[0])


def _dag(arm: str, file: str) -> Any:
    from airflow.sdk import dag, task

    from taskflow_profilemesh import profile_tables

    os.environ["AIRFLOW_CONN_WAREHOUSE"] = f'{{"conn_type": "sqlite", "host": "{file}"}}'

    @dag(schedule=None)
    def cold() -> None:
        def work() -> str:
            return "t"

        decorator = profile_tables(conn_id="warehouse") if arm == "profile" else task
        decorator(work)()

    return cold()


def _table(file: Path) -> str:
    """Make the table with the standard library alone: Polars must stay cold."""
    names = [f"number_{i}" for i in range(4)] + [f"text_{i}" for i in range(4)]
    types = ["bigint"] * 4 + ["varchar"] * 4
    rows = [(row, row * 2, row * 3, row * 4, *(f"text {i} {row}" for i in range(4))) for row in range(ROWS)]
    with sqlite3.connect(file) as connection:
        declared = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
        connection.execute(f"create table t ({declared})")
        connection.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return str(file)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("arm", choices=ARMS, nargs="?")
    arguments = parser.parse_args()
    if arguments.arm:
        _one(arguments.arm)
    else:
        main()
