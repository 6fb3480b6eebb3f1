"""What the profile of a table costs that has grown by one hundredth since the last one, beside a whole profile.

Each time the table grows, the profile goes on from the state that the last whole one left in its store, in a process
of its own; then the table is profiled whole with a new store, for the next round, and to see that the numbers are the
same. Both include what a task does: reading the catalog, comparing, storing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.benchmarks import wide_table
from tests.benchmarks.agreement import disagreeing, newest_profile, widest_gap
from tests.benchmarks.arms import Arm, measure
from tests.benchmarks.figures import Cost, at_most, cost_table, middles
from tests.benchmarks.one_table import READERS
from tests.benchmarks.warehouse import Warehouse

MOST_OF_WHOLE = 0.05


@dataclass(slots=True)
class _Growth:
    """A table that is profiled, grows, and is profiled again; what that cost, and where the numbers differ."""

    warehouse: Warehouse
    table: str
    reader: str
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    differing: set[str] = field(default_factory=set)
    gap: float = 0.0
    _store: str = ""

    def begin(self) -> None:
        """Profile the table whole."""
        self._store = self.warehouse.new_store()
        self._profile("whole", is_first=True)

    def go_on(self) -> None:
        """Profile the table after it has grown, then whole again, and compare."""
        self._profile("incremental", is_first=False)
        merged = newest_profile(self._store)
        self.begin()
        whole = newest_profile(self._store)
        self.differing.update(disagreeing(merged, whole))
        self.gap = max(self.gap, widest_gap(merged, whole))

    def _profile(self, name: str, *, is_first: bool) -> None:
        where = {"url": self.warehouse.url, "table": self.table, "store": self._store}
        arm = Arm("our_arms:incremental", {**where, "reader": READERS[self.reader], "is_first": is_first})
        self.costs.setdefault(f"{name}, {self.reader}", []).append(measure(arm, self.warehouse.server)[""])


def lines(warehouse: Warehouse) -> Iterator[str]:
    """Let the table grow some times by one hundredth, and profile it both ways with either reader."""
    rows, added = warehouse.large_rows, warehouse.large_rows // 100
    with warehouse.growing() as table:
        growths = [_Growth(warehouse, table, reader) for reader in READERS]
        for growth in growths:
            growth.begin()
        for run in range(warehouse.large_runs):
            wide_table.append(warehouse.url, table, added, first=rows + run * added, seed=warehouse.seed)
            for growth in growths:
                growth.go_on()
    costs = {name: cost for growth in growths for name, cost in middles(growth.costs).items()}
    yield f"### A growing table: {rows:,} rows × 22 columns, then {added:,} more, {warehouse.large_runs} times, medians"
    yield ""
    yield from cost_table(costs)
    yield ""
    for growth in growths:
        yield from _verdicts(growth, costs)


def _verdicts(growth: _Growth, costs: dict[str, Cost]) -> Iterator[str]:
    new, whole = (costs[f"{name}, {growth.reader}"].wall for name in ("incremental", "whole"))
    yield at_most(f"incremental / whole, {growth.reader}, wall", new / whole, MOST_OF_WHOLE, digits=3)
    told = ", ".join(sorted(growth.differing)) or "none"
    yield f"- {growth.reader}: columns whose exact numbers differ between the two: **{told}**"
    yield f"- {growth.reader}: their distributions are at most **{growth.gap:.2%}** of rank apart"
