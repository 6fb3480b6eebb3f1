"""What a full profile costs when the table has six times the rows: above all, no more memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.benchmarks.arms import Arm, interleaved, measure
from tests.benchmarks.figures import at_most, cost_table, middles
from tests.benchmarks.one_table import READERS, database_arms, verdicts
from tests.benchmarks.warehouse import Warehouse

MOST_GROWTH = 1.15


def lines(warehouse: Warehouse) -> Iterator[str]:
    """Compare full profiles of both tables with each other, and that of the large one with its peers."""
    measures = database_arms(warehouse, warehouse.large())
    for name, reader in READERS.items():
        small = Arm("our_arms:full_profile", {"url": warehouse.url, "table": warehouse.wide(), "reader": reader})
        measures[_of_small(name, warehouse)] = partial(measure, small, warehouse.server)
    costs = middles(interleaved(measures, runs=warehouse.large_runs))
    runs = f"medians of {warehouse.large_runs} runs in turn"
    yield f"### A large table: {warehouse.large_rows:,} rows × 22 columns, {runs}"
    yield ""
    yield from cost_table(costs)
    yield ""
    for name in READERS:
        yield from verdicts(costs, name)
        full = f"full profile, {name}"
        growth = costs[full].peak_mb / costs[_of_small(name, warehouse)].peak_mb
        yield at_most(f"{full}, peak / that of {warehouse.rows:,} rows", growth, MOST_GROWTH)


def _of_small(reader: str, warehouse: Warehouse) -> str:
    return f"full profile of {warehouse.rows:,} rows, {reader}"
