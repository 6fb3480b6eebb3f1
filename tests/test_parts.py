"""Several workers, one table: parts that are saved by processes of their own and merged by another."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from taskflow_profilemesh.errors import PartsIncomplete, PartsMismatch
from taskflow_profilemesh.outcome import ProfiledTable, Run
from taskflow_profilemesh.parts import merge_parts, save_part
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling import TableProfile
from taskflow_profilemesh.storage import MemoryStore, ProfileStore, open_store
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock
from tests.grown import DATABASES, Grown, grown
from tests.laws.test_table_merge_law import same_exact_values

T = TableRequest(TableRef("t"))
RUN = Run(run_id="r1", origin="shop.merge")
HALVES = {"low": "id <= 900", "high": "id > 900"}
_ROOT = Path(__file__).parents[1]


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


def pipeline(table: Grown, store: ProfileStore, *, small_rows: int = 500) -> Pipeline:
    return Pipeline(source=table.source, store=store, clock=HandClock(), small_rows=small_rows)


def saved(table: Grown, store: ProfileStore, run: Run = RUN, **parts: str) -> None:
    for part, where in (parts or HALVES).items():
        save_part(pipeline(table, store), replace(T, where=where), run, part=part)


def merged(table: Grown, store: ProfileStore, *parts: str, small_rows: int = 500) -> ProfiledTable:
    return merge_parts(pipeline(table, store, small_rows=small_rows), T, RUN, parts=parts or tuple(HALVES))


def same_as_whole(profiled: ProfiledTable, table: Grown, *, small_rows: int = 500) -> None:
    alone = pipeline(table, MemoryStore(), small_rows=small_rows).run([T], Run(run_id="whole"))
    same(profiled.stored.profile, alone.profiled[0].stored.profile)


def same(one: TableProfile, other: TableProfile) -> None:
    assert (one.row_count, one.schema, one.exact) == (other.row_count, other.schema, other.exact)
    for left, right in zip(one.columns, other.columns, strict=True):
        same_exact_values(left, right)


def test_two_processes_profile_a_half_each_and_a_third_merges_them(table: Grown, tmp_path: Path) -> None:
    store_url = f"sqlite:///{tmp_path / 'store.db'}"
    command = [sys.executable, "-m", "tests.part_worker", table.url, store_url, RUN.run_id]
    workers = [
        subprocess.Popen([*command, part, where], cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for part, where in HALVES.items()
    ]
    ended = [(worker.communicate(timeout=100), worker.returncode) for worker in workers]
    assert ended == [(("900\n", ""), 0), (("1100\n", ""), 0)]
    with closing(open_store(store_url)) as store:
        profiled = merged(table, store)
        assert store.load(profiled.stored.profile_id) == profiled.stored
    same_as_whole(profiled, table)


def test_a_retry_of_a_part_replaces_it_and_a_retry_of_the_merge_finds_the_parts(lite: Grown) -> None:
    store = MemoryStore()
    saved(lite, store, low="id <= 100", high="id > 900")
    saved(lite, store, low="id <= 900")
    for _ in range(2):
        same_as_whole(merged(lite, store), lite)
    assert len(store.history("warehouse", lite.source.plan(T).schema.table)) == 1


def test_parts_that_are_small_together_are_read_again_and_exact(lite: Grown) -> None:
    store = MemoryStore()
    saved(lite, store)
    profiled = merged(lite, store, small_rows=2_000)
    assert profiled.stored.profile.exact
    same_as_whole(profiled, lite, small_rows=2_000)


def test_a_part_that_is_missing_is_named_with_those_that_there_are(lite: Grown) -> None:
    store = MemoryStore()
    saved(lite, store)
    with pytest.raises(PartsIncomplete, match=r"missing=\['third: it was not saved'\], known=\['high', 'low'\]"):
        merged(lite, store, "low", "high", "third")
    saved(lite, store, run=Run(run_id="r2"), third="1 = 0")
    with pytest.raises(PartsIncomplete, match="third"):
        merged(lite, store, "low", "high", "third")
    with pytest.raises(PartsIncomplete):
        merge_parts(pipeline(lite, store), T, RUN, parts=())


def test_a_part_without_rows_is_a_part(lite: Grown) -> None:
    store = MemoryStore()
    saved(lite, store)
    saved(lite, store, none="id < 0")
    same_as_whole(merged(lite, store, "low", "high", "none"), lite)


@pytest.mark.parametrize("high", ["id > 901", "id >= 900", "id > 900 and name is null"])
def test_parts_that_leave_rows_out_or_have_them_twice_are_an_error(lite: Grown, high: str) -> None:
    store = MemoryStore()
    saved(lite, store, low=HALVES["low"], high=high)
    with pytest.raises(PartsMismatch, match="table_rows=2000"):
        merged(lite, store)
    assert store.tables() == []


def test_a_part_that_was_saved_before_a_column_was_added_cannot_be_used(lite: Grown) -> None:
    store = MemoryStore()
    saved(lite, store)
    lite.run("alter table t add column note varchar(9)")
    with pytest.raises(PartsIncomplete, match="low: columns changed since it was saved: note"):
        merged(lite, store)


def test_a_part_is_never_taken_for_the_state_of_a_table(lite: Grown) -> None:
    store = MemoryStore()
    saved(lite, store, low="1 = 1")
    own = lite.source.plan(T).schema.table
    part = store.partials("r1", "warehouse", own)[0]
    whole = pipeline(lite, store).run([replace(T, incremental="at")], Run(run_id="a")).profiled[0]
    store.save(whole.stored, state=part.state)
    again = pipeline(lite, store).run([replace(T, incremental="at")], Run(run_id="b")).profiled[0]
    assert again.reason is not None
    assert "it is of another part of the table" in again.reason
