"""What others do, as arms: see `measured.py` for what an arm is.

The peers that are imported here need not be installed where this package is: only the one that runs has to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from tests.benchmarks.measured import Steps


def polars_uri(url: str, table: str) -> Steps:
    """Do what most people write: the whole table into one frame."""
    polars = import_module("polars")
    return {"": lambda: polars.read_database_uri(f'select * from "{table}"', url)}


def duckdb_postgres(url: str, table: str) -> Steps:
    """Run DuckDB's SUMMARIZE over the same server."""
    connection = _duckdb(url)
    return {"": lambda: _summarize(connection, table)}


def duckdb_tables(url: str, tables: Sequence[str]) -> Steps:
    """Run DuckDB's SUMMARIZE over many tables, each of which it has summarised once before."""
    connection = _duckdb(url)

    def run() -> None:
        for table in tables:
            _summarize(connection, table)

    run()
    return {"": run}


def duckdb_memory(parquet: str) -> Steps:
    """Run DuckDB's SUMMARIZE of data that is in memory already."""
    connection = import_module("duckdb").connect()
    connection.execute(f"create table here as from '{parquet}'")
    return {"": lambda: connection.execute("summarize here").fetchall()}


def polars_memory(parquet: str) -> Steps:
    """Compute Polars' nine statistics of data that is in memory already."""
    return {"": import_module("polars").read_parquet(parquet).describe}


def pointblank_memory(parquet: str) -> Steps:
    """Compute pointblank's summary of data that is in memory already."""
    frame, pointblank = import_module("polars").read_parquet(parquet), import_module("pointblank")
    return {"": lambda: pointblank.col_summary_tbl(frame)}


def whylogs_memory(parquet: str) -> Steps:
    """Make a whylogs profile of data that is in memory already."""
    frame, whylogs = import_module("pandas").read_parquet(parquet), import_module("whylogs")
    return {"": lambda: whylogs.log(frame).view()}


def ydata_memory(parquet: str) -> Steps:
    """Make the minimal description of ydata-profiling, of data that is in memory already."""
    frame, ydata = import_module("pandas").read_parquet(parquet), import_module("ydata_profiling")
    return {"": lambda: ydata.ProfileReport(frame, minimal=True, progress_bar=False).get_description()}


def _duckdb(url: str) -> Any:
    connection = import_module("duckdb").connect()
    import_module("duckdb_extensions").import_extension("postgres_scanner")
    connection.execute("load postgres_scanner")
    connection.execute(f"attach '{url}' as source (type postgres, read_only)")
    return connection


def _summarize(connection: Any, table: str) -> Any:
    return connection.execute(f'summarize source.public."{table}"').fetchall()
