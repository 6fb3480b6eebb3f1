"""What profiling many small tables costs for each of them, beside DuckDB's SUMMARIZE of the same ones.

Every process has been through the tables once before: it is warm, and ours have a baseline to compare with. Planning,
and comparing and storing, are none of SUMMARIZE's work, so they stand by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.benchmarks.arms import Arm, Measure, interleaved, measure
from tests.benchmarks.figures import Cost, at_most, middles, per_table
from tests.benchmarks.one_table import DUCKDB, READERS
from tests.benchmarks.peers import python_for
from tests.benchmarks.warehouse import Warehouse

TABLES = 100
ROWS = 1_000
CONNECTORX_MS = 20
OVER_DUCKDB = {"ConnectorX": 1.4, "ADBC": 1.0}


def lines(warehouse: Warehouse) -> Iterator[str]:
    """Profile the tables with either reader."""
    with warehouse.small(TABLES, ROWS) as tables:
        costs = middles(interleaved(_arms(warehouse, tables), runs=warehouse.runs))
    yield f"### {TABLES} tables × {ROWS:,} rows × 22 columns in PostgreSQL, medians of {warehouse.runs} runs in turn"
    yield ""
    yield from per_table(costs, TABLES)
    yield ""
    yield from _verdicts(costs)


def _arms(warehouse: Warehouse, tables: list[str]) -> dict[str, Measure]:
    measures: dict[str, Measure] = {
        name: partial(_ours, warehouse, {"url": warehouse.url, "tables": tables, "reader": reader})
        for name, reader in READERS.items()
    }
    if python_for("duckdb_extensions"):
        duckdb = Arm("peer_arms:duckdb_tables", {"url": warehouse.url, "tables": tables})
        measures[DUCKDB] = partial(measure, duckdb, warehouse.server)
    return measures


def _ours(warehouse: Warehouse, arguments: dict[str, object]) -> dict[str, Cost]:
    store = warehouse.new_store()
    return measure(Arm("our_arms:many_tables", {**arguments, "store": store}), warehouse.server)


def _verdicts(costs: dict[str, Cost]) -> Iterator[str]:
    for reader, bar in OVER_DUCKDB.items():
        read = f"{reader}, read and statistics"
        wall = costs[read].wall
        if reader == "ConnectorX":
            yield at_most(f"{read}, per table", wall / TABLES * 1000, CONNECTORX_MS, unit=" ms", digits=1)
        if DUCKDB in costs:
            yield at_most(f"{read} / {DUCKDB}, wall", wall / costs[DUCKDB].wall, bar)
