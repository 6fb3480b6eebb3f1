"""One table, several workers: a plan, shares that are read apart and in any order, and one profile in the end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from taskflow_profilemesh.errors import InvalidOption, PartsIncomplete, TableChanged
from taskflow_profilemesh.outcome import ProfiledTable, Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling import TableProfile
from taskflow_profilemesh.spread import OnChange, Spread
from taskflow_profilemesh.storage import MemoryStore, ProfileStore
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock
from tests.grown import DATABASES, Grown, grown
from tests.laws.test_table_merge_law import same_exact_values

T = TableRequest(TableRef("t"))
RUN = Run(run_id="r1", origin="shop.merge")


@pytest.fixture(params=DATABASES)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Grown:
    filled = grown(request, tmp_path)
    filled.fill(range(1, 2_001))
    return filled


@pytest.fixture
def lite(tmp_path: Path) -> Grown:
    """The table in SQLite alone, where the database makes no difference."""
    file = tmp_path / "lite.db"
    file.touch()
    filled = Grown(f"sqlite:///{file}")
    filled.create()
    filled.fill(range(1, 2_001))
    return filled


@pytest.fixture
def heap(postgres_url: str) -> Grown:
    """The table in PostgreSQL, whose rows say who wrote them."""
    filled = Grown(postgres_url)
    filled.create()
    filled.fill(range(1, 2_001))
    return filled


def spread(table: Grown, store: ProfileStore, request: TableRequest = T, *, small_rows: int = 500) -> Spread:
    """Return what one more worker has: a source of its own, and the store that all share."""
    source = table.source
    return Spread(Pipeline(source=source, store=store, clock=HandClock(), small_rows=small_rows), source, request)


def read(table: Grown, store: ProfileStore, shares: int = 8, request: TableRequest = T) -> str:
    """Plan the table, read each share by a worker of its own, the last one first, and return the plan's id."""
    plan_id, names = spread(table, store, request).plan(shares)
    assert len(names) == shares
    for name in reversed(names):
        assert spread(table, store, request).read(plan_id, name) > 0
    return plan_id


def same(profiled: ProfiledTable, table: Grown, request: TableRequest = T, *, small_rows: int = 500) -> None:
    pipeline = spread(table, MemoryStore(), small_rows=small_rows).pipeline
    alone: TableProfile = pipeline.run([request], Run(run_id="whole")).profiled[0].stored.profile
    profile = profiled.stored.profile
    assert (profile.row_count, profile.schema, profile.exact) == (alone.row_count, alone.schema, alone.exact)
    for left, right in zip(profile.columns, alone.columns, strict=True):
        same_exact_values(left, right)


def test_eight_workers_make_the_profile_that_one_makes(table: Grown) -> None:
    store = MemoryStore()
    plan_id = read(table, store)
    profiled = spread(table, store).merge(plan_id, RUN)
    assert profiled.stored.profile.row_count == 2_000
    assert store.load(profiled.stored.profile_id) == profiled.stored
    same(profiled, table)


@pytest.mark.postgres
def test_the_partitions_of_a_table_are_shared_out(heap: Grown) -> None:
    heap.run(
        "alter table t rename to old",
        "create table t (like old) partition by range (id)",
        "create table t_low partition of t for values from (0) to (900)",
        "create table t_high partition of t for values from (900) to (9000)",
        "insert into t select * from old",
    )
    store = MemoryStore()
    profiled = spread(heap, store).merge(read(heap, store, 5), RUN)
    assert "of one snapshot" in str(profiled.reason)
    same(profiled, heap)


def test_a_condition_holds_for_every_share(table: Grown) -> None:
    request = replace(T, where="id > 700", columns=("id", "name"))
    store = MemoryStore()
    profiled = spread(table, store, request).merge(read_all(table, store, request), RUN)
    assert profiled.stored.profile.row_count == 1_300
    same(profiled, table, request)


def read_all(table: Grown, store: ProfileStore, request: TableRequest) -> str:
    plan_id, names = spread(table, store, request).plan(4)
    for name in names:
        spread(table, store, request).read(plan_id, name)
    return plan_id


def test_a_share_that_was_not_read_is_named_and_reading_it_alone_mends_it(lite: Grown) -> None:
    store = MemoryStore()
    worker = spread(lite, store)
    plan_id, names = worker.plan(3)
    for name in (names[0], names[0], names[2]):  # the first one twice: a retry replaces what it left
        worker.read(plan_id, name)
    with pytest.raises(PartsIncomplete, match="0002: it was not read"):
        worker.merge(plan_id, RUN)
    worker.read(plan_id, names[1])
    same(worker.merge(plan_id, RUN), lite)


def test_shares_of_another_plan_are_not_merged(lite: Grown) -> None:
    store = MemoryStore()
    read(lite, store, 4)
    worker = spread(lite, store)
    plan_id, names = worker.plan(4)
    worker.read(plan_id, names[0])
    with pytest.raises(PartsIncomplete, match="0002"):
        worker.merge(plan_id, RUN)
    with pytest.raises(PartsIncomplete, match="0009: it is not in the plan"):
        worker.read(plan_id, "0009")
    with pytest.raises(PartsIncomplete, match="plan: it is not in the store"):
        worker.read("another", names[0])


def test_a_share_that_was_asked_otherwise_is_not_merged(lite: Grown) -> None:
    store = MemoryStore()
    plan_id = read(lite, store, 2)
    with pytest.raises(PartsIncomplete, match="another part of the table"):
        spread(lite, store, replace(T, where="id > 5")).merge(plan_id, RUN)


def test_nothing_is_left_after_the_merge_and_another_try_returns_what_was_stored(lite: Grown) -> None:
    store = MemoryStore()
    plan_id = read(lite, store)
    first = spread(lite, store).merge(plan_id, RUN)
    again = spread(lite, store).merge(plan_id, RUN)  # it broke off before it forgot the shares
    assert again.stored.profile.row_count == first.stored.profile.row_count
    spread(lite, store).forget(plan_id)
    table = first.stored.table
    assert store.partials(plan_id, "warehouse", table) == store.partials(f"{plan_id}/plan", "warehouse", table) == []
    assert spread(lite, store).merge(plan_id, RUN).stored == again.stored
    assert len(store.history("warehouse", table)) == 1
    with pytest.raises(PartsIncomplete):
        spread(lite, store).merge(plan_id, replace(RUN, origin="shop.other"))


def test_a_small_table_is_read_at_once_and_exact(lite: Grown) -> None:
    store = MemoryStore()
    plan_id = read(lite, store)
    profiled = spread(lite, store, small_rows=2_000).merge(plan_id, RUN)
    assert profiled.stored.profile.exact
    same(profiled, lite, small_rows=2_000)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("insert into t values (3000, now(), 1, 'new')", "1 row came or changed"),
        ("update t set amount = 5 where id < 4", "3 rows came or changed"),
        ("delete from t where id = 7", "the ranges had 2,000 rows, the table has 1,999"),
        ("vacuum full t", "wrote the table anew"),
    ],
)
def test_rows_that_change_between_the_ranges_are_noticed_in_postgresql(heap: Grown, statement: str, told: str) -> None:
    store = MemoryStore()
    plan_id = read(heap, store)
    heap.run(statement)
    with pytest.raises(TableChanged, match=told):
        spread(heap, store).merge(plan_id, RUN)
    assert store.tables() == []
    recorded = spread(heap, store).merge(plan_id, RUN, on_change=OnChange.RECORD)
    assert (recorded.stored.profile.row_count, told in str(recorded.reason)) == (2_000, True)
    again = spread(heap, store).merge(plan_id, RUN, on_change=OnChange.REREAD)
    same(again, heap)


@pytest.mark.postgres
def test_a_transaction_that_was_open_at_the_plan_and_commits_later_is_noticed(heap: Grown) -> None:
    import psycopg

    store = MemoryStore()
    with psycopg.connect(heap.url) as writer:
        writer.execute("update t set amount = 5 where id = 4")
        plan_id = read(heap, store)
        writer.commit()
    with pytest.raises(TableChanged, match="1 row came or changed"):
        spread(heap, store).merge(plan_id, RUN)


@pytest.mark.postgres
def test_what_was_written_before_the_plan_is_no_change(heap: Grown) -> None:
    store = MemoryStore()
    heap.run("update t set amount = 5 where id = 4", "vacuum freeze t", "create table other as select 1 as one")
    plan_id = read(heap, store)
    heap.run("insert into other values (2)")
    assert "of one snapshot" in str(spread(heap, store).merge(plan_id, RUN).reason)


def test_rows_that_come_between_the_ranges_are_noticed_by_their_number(lite: Grown) -> None:
    store = MemoryStore()
    plan_id = read(lite, store)
    lite.run("delete from t where id = 7")
    with pytest.raises(TableChanged, match="the ranges had 2,000 rows, the table has 1,999"):
        spread(lite, store).merge(plan_id, RUN)


@pytest.mark.parametrize("changed", [{"sample": 0.5}, {"max_rows": 10}, {"incremental": "at"}])
def test_samples_and_cursors_are_not_shared_out(lite: Grown, changed: dict[str, object]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(changed))):
        spread(lite, MemoryStore(), replace(T, **changed))  # type: ignore[arg-type]
