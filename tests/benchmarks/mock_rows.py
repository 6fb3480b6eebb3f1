"""How fast the mock moves one million generated rows, and in how much memory.

Twelve of the generator's columns and the four metadata columns, as a sync moves them: whole, replacing what was there.
Each run is a process of its own, which reports the wall seconds from asking for the sync to its success, its own CPU
seconds meanwhile (a database server's are not its own), and its highest resident memory, imports included.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROWS = 1_000_000
RUNS = 3
BARS = {"sqlite": (6, 500), "postgres": (10, 500)}  # seconds, MB
COLUMNS = (
    "id",
    "created_at",
    "updated_at",
    "name",
    "age",
    "email",
    "telephone",
    "gender",
    "language",
    "nationality",
    "height",
    "weight",
)


def main() -> None:
    """Run each destination `RUNS` times in turn and print the medians."""
    taken: dict[str, list[tuple[float, ...]]] = {kind: [] for kind in BARS}
    for _ in range(RUNS):
        for kind, runs in taken.items():
            command = [sys.executable, "-m", "tests.benchmarks.mock_rows", kind]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
            runs.append(tuple(float(figure) for figure in answer.split()))
    _report(taken)


def _report(taken: dict[str, list[tuple[float, ...]]]) -> None:
    print(f"\nThe mock moves {ROWS:,} generated rows × {len(COLUMNS)} columns + 4 of metadata, medians of {RUNS}")
    print(f"{'destination':<14}{'wall s':>8}{'bar':>6}{'CPU s':>8}{'peak MB':>10}{'bar':>6}")
    for kind, runs in taken.items():
        wall, cpu, peak = (statistics.median(run[place] for run in runs) for place in range(3))
        seconds, megabytes = BARS[kind]
        print(f"{kind:<14}{wall:>8.2f}{seconds:>6}{cpu:>8.2f}{peak:>10.0f}{megabytes:>6}")


def _one(kind: str) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and peak megabytes of one sync."""
    from mock_airbyte import MockAirbyte, StreamConfig

    with tempfile.TemporaryDirectory() as folder, _configuration(kind, Path(folder)) as configuration:
        mock = MockAirbyte(patience_seconds=600)
        source = mock.create_source("Shop", "faker", count=ROWS, seed=1)
        destination = mock.create_destination("Warehouse", kind, **configuration)
        streams = [StreamConfig("users", selected_fields=COLUMNS)]
        connection = mock.create_connection(source, destination, streams=streams)
        wall, cpu = time.perf_counter(), time.process_time()
        state = mock.job(mock.sync(connection))
        taken = time.perf_counter() - wall, time.process_time() - cpu
        assert (state.status, state.rows_committed) == ("succeeded", ROWS), state.failure
        return *taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _configuration(kind: str, folder: Path) -> Iterator[dict[str, Any]]:
    if kind == "sqlite":
        yield {"destination_path": str(folder / "warehouse.db")}
        return
    from taskflow_profilemesh.demo.postgres import postgres_server
    from tests.databases import POSTGRES_VARIABLE, postgres_database
    from tests.mock_airbyte.servers import postgres_parts

    with (
        tempfile.TemporaryDirectory(prefix="pg-") as data,
        postgres_server(Path(data), variable=POSTGRES_VARIABLE) as server,
        postgres_database(server) as url,
    ):
        yield postgres_parts(url)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", choices=[*BARS], help="run this one once and print its bare figures")
    if asked := parser.parse_args().kind:
        print(*_one(asked))
    else:
        main()
