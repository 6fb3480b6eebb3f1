"""`profilemesh history` over 10,000 runs of a table of 50 columns: the whole process, beside one that only imports.

A program of its own: `python -m tests.benchmarks.history` (`--runs 1000` is quick, `--store FILE` keeps the store). One
run is saved as any is, and copied in SQL, an hour apart. CPU seconds are of the process; wall seconds are what a person
waits, and depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from taskflow_profilemesh.storage import open_store
from tests.taskflow_profilemesh.profiles import numbers, table, texts
from tests.taskflow_profilemesh.storage.runs import run

COLUMNS = 50
_HOUR_LATER = "strftime('%Y-%m-%d %H:%M:%f000', {0}, '+' || i || ' hours')"
_ASKED = {
    "--help": ["--help"],
    "history": [],
    "history --limit 10000": ["--limit", "10000"],
    "history --metric row_count": ["--metric", "row_count"],
    "history --column c7 --metric mean": ["--column", "c7", "--metric", "mean"],
    "history --column c7 --metric mean --limit 10000": ["--column", "c7", "--metric", "mean", "--limit", "10000"],
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the store, ask it, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--store", type=Path, help="made here if it is not there, and kept")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = options.store or Path(folder) / "profiles.db"
        if not path.exists():
            fill(path, options.runs)
        print(f"{options.runs:,} runs x {COLUMNS} columns, {path.stat().st_size / 2**30:.2f} GiB")
        for told, asked in _ASKED.items():
            wall, cpu = zip(*(_measured(path, asked) for _ in range(options.times)), strict=True)
            print(f"{told:50} {statistics.median(wall):6.2f} s wall {statistics.median(cpu):6.2f} s CPU")


def fill(path: Path, count: int) -> None:
    """Save one run, and copy it until there are so many."""
    values = [float(value) for value in range(200)]
    wide = [numbers(f"c{number}", values) for number in range(COLUMNS - 10)]
    wide += [texts(f"t{number}", [f"text {value:.0f}" for value in values]) for number in range(10)]
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.save(run(0, profile=table(*wide, rows=200)))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("journal_mode = off", "synchronous = off", "cache_size = -500000"):
            connection.execute(f"pragma {statement}")
        wanted = "select name, sql from sqlite_master where type = 'index' and tbl_name = 'profilemesh_results'"
        indexes = [(name, sql) for name, sql in connection.execute(wanted) if sql]
        for name, _ in indexes:
            connection.execute(f"drop index {name}")
        for kept in ("profilemesh_runs", "profilemesh_profiles", "profilemesh_results"):
            connection.execute(_copied(connection, kept, count))
        for _, sql in indexes:
            connection.execute(sql)


def _copied(connection: sqlite3.Connection, kept: str, count: int) -> str:
    """Return the statement that copies the rows of the one run."""
    names = [row[1] for row in connection.execute(f"pragma table_info({kept})")]
    changed = {name: _HOUR_LATER.format(name) for name in ("profiled_at", "logical_date")}
    changed |= {name: f"{name} || '-' || i" for name in ("profile_id", "run_key", "run_id", "origin")}
    values = ", ".join(changed.get(name, name) for name in names)
    numbered = f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {count - 1})"
    return f"insert into {kept} ({', '.join(names)}) {numbered} select {values} from n, {kept} where true"


def _measured(path: Path, asked: list[str]) -> tuple[float, float]:
    """Return the wall and the CPU seconds of one command, from the start of its process to its end."""
    of_table = [] if "--help" in asked else ["public.flights", "--store", f"sqlite:///{path}"]
    command = [str(Path(sys.executable).with_name("profilemesh")), "history", *of_table, *asked]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
