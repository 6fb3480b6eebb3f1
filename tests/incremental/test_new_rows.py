"""Incremental profiles on real databases: what is read, what is noticed, and whose numbers they are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from taskflow_profilemesh.drift import Severity
from taskflow_profilemesh.drift.gate import Gate, OnDrift
from taskflow_profilemesh.errors import ColumnNotFound, InvalidOption
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.progress import Progress
from taskflow_profilemesh.reading import DatabaseSource
from taskflow_profilemesh.reading.plan import ReadPlan
from taskflow_profilemesh.storage import MemoryStore, open_store
from taskflow_profilemesh.tables import TableRequest
from tests.clocks import HandClock
from tests.grown import DATABASES, Grown
from tests.incremental.runs import Runs, T, same, told, whole


@pytest.mark.parametrize("table", DATABASES, indirect=True)
@pytest.mark.parametrize("cursor", ["at", "id"])
def test_only_new_rows_are_read_and_the_numbers_are_those_of_the_whole_table(table: Grown, cursor: str) -> None:
    runs = Runs()
    assert "Read whole, because there is no state" in told(runs.profile(table, cursor=cursor))
    news = (("40 rows", range(2_001, 2_041)), ("2,459 rows", range(2_041, 4_500)), ("1 row", range(4_500, 4_501)))
    for sync, (said, numbers) in enumerate(news, start=1):
        table.fill(numbers, sync=sync)
        profiled = runs.profile(table, cursor=cursor)
        assert f"Only the {said} whose {cursor} is above the mark" in told(profiled)
        same(profiled.stored.profile, whole(table))


def test_progress_expects_only_the_rows_that_are_new(table: Grown) -> None:
    runs, heard = Runs(), list[Progress]()
    runs.profile(table)
    table.fill(range(2_001, 2_041), sync=1)
    pipeline = Pipeline(source=table.source, store=runs.store, clock=HandClock(), small_rows=500, progress=heard.append)
    pipeline.run([TableRequest(T, incremental="at")], Run(run_id="r"))
    assert {(progress.rows_read, progress.rows_estimated) for progress in heard[1:]} == {(40, 40)}


def test_without_new_rows_nothing_is_read(table: Grown) -> None:
    class Unread(DatabaseSource):
        def batches(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
            assert plan.queries == ()
            return iter(())

    runs = Runs()
    runs.profile(table)
    source = table.source
    unread = Unread(source._address, name=source.name, batch_rows=700)
    again = runs.profile(table, source=unread)
    assert "Nothing, because no row" in told(again)
    same(again.stored.profile, whole(table))
    assert again.stored.drift["detected"] is False


@pytest.mark.postgres
def test_sums_of_decimals_that_no_double_holds_stay_exact(postgres_table: Grown) -> None:
    postgres_table.run(
        "alter table t alter column amount type numeric",
        "update t set amount = 12345678901234567890123456789.000000000000001 where id = 1",
    )
    runs = Runs()
    runs.profile(postgres_table, cursor="id")
    postgres_table.run("insert into t values (9001, now(), 0.000000000000000000000000001, 'n')")
    profiled = runs.profile(postgres_table, cursor="id")
    assert "Only the 1 row whose" in told(profiled)
    same(profiled.stored.profile, whole(postgres_table))
    amount = profiled.stored.profile.column("amount")
    assert amount is not None
    assert amount.numbers is not None
    total = amount.numbers.total
    assert isinstance(total, Decimal)
    assert len(str(total)) > 50  # digits, of which a double holds 17
    assert (amount.minimum, amount.maximum) == (
        Decimal("0.000000000000000000000000001"),
        Decimal("12345678901234567890123456789.000000000000001"),
    )


@pytest.mark.postgres
def test_rows_that_fill_holes_on_earlier_pages_are_read_once(postgres_url: str) -> None:
    table = Grown(postgres_url)
    table.create()
    table.run("alter table t set (fillfactor = 100)")
    table.run(
        "insert into t select n, '2026-01-01', 1, repeat('x', 39) from generate_series(1, 400000) n",
        "delete from t where id % 9000 = 0",
        "vacuum t",
    )
    runs = Runs()
    runs.profile(table, cursor="id")
    table.run("insert into t select n, '2026-01-02', 1, 'y' from generate_series(400001, 402000) n")
    profiled = runs.profile(table, cursor="id")
    assert "Only the 2,000 rows" in told(profiled)
    assert profiled.stored.profile.row_count == 400_000 - 44 + 2_000
    same(profiled.stored.profile, whole(table))


def test_another_part_of_the_table_is_read_whole(table: Grown) -> None:
    runs = Runs()
    runs.profile(table)
    assert "it is of another part of the table (where)" in told(runs.profile(table, where="id > 0"))
    assert "Nothing, because no row" in told(runs.profile(table, where="id > 0"))
    assert "(incremental)" in told(runs.profile(table, where="id > 0", cursor="id"))
    assert "columns changed" in told(runs.profile(table, where="id > 0", cursor="id", columns=("id",)))


def test_a_condition_holds_for_new_rows_too(table: Grown) -> None:
    runs, where = Runs(), "id % 3 = 0 -- thirds"
    runs.profile(table, where=where)
    table.fill(range(2_001, 2_061), sync=1)
    profiled = runs.profile(table, where=where)
    assert "Only the 20 rows" in told(profiled)
    same(profiled.stored.profile, whole(table, where=where))


def test_the_cursor_need_not_be_profiled(table: Grown) -> None:
    runs = Runs()
    runs.profile(table, columns=("amount",))
    table.fill(range(2_001, 2_011), sync=1)
    profiled = runs.profile(table, columns=("amount",))
    assert "Only the 10 rows" in told(profiled)
    same(profiled.stored.profile, whole(table, columns=("amount",)))


def test_a_small_table_is_read_whole_and_leaves_no_state(table: Grown) -> None:
    table.run("delete from t where id > 500")
    runs = Runs()
    for _ in range(2):
        assert "Read whole, because it is small (500 rows)" in told(runs.profile(table))
    assert runs.store.state("warehouse", table.source.plan(TableRequest(T)).schema.table) is None


def test_a_state_that_is_damaged_is_not_used(table: Grown) -> None:
    runs = Runs()
    stored = runs.profile(table).stored
    for state in (b"", b"half", (runs.store.state("warehouse", stored.table) or b"")[:-9]):
        runs.store.save(stored, state=state)
        if state:
            assert "the saved state cannot be used: it" in told(runs.profile(table))


def test_a_run_that_its_gate_stops_leaves_the_state_before_it(table: Grown) -> None:
    runs = Runs()
    runs.profile(table)
    table.fill(range(2_001, 5_001), sync=1)
    stopped = runs.profile(table, gate=Gate(OnDrift.FAIL, Severity.LOW))
    assert (stopped.stored.passed, "Only the 3,000 rows" in told(stopped)) == (False, True)
    again = runs.profile(table)
    assert "Only the 3,000 rows" in told(again)
    same(again.stored.profile, whole(table))


def test_rows_that_are_written_while_the_new_ones_are_read_lead_to_a_whole_profile(table: Grown) -> None:
    class Busy(DatabaseSource):
        def batches(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
            if "Only" in plan.reason:
                table.fill([9_001], sync=1)  # below the newest that was just seen
            return super().batches(plan)

    runs = Runs()
    runs.profile(table)
    table.fill(range(2_001, 2_011), sync=1)
    source = table.source
    profiled = runs.profile(table, source=Busy(source._address, name=source.name, batch_rows=700))
    assert "Read whole, because rows were written while the new ones were read" in told(profiled)
    assert profiled.stored.profile.row_count == 2_011


def test_the_result_of_a_task_says_what_was_read(table: Grown) -> None:
    pipeline = Pipeline(source=table.source, store=MemoryStore(), clock=HandClock())
    asked = pipeline.run([TableRequest(T, incremental="at")], Run(run_id="r")).as_result()["tables"][0]
    assert asked["plan"] == "Read whole, because it is small (2,000 rows). " + table.source.plan(TableRequest(T)).reason
    plain = pipeline.run([TableRequest(T)], Run(run_id="r")).as_result()["tables"][0]
    assert "plan" not in plain


@pytest.mark.parametrize("cursor", ["name", "amount"])
def test_a_column_without_an_order_to_go_by_is_refused(table: Grown, cursor: str) -> None:
    with pytest.raises(InvalidOption, match="an integer, date or timestamp column"):
        table.source.plan(TableRequest(T, incremental=cursor))


def test_a_cursor_that_does_not_exist_or_stands_beside_a_sample_is_refused(table: Grown) -> None:
    with pytest.raises(ColumnNotFound, match="Did you mean 'at'"):
        table.source.plan(TableRequest(T, incremental="At"))
    with pytest.raises(InvalidOption, match="one of the two"):
        table.source.plan(TableRequest(T, incremental="at", sample=0.5))


def test_of_two_runs_at_once_one_leaves_its_state_and_the_next_goes_on_from_it(table: Grown, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with closing(open_store(url)) as store:
        Runs(store).profile(table)
        for sync in range(1, 4):
            table.fill(range(2_000 + 50 * sync, 2_050 + 50 * sync), sync=sync)
            with ThreadPoolExecutor(2) as pool:
                both = list(pool.map(lambda number: Runs(store, number * 100).profile(table), range(2)))
            assert {profiled.stored.profile.row_count for profiled in both} == {2_000 + 50 * sync}
        last = Runs(store, 900).profile(table)
    assert "Nothing, because no row" in told(last)
    same(last.stored.profile, whole(table))


def test_a_merged_profile_is_compared_as_any_other(table: Grown) -> None:
    runs = Runs()
    runs.profile(table)
    table.fill(range(2_001, 9_001), sync=1)
    report = runs.profile(table).report
    assert report is not None
    assert report.as_dict()["detected"]
