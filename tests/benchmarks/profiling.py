"""What a full profile costs beside reading alone and beside its peers, on one table, in one interleaved run.

Ratios of one run are what counts: the machine's mood is the same for all. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from taskflow_profilemesh.demo.postgres import postgres_server
from tests.benchmarks import wide_table
from tests.benchmarks.profile_arms import ARMS
from tests.benchmarks.server_cpu import cpu_seconds, postmaster
from tests.databases import POSTGRES_VARIABLE, postgres_database

RUNS = 5
_SETTLE_SECONDS = 0.3  # for the server to bury the backends of the arm before
_NEEDS = {
    "DuckDB SUMMARIZE over Postgres": "duckdb_extensions",
    "DuckDB SUMMARIZE in memory": "duckdb",
    "pointblank in memory": "pointblank",
    "whylogs in memory": "whylogs",
    "ydata-profiling minimal in memory": "ydata_profiling",
}
_ONCE = {"whylogs in memory", "ydata-profiling minimal in memory"}  # half a minute each


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of an arm took: seconds, and MB above the bare interpreter."""

    wall: float
    client: float
    server: float
    peak_mb: float

    @property
    def cpu(self) -> float:
        """Client and server together."""
        return self.client + self.server


def main(rows: int = wide_table.ROWS, *, seed: int = wide_table.SEED) -> str:
    """Compare every arm that is installed, print the table and return it."""
    with _server() as url, tempfile.TemporaryDirectory() as folder:
        parquet = Path(folder) / "wide.parquet"
        wide_table.load(url, "wide", rows, seed=seed)
        wide_table.write(parquet, rows, seed=seed)
        costs = _compare(url, parquet)
    table = "\n".join(_table(costs, rows))
    print(table, flush=True)
    return table


@contextmanager
def _server() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="pg-") as data,
        postgres_server(Path(data), variable=POSTGRES_VARIABLE) as server,
        postgres_database(server) as url,
    ):
        yield url


def _compare(url: str, parquet: Path) -> dict[str, list[Cost]]:
    server = postmaster(url)
    arms = [arm for arm in ARMS if find_spec(_NEEDS.get(arm, "polars"))]
    costs: dict[str, list[Cost]] = {arm: [] for arm in arms}
    for run in range(RUNS):
        for arm in arms:
            if run == 0 or arm not in _ONCE:
                costs[arm].append(_cost(arm, url, parquet, server))
    return costs


def _cost(arm: str, url: str, parquet: Path, server: psutil.Process) -> Cost:
    before = cpu_seconds(server)
    command = [sys.executable, "-m", "tests.benchmarks.profile_arms", arm, url, "wide", str(parquet)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    time.sleep(_SETTLE_SECONDS)
    wall, client, peak = map(float, answer.split())
    return Cost(wall, client, cpu_seconds(server) - before if "memory" not in arm else 0.0, peak)


def _table(costs: dict[str, list[Cost]], rows: int) -> Iterator[str]:
    yield f"### {rows:,} rows × 22 columns, PostgreSQL, medians of {RUNS} interleaved runs"
    yield ""
    yield "| | wall s | client CPU s | server CPU s | CPU s | peak MB |"
    yield "|---|---|---|---|---|---|"
    middle = {arm: _median(runs) for arm, runs in costs.items()}
    for arm, cost in middle.items():
        once = " (one run)" if arm in _ONCE else ""
        figures = (cost.wall, cost.client, cost.server, cost.cpu)
        yield f"| {arm}{once} | {' | '.join(f'{one:.2f}' for one in figures)} | {cost.peak_mb:.0f} |"
    yield ""
    full, read, uri = (middle[arm] for arm in ("full profile", "read only", "pl.read_database_uri"))
    yield f"- full profile / own read, wall: **{full.wall / read.wall:.2f}** (bar 1.25)"
    yield f"- full profile / `pl.read_database_uri`, wall: **{full.wall / uri.wall:.2f}** (bar 1.0)"
    if (duck := middle.get("DuckDB SUMMARIZE over Postgres")) is not None:
        yield f"- full profile / DuckDB SUMMARIZE over Postgres, all CPU: **{full.cpu / duck.cpu:.2f}** (bar 1.0)"
    yield f"- peak of the full profile above the interpreter: **{full.peak_mb:.0f} MB** (bar 400)"


def _median(runs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(run, name) for run in runs) for name in Cost.__slots__))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=wide_table.ROWS)
    parser.add_argument("--seed", type=int, default=wide_table.SEED)
    asked = parser.parse_args()
    main(asked.rows, seed=asked.seed)
