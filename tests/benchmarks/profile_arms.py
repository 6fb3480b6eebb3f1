"""One way of reading or describing a table, timed in a process of its own: what `profiling.py` compares.

Prints wall seconds, the process's own CPU seconds, and the peak of its resident memory in MB above what the bare
interpreter needs. Imports and connecting are not timed: a worker imports once.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

Arm = Callable[[], Any]


def read_only(url: str, table: str, _: str, *, reader: str = "connectorx") -> Arm:
    """Our read of every batch, and nothing done with it."""
    pipeline, request = _ours(url, table, reader)

    def run() -> int:
        plan = pipeline.source.plan(request)
        return sum(batch.height for batch in pipeline.source.batches(plan))

    return run


def full_profile(url: str, table: str, _: str, *, reader: str = "connectorx") -> Arm:
    """Our whole profile: catalog, plan, read, statistics, exact decimals."""
    pipeline, request = _ours(url, table, reader)

    def run() -> Any:
        plan = pipeline.source.plan(request)
        return pipeline.profile(plan, pipeline.accumulate(plan))

    return run


def polars_uri(url: str, table: str, _: str) -> Arm:
    """What most people write: the whole table into one frame."""
    import polars as pl

    return lambda: pl.read_database_uri(f'select * from "{table}"', url)


def duckdb_postgres(url: str, table: str, _: str) -> Arm:
    """DuckDB's SUMMARIZE over the same server."""
    connection = import_module("duckdb").connect()
    import_module("duckdb_extensions").import_extension("postgres_scanner")
    connection.execute("load postgres_scanner")
    connection.execute(f"attach '{url}' as source (type postgres, read_only)")
    return lambda: connection.execute(f'summarize source.public."{table}"').fetchall()


def duckdb_memory(_: str, __: str, parquet: str) -> Arm:
    """DuckDB's SUMMARIZE of data that is in memory already."""
    connection = import_module("duckdb").connect()
    connection.execute(f"create table here as from '{parquet}'")
    return lambda: connection.execute("summarize here").fetchall()


def polars_memory(_: str, __: str, parquet: str) -> Arm:
    """Polars' nine statistics of data that is in memory already."""
    import polars as pl

    return pl.read_parquet(parquet).describe


def pointblank_memory(_: str, __: str, parquet: str) -> Arm:
    """Pointblank's summary of data that is in memory already."""
    import polars as pl

    frame, pointblank = pl.read_parquet(parquet), import_module("pointblank")
    return lambda: pointblank.col_summary_tbl(frame)


def whylogs_memory(_: str, __: str, parquet: str) -> Arm:
    """A whylogs profile of data that is in memory already."""
    frame, whylogs = import_module("pandas").read_parquet(parquet), import_module("whylogs")
    return lambda: whylogs.log(frame).view()


def ydata_memory(_: str, __: str, parquet: str) -> Arm:
    """The minimal report of ydata-profiling, of data that is in memory already."""
    frame, ydata = import_module("pandas").read_parquet(parquet), import_module("ydata_profiling")
    return lambda: ydata.ProfileReport(frame, minimal=True, progress_bar=False).get_description()


ARMS: dict[str, Callable[[str, str, str], Arm]] = {
    "read only": read_only,
    "full profile": full_profile,
    "read only, ADBC": partial(read_only, reader="adbc"),
    "full profile, ADBC": partial(full_profile, reader="adbc"),
    "pl.read_database_uri": polars_uri,
    "DuckDB SUMMARIZE over Postgres": duckdb_postgres,
    "DuckDB SUMMARIZE in memory": duckdb_memory,
    "Polars describe in memory": polars_memory,
    "pointblank in memory": pointblank_memory,
    "whylogs in memory": whylogs_memory,
    "ydata-profiling minimal in memory": ydata_memory,
}


def _ours(url: str, table: str, reader: str) -> Any:
    from taskflow_profilemesh.clock import SystemClock
    from taskflow_profilemesh.pipeline import Pipeline
    from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
    from taskflow_profilemesh.storage import MemoryStore
    from taskflow_profilemesh.tables import TableRef, TableRequest

    source: Any = DatabaseSource(DatabaseAddress.from_url(url), name="benchmark", reader=reader)  # type: ignore[arg-type]
    source.check()
    return Pipeline(source=source, store=MemoryStore(), clock=SystemClock()), TableRequest(TableRef(table))


def main() -> None:
    """Run one arm once and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("arm", choices=ARMS)
    parser.add_argument("url")
    parser.add_argument("table")
    parser.add_argument("parquet")
    options = parser.parse_args()
    interpreter = _peak_mb()
    run = ARMS[options.arm](options.url, options.table, options.parquet)
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    print(time.perf_counter() - wall, time.process_time() - cpu, _peak_mb() - interpreter)


def _peak_mb() -> float:
    """Return the highest resident memory; the kernel's `ru_maxrss` would start at that of the parent process."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
