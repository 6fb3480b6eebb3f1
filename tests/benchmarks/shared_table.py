"""What two workers, each with half of a table's partitions, cost beside one worker with all of them.

A worker is a process. Both begin at once; when both have saved their parts, a third process merges them. Two workers
want four cores: each reads ahead while it computes, and the server works for both.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benchmarks.agreement import disagreeing, newest_profile, widest_gap
from tests.benchmarks.arms import Arm, interleaved, measure, prepared, server_meter
from tests.benchmarks.figures import Cost, cost_table, middles
from tests.benchmarks.one_table import READERS
from tests.benchmarks.warehouse import DAYS, Warehouse

_HALF = len(DAYS) // 2
HALVES = {"early": [str(day) for day in DAYS[:_HALF]], "late": [str(day) for day in DAYS[_HALF:]]}


@dataclass(slots=True)
class _Workers:
    """One worker and two, with one reader, and the stores of their last profiles by name."""

    warehouse: Warehouse
    table: str
    reader: str
    stores: dict[str, str] = field(default_factory=dict)

    def alone(self) -> dict[str, Cost]:
        """Profile the table with one worker."""
        return measure(self._arm("whole", "alone"), self.warehouse.server)

    def together(self) -> dict[str, Cost]:
        """Profile the table with two; the peak is that of the process that needed most."""
        store = self.warehouse.new_store()
        with ExitStack() as stack:
            parts = [
                stack.enter_context(prepared(self._arm("part", store=store, name=name, days=days)))
                for name, days in HALVES.items()
            ]
            merge = stack.enter_context(prepared(self._arm("merge", "together", store=store, names=list(HALVES))))
            spent, began = server_meter(self.warehouse.server), time.perf_counter()
            for part in parts:
                part.go()
            costs = [part.cost() for part in parts]
            merge.go()
            costs.append(merge.cost())
            wall = time.perf_counter() - began
        client, peak = sum(cost.client for cost in costs), max(cost.peak_mb for cost in costs)
        return {"": Cost(wall, client, spent(), peak)}

    def told(self) -> str:
        """Return how far the last profiles of one and of two workers agree."""
        alone, together = (newest_profile(self.stores[name]) for name in ("alone", "together"))
        differing = ", ".join(disagreeing(together, alone)) or "none"
        gap = widest_gap(together, alone)
        return (
            f"- {self.reader}: columns whose exact numbers differ between the two: **{differing}**; "
            f"their distributions are at most **{gap:.2%}** of rank apart"
        )

    def _arm(self, function: str, made_by: str | None = None, **arguments: object) -> Arm:
        store = str(arguments.pop("store", None) or self.warehouse.new_store())
        if made_by:
            self.stores[made_by] = store
        where = {"url": self.warehouse.url, "table": self.table, "reader": READERS[self.reader], "store": store}
        return Arm(f"our_arms:{function}", {**where, **arguments})


def lines(warehouse: Warehouse) -> Iterator[str]:
    """Profile the large table, in partitions, with one worker and with two, and either reader."""
    with warehouse.partitioned() as table:
        workers = [_Workers(warehouse, table, reader) for reader in READERS]
        measures = {f"one worker, {one.reader}": one.alone for one in workers}
        measures |= {f"two workers, {one.reader}": one.together for one in workers}
        costs = middles(interleaved(measures, runs=warehouse.large_runs))
    yield (
        f"### Workers that share a table: {warehouse.large_rows:,} rows × 23 columns in {len(DAYS)} partitions, "
        f"medians of {warehouse.large_runs} runs in turn"
    )
    yield ""
    yield from cost_table(costs)
    yield ""
    for one in workers:
        ratio = costs[f"two workers, {one.reader}"].wall / costs[f"one worker, {one.reader}"].wall
        yield f"- two workers / one worker, {one.reader}, wall: **{ratio:.2f}**"
        yield one.told()
