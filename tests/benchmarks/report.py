"""How long `profilemesh report` takes for many wide tables, how large its file is, and how much CPU that costs.

python -m tests.benchmarks.report [tables] [columns] [runs]
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from taskflow_profilemesh.drift import compare
from taskflow_profilemesh.profiling import ColumnSchema, Kind, TableProfile, TableSchema
from taskflow_profilemesh.profiling.table import TableState
from taskflow_profilemesh.report.file import report_file
from taskflow_profilemesh.storage import MemoryStore, ProfileStore, StoredProfile, open_store
from taskflow_profilemesh.tables import TableRef

_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_ROWS = 2_000
_KINDS = (
    (Kind.FLOAT, "double precision"),
    (Kind.INTEGER, "bigint"),
    (Kind.TEXT, "text"),
    (Kind.DATETIME, "timestamp"),
    (Kind.TEXT, "varchar(40)"),
)


def wide_store(*, tables: int, columns: int, runs: int, store: ProfileStore | None = None) -> ProfileStore:
    """Return a store of so many tables, each with so many runs, of columns of five kinds that move a little."""
    kept = store or MemoryStore()
    profiles = [_profile(columns, seed=run) for run in range(runs)]
    for number in range(tables):
        ref, before = TableRef(f"table_{number:02}", "public"), None
        for run, profile in enumerate(profiles):
            own = replace(profile, schema=replace(profile.schema, table=ref))
            kept.save(
                StoredProfile(
                    profile_id=f"{number}-{run}",
                    run_id=f"scheduled__{_NOON + timedelta(days=run):%Y-%m-%dT%H:%M:%S+00:00}",
                    source="warehouse",
                    table=ref,
                    profiled_at=_NOON + timedelta(days=run),
                    profile=own,
                    drift=compare(before, own).as_dict() if before else {},
                )
            )
            before = own
    return kept


def _profile(columns: int, *, seed: int) -> TableProfile:
    random = np.random.default_rng(seed)
    schemas, series = [], {}
    for place in range(columns):
        kind, declared = _KINDS[place % len(_KINDS)]
        name = f"{kind.value}_column_{place}"
        schemas.append(ColumnSchema(name, kind, declared, nullable=True))
        series[name] = _values(kind, random, few=declared == "text")
    state = TableState.empty(TableSchema(TableRef("any"), tuple(schemas)), small_rows=_ROWS)
    state.add(pl.DataFrame(series))
    return state.profile()


def _values(kind: Kind, random: np.random.Generator, *, few: bool) -> pl.Series:
    if kind is Kind.TEXT:
        return pl.Series([f"a text of some words, number {n}" for n in random.integers(0, 9 if few else 10**9, _ROWS)])
    if kind is Kind.FLOAT:
        return pl.Series(random.lognormal(3, 1, _ROWS))
    whole = pl.Series(random.integers(0, 10**9, _ROWS))
    return whole if kind is Kind.INTEGER else (whole * 1_000_000).cast(pl.Datetime("us"))


def main(tables: int = 50, columns: int = 50, runs: int = 12) -> None:
    """Print the time and the size."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'profiles.db'}")
        wide_store(tables=tables, columns=columns, runs=runs, store=store)
        wall, cpu = time.perf_counter(), time.process_time()
        page = report_file(store, store.tables(), at=_NOON)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        store.close()
    size = len(page.encode()) / 1e6
    print(f"{tables} tables × {columns} columns × {runs} runs: {wall:.1f} s, {cpu:.1f} s of CPU, {size:.1f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
