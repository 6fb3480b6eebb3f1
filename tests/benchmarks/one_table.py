"""What a full profile costs beside reading alone and beside its peers, on one table, in one interleaved run.

Ratios of one run are what counts: the machine's mood is the same for all. Peers that are not installed are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.benchmarks.arms import Arm, Measure, interleaved, measure
from tests.benchmarks.figures import Cost, at_most, cost_table, middles, ratio
from tests.benchmarks.peers import python_for
from tests.benchmarks.warehouse import Warehouse

READERS = {"ConnectorX": "connectorx", "ADBC": "adbc"}
DUCKDB = "DuckDB SUMMARIZE over Postgres"
URI = "`pl.read_database_uri`"
PEAK_MB = 400
_IN_MEMORY = {
    "DuckDB SUMMARIZE in memory": ("duckdb", "duckdb_memory"),
    "Polars describe in memory": ("polars", "polars_memory"),
    "pointblank in memory": ("pointblank", "pointblank_memory"),
    "whylogs in memory (one run)": ("whylogs", "whylogs_memory"),
    "ydata-profiling minimal in memory (one run)": ("ydata_profiling", "ydata_memory"),
}
_ONCE = {name for name in _IN_MEMORY if "one run" in name}  # half a minute each


def lines(warehouse: Warehouse) -> Iterator[str]:
    """Yield what every arm that is installed costs."""
    costs = middles(interleaved(_arms(warehouse), once=_ONCE, optional=_IN_MEMORY, runs=warehouse.runs))
    yield f"### One table: {warehouse.rows:,} rows × 22 columns in PostgreSQL, medians of {warehouse.runs} runs in turn"
    yield ""
    yield "What is in memory already is part of the peak of those that describe it."
    yield ""
    yield from cost_table(costs)
    yield ""
    for reader in READERS:
        yield from verdicts(costs, reader)


def _arms(warehouse: Warehouse) -> dict[str, Measure]:
    over_server = database_arms(warehouse, warehouse.wide())
    uri = Arm("peer_arms:polars_uri", {"url": warehouse.url, "table": warehouse.wide()})
    over_server[URI] = partial(measure, uri, warehouse.server)
    return over_server | _in_memory(warehouse)


def database_arms(warehouse: Warehouse, table: str) -> dict[str, Measure]:
    """Return what reads a table from the server in bounded memory: we, with either reader, and DuckDB."""
    where = {"url": warehouse.url, "table": table}
    arms = {
        f"{what}, {name}": Arm(f"our_arms:{function}", {**where, "reader": reader})
        for name, reader in READERS.items()
        for what, function in (("own read", "read_only"), ("full profile", "full_profile"))
    }
    if python_for("duckdb_extensions"):
        arms[DUCKDB] = Arm("peer_arms:duckdb_postgres", where)
    return {name: partial(measure, arm, warehouse.server) for name, arm in arms.items()}


def _in_memory(warehouse: Warehouse) -> dict[str, Measure]:
    parquet = {"parquet": str(warehouse.parquet())}
    return {
        name: partial(measure, Arm(f"peer_arms:{function}", parquet, python), None)
        for name, (library, function) in _IN_MEMORY.items()
        if (python := python_for(library)) is not None
    }


def verdicts(costs: dict[str, Cost], reader: str) -> Iterator[str]:
    """Yield how a reader's figures keep to the bars."""
    full = f"full profile, {reader}"
    yield from ratio(costs, full, f"own read, {reader}", 1.25, of=_wall, what="wall")
    yield from ratio(costs, full, URI, 1.0, of=_wall, what="wall")
    yield from ratio(costs, full, DUCKDB, 1.0, of=_cpu, what="all CPU")
    yield at_most(f"{full}, peak above the interpreter", costs[full].peak_mb, PEAK_MB, unit=" MB", digits=0)


def _wall(cost: Cost) -> float:
    return cost.wall


def _cpu(cost: Cost) -> float:
    return cost.cpu
