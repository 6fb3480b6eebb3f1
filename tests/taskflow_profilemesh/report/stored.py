"""Stores with a few runs made by hand, some of whose names and values are markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from taskflow_profilemesh.drift import compare
from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.storage import MemoryStore, ProfileStore, StoredProfile
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.profiles import numbers, table, texts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCE = "warehouse"
ORDERS = TableRef("orders", "shop")
NASTY = "<script>window.bad = 1</script><img src=x onerror='window.bad = 2'>"
ENDS = "</script><!--<script>"


def drawn(column: ColumnProfile, values: Sequence[float]) -> ColumnProfile:
    """The column with the histogram that profiling would give it."""
    assert column.distribution is not None
    bins = tuple(int(count) for count in np.histogram(values, bins=20)[0])
    return replace(column, distribution=replace(column.distribution, histogram=bins))


def orders(*, day: int) -> TableProfile:
    """1,000 orders: from day 3 on amounts are ten times as large, and a column is new."""
    values = [float(n % 100 + 1) * (10 if day >= 3 else 1) for n in range(1000)]
    columns = [
        drawn(numbers("amount", values, kind=Kind.FLOAT), values),
        texts("status", ["paid"] * (600 + day) + ["open"] * (400 - day)),
        texts(NASTY, [NASTY] * 500 + [ENDS] * 300, nulls=200),
    ]
    if day >= 3:
        columns.append(texts("coupon", [], nulls=1000))
    return table(*columns, ref=ORDERS)


def save_runs(store: ProfileStore, *, days: int = 4, profile_of: TableRef = ORDERS) -> None:
    """Keep a run a day, each compared with the one before."""
    before = None
    for day in range(days):
        profile = orders(day=day)
        profile = replace(profile, schema=replace(profile.schema, table=profile_of))
        store.save(
            StoredProfile(
                profile_id=f"{profile_of.name}-{day}",
                run_id=f"run-{day}",
                source=SOURCE,
                table=profile_of,
                profiled_at=NOON + timedelta(days=day),
                profile=profile,
                duration_seconds=0.25,
                drift=compare(before, profile).as_dict() if before else {},
            )
        )
        before = profile


def shop(*, days: int = 4) -> MemoryStore:
    """A store with the runs of `orders`."""
    store = MemoryStore()
    save_runs(store, days=days)
    return store
