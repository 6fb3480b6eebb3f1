"""The PostgreSQL database of a benchmark run: its tables are made when first asked for, and gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import psutil

from taskflow_profilemesh.demo.postgres import postgres_server
from tests.benchmarks import wide_table
from tests.benchmarks.server_cpu import postmaster
from tests.databases import POSTGRES_VARIABLE, postgres_database

LARGE = 6  # the large table has so many times the rows of the other
DAYS = tuple(date(2026, 1, 1) + timedelta(days=number) for number in range(8))


@dataclass(slots=True)
class Warehouse:
    """A database with tables of `rows` rows or `LARGE` times as many, drawn with `seed`, and a folder for files.

    `runs`: how often each arm is to be run on them.
    """

    url: str
    folder: Path
    rows: int
    seed: int
    runs: int
    server: psutil.Process
    _made: set[str] = field(default_factory=set)
    _stores: int = 0

    @property
    def large_runs(self) -> int:
        """How often an arm is to be run on the large table: less often, since that takes long and varies little."""
        return max(1, self.runs * 3 // 5)

    @property
    def large_rows(self) -> int:
        """Rows of the large table."""
        return LARGE * self.rows

    def wide(self) -> str:
        """Return the name of the table."""
        return self._table("wide", self.rows)

    def large(self) -> str:
        """Return the name of the large table."""
        return self._table("large", self.large_rows)

    def parquet(self) -> Path:
        """Return the table as a file."""
        path = self.folder / "wide.parquet"
        if not path.exists():
            wide_table.write(path, self.rows, seed=self.seed)
        return path

    def new_store(self) -> str:
        """Return the URL of a SQLite store that does not exist yet."""
        self._stores += 1
        return f"sqlite:///{self.folder / f'store-{self._stores}.db'}"

    @contextmanager
    def small(self, tables: int, rows: int) -> Iterator[list[str]]:
        """Yield the names of so many tables, each of other rows."""
        names = [f"small_{number}" for number in range(tables)]
        for number, name in enumerate(names):
            wide_table.load(self.url, name, rows, seed=self.seed + number)
        yield names
        wide_table.drop(self.url, *names)

    @contextmanager
    def growing(self) -> Iterator[str]:
        """Yield the name of a copy of the large table, which may be changed."""
        wide_table.copy(self.url, "growing", self.large())
        yield "growing"
        wide_table.drop(self.url, "growing")

    @contextmanager
    def partitioned(self) -> Iterator[str]:
        """Yield the name of a copy of the large table in partitions by `loaded_on`, one for each of `DAYS`."""
        wide_table.partition(self.url, "partitioned", self.large(), DAYS)
        yield "partitioned"
        wide_table.drop(self.url, "partitioned")

    def _table(self, name: str, rows: int) -> str:
        if name not in self._made:
            wide_table.load(self.url, name, rows, seed=self.seed)
            self._made.add(name)
        return name


@contextmanager
def warehouse(rows: int, *, seed: int, runs: int) -> Iterator[Warehouse]:
    """Yield a new, empty database on the server that the tests would use."""
    with (
        tempfile.TemporaryDirectory(prefix="pg-") as data,
        tempfile.TemporaryDirectory(prefix="profilemesh-bench-") as folder,
        postgres_server(Path(data), variable=POSTGRES_VARIABLE) as server,
        postgres_database(server) as url,
    ):
        yield Warehouse(url, Path(folder), rows, seed, runs, postmaster(url))
