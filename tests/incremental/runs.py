"""Runs that follow each other on one table, and what their results are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from taskflow_profilemesh.drift.gate import Gate
from taskflow_profilemesh.outcome import ProfiledTable, Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling import TableProfile
from taskflow_profilemesh.reading import DatabaseSource
from taskflow_profilemesh.storage import MemoryStore, ProfileStore
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock
from tests.grown import Grown
from tests.laws.test_table_merge_law import same_exact_values

T = TableRef("t")


@dataclass
class Runs:
    """A store, and the runs that follow each other in it."""

    store: ProfileStore = field(default_factory=MemoryStore)
    number: int = 0

    def profile(
        self,
        table: Grown,
        *,
        cursor: str = "at",
        gate: Gate | None = None,
        source: DatabaseSource | None = None,
        **request: Any,
    ) -> ProfiledTable:
        self.number += 1
        pipeline = Pipeline(
            source=source or table.source,
            store=self.store,
            clock=HandClock(),
            gate=gate or Gate(),
            small_rows=500,
        )
        wanted = TableRequest(T, incremental=cursor, **request)
        return pipeline.run([wanted], Run(run_id=f"r{self.number}")).profiled[0]


def whole(table: Grown, **request: Any) -> TableProfile:
    pipeline = Pipeline(source=table.source, store=MemoryStore(), clock=HandClock(), small_rows=500)
    return pipeline.run([TableRequest(T, **request)], Run(run_id="whole")).profiled[0].stored.profile


def same(one: TableProfile, other: TableProfile) -> None:
    assert (one.row_count, one.profiled_rows) == (other.row_count, other.profiled_rows)
    for left, right in zip(one.columns, other.columns, strict=True):
        same_exact_values(left, right)


def told(profiled: ProfiledTable) -> str:
    assert profiled.reason is not None
    return profiled.reason
