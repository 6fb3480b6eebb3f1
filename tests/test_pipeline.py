"""The spine with a source and a store of the test's own: what is asked, in which order, and what is kept."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import polars as pl
import pytest

from taskflow_profilemesh.drift import Severity
from taskflow_profilemesh.drift.gate import Gate, OnDrift
from taskflow_profilemesh.errors import (
    InvalidOption,
    ProfileMeshError,
    ReadFailed,
    SourceUnreachable,
    StoreUnreachable,
    TableNotFound,
)
from taskflow_profilemesh.outcome import ProfiledTable, Run, RunOutcome
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling import ColumnSchema, DecimalTotals, Kind, Precision, TableSchema
from taskflow_profilemesh.profiling.landed import LandedRows
from taskflow_profilemesh.progress import Progress
from taskflow_profilemesh.reading.catalog import CatalogColumn
from taskflow_profilemesh.reading.counting import Counts
from taskflow_profilemesh.reading.cursor import Mark, Survey
from taskflow_profilemesh.reading.plan import Growth, ReadPlan
from taskflow_profilemesh.storage import MemoryStore, StoredProfile
from taskflow_profilemesh.tables import Synced, TableRef, TableRequest
from tests.clocks import HandClock

AGES = ColumnSchema("age", Kind.INTEGER, "bigint")
NAMES = ColumnSchema("name", Kind.TEXT, "text")


@dataclass
class Tables:
    """A source whose tables are lists of batches of ages."""

    batches_by_table: dict[str, list[list[int]]]
    sampled: bool = False
    breaks: frozenset[str] = frozenset()
    unreachable: bool = False
    asked: list[str] = field(default_factory=list)
    landed: LandedRows | None = None
    name: str = "warehouse"

    def check(self) -> None:
        self.asked.append("check")
        if self.unreachable:
            raise SourceUnreachable(source=self.name, address="nowhere")

    def plan(self, request: TableRequest) -> ReadPlan:
        self.asked.append(f"plan {request.table}")
        if request.table.name not in self.batches_by_table:
            raise TableNotFound(source=self.name, table=str(request.table))
        return ReadPlan(
            schema=TableSchema(request.table, (AGES,)),
            declared=TableSchema(request.table, (AGES, NAMES)),
            columns=(CatalogColumn(AGES, "age"),),
            queries=(f"select age where {request.where}",),
            reason="small",
            count_query="",
            sampled=self.sampled,
        )

    def plans(self, requests: Sequence[TableRequest]) -> Iterator[ReadPlan | ProfileMeshError]:
        for request in requests:
            try:
                plan = self.plan(request)
            except ProfileMeshError as error:
                yield error
            else:
                yield plan

    def tables_batches(self, plans: Sequence[ReadPlan]) -> Iterator[tuple[ReadPlan, Iterator[pl.DataFrame]]]:
        return ((plan, self.batches(plan)) for plan in plans)

    def batches(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        name = plan.schema.table.name
        self.asked.append(f"read {name}")
        for ages in self.batches_by_table[name]:
            yield pl.DataFrame({"age": ages})
            if name in self.breaks:
                raise ReadFailed(source=self.name, table=name, reason="gone")

    def tables(self, *, unnamed_only: bool = False) -> list[TableRef]:
        return [TableRef(name) for name in self.batches_by_table]

    def row_count(self, plan: ReadPlan) -> int:
        return 1_000

    def counts(self, plan: ReadPlan) -> Counts:
        return Counts(1_000, {"age": 3}, pl.DataFrame({"age": [0, 120]}), {})

    def decimal_totals(self, plan: ReadPlan, columns: Collection[str]) -> Mapping[str, DecimalTotals]:
        return {}

    def landed_rows(self, plan: ReadPlan, job_id: int) -> LandedRows | None:
        self.asked.append(f"rows of job {job_id} in {plan.schema.table.name}")
        if self.landed is None:
            raise ReadFailed(source=self.name, table=plan.schema.table.name, reason="no such function")
        return self.landed

    def survey(self, growth: Growth, after: Mark | None) -> Survey:
        raise AssertionError


def _run(
    source: Tables,
    store: MemoryStore,
    *names: str,
    gate: Gate | None = None,
    fail_on_error: bool = True,
    run: str = "r",
) -> RunOutcome:
    pipeline = Pipeline(source=source, store=store, clock=HandClock(), gate=gate or Gate())
    requests = [TableRequest(TableRef(name)) for name in names]
    return pipeline.run(requests, Run(run_id=run, origin=run), fail_on_error=fail_on_error)


def test_every_table_is_planned_before_the_first_one_is_read() -> None:
    source = Tables({"a": [[1]], "b": [[2]]})
    _run(source, MemoryStore(), "a", "b")
    assert source.asked == ["check", "plan a", "plan b", "read a", "read b"]


def test_an_unreachable_source_is_asked_nothing_more() -> None:
    source = Tables({"a": [[1]]}, unreachable=True)
    with pytest.raises(SourceUnreachable):
        _run(source, MemoryStore(), "a")
    assert source.asked == ["check"]


def test_a_table_that_does_not_exist_stops_the_run_before_anything_is_read() -> None:
    source, store = Tables({"a": [[1]]}), MemoryStore()
    with pytest.raises(TableNotFound):
        _run(source, store, "a", "missing")
    assert store.tables() == []
    assert "read a" not in source.asked


def test_a_table_that_is_named_twice_is_read_once() -> None:
    source = Tables({"a": [[1]]})
    assert len(_run(source, MemoryStore(), "a", "a").profiled) == 1
    assert source.asked.count("read a") == 1


def test_two_parts_of_one_table_would_replace_each_other_and_are_refused_before_anything_is_read() -> None:
    source, store = Tables({"a": [[1]]}), MemoryStore()
    parts = [TableRequest(TableRef("a")), TableRequest(TableRef("a"), where="age > 1")]
    pipeline = Pipeline(source=source, store=store, clock=HandClock())
    with pytest.raises(InvalidOption, match="two parts of a"):
        pipeline.run(parts, Run(run_id="r"))
    assert "read a" not in source.asked


def test_a_table_that_breaks_off_costs_the_others_nothing_and_is_not_stored() -> None:
    store = MemoryStore()
    outcome = _run(Tables({"a": [[1]], "b": [[2]]}, breaks=frozenset("a")), store, "a", "b")
    assert [str(failure.table) for failure in outcome.failed] == ["a"]
    assert [str(table.stored.table) for table in outcome.profiled] == ["b"]
    assert store.tables() == [("warehouse", TableRef("b"))]


def test_batches_add_up_to_one_profile() -> None:
    stored = _run(Tables({"a": [[1, 2], [3], []]}), MemoryStore(), "a").profiled[0].stored
    column = stored.profile.columns[0]
    assert (stored.profile.row_count, column.minimum, column.maximum) == (3, 1, 3)
    assert column.numbers is not None
    assert column.numbers.mean == 2.0


def test_a_sample_keeps_the_exact_row_count_and_says_so() -> None:
    profile = _run(Tables({"a": [[1, 2]]}, sampled=True), MemoryStore(), "a").profiled[0].stored.profile
    assert (profile.row_count, profile.profiled_rows) == (1_000, 2)
    assert profile.columns[0].precision is Precision.SAMPLED


def test_a_profile_keeps_the_whole_declaration_whatever_part_was_read() -> None:
    profile = _run(Tables({"a": [[1]]}), MemoryStore(), "a").profiled[0].stored.profile
    assert [column.name for column in profile.schema.columns] == ["age", "name"]
    assert [column.schema.name for column in profile.columns] == ["age"]


def test_the_first_profile_is_compared_with_nothing_and_the_next_with_it() -> None:
    store = MemoryStore()
    first = _run(Tables({"a": [list(range(1_000))]}), store, "a", run="first").profiled[0]
    second = _run(Tables({"a": [[]]}), store, "a", run="second").profiled[0]
    assert first.report is None
    assert second.report is not None
    assert second.report.severity is Severity.HIGH


def test_a_retry_of_one_origin_is_never_compared_with_itself() -> None:
    store = MemoryStore()
    _run(Tables({"a": [[1]]}), store, "a", run="same")
    assert _run(Tables({"a": [[]]}), store, "a", run="same").profiled[0].report is None
    assert len(store.history("warehouse", TableRef("a"))) == 1


@pytest.mark.parametrize(("on_drift", "passed"), [(OnDrift.RECORD, True), (OnDrift.WARN, True), (OnDrift.FAIL, False)])
def test_a_run_that_its_gate_stops_is_stored_as_not_passed(on_drift: OnDrift, *, passed: bool) -> None:
    store = MemoryStore()
    _run(Tables({"a": [[1, 2]]}), store, "a", run="first")
    stored = _run(Tables({"a": [[]]}), store, "a", run="second", gate=Gate(on_drift)).profiled[0].stored
    assert stored.passed is passed


def test_a_store_that_breaks_ends_the_run_instead_of_counting_as_a_bad_table() -> None:
    class Broken(MemoryStore):
        def save(self, stored: StoredProfile, *, state: bytes | None = None) -> None:
            raise StoreUnreachable(store="s", reason="gone")

    with pytest.raises(StoreUnreachable):
        _run(Tables({"a": [[1]]}), Broken(), "a")


def test_whoever_listens_hears_of_each_table_after_it_was_stored() -> None:
    store, heard = MemoryStore(), list[tuple[str, bool]]()

    def listen(table: ProfiledTable) -> None:
        heard.append((str(table.stored.table), store.load(table.stored.profile_id) is not None))

    pipeline = Pipeline(source=Tables({"a": [[1]]}), store=store, clock=HandClock(), publish=listen)
    pipeline.run([TableRequest(TableRef("a"))], Run(run_id="r"))
    assert heard == [("a", True)]


def test_progress_is_told_by_batch_and_table_and_a_table_that_fails_is_done_too() -> None:
    heard = list[tuple[int, int, int]]()
    pipeline = Pipeline(
        source=Tables({"a": [[1, 2], [3]], "b": [[4], [5]]}, breaks=frozenset("a")),
        store=MemoryStore(),
        clock=HandClock(),
        progress=lambda now: heard.append((now.tables_done, now.tables_total, now.rows_read)),
    )
    wanted = [TableRequest(TableRef(name)) for name in ("missing", "a", "b")]
    pipeline.run(wanted, Run(run_id="r"), fail_on_error=False)
    assert heard == [(1, 3, 0), (1, 3, 2), (2, 3, 2), (2, 3, 3), (2, 3, 4), (3, 3, 4)]


def test_a_callback_for_progress_that_raises_costs_no_table() -> None:
    def broken(_: Progress) -> None:
        raise ZeroDivisionError

    source = Tables({"a": [[1]], "b": [[2]]})
    pipeline = Pipeline(source=source, store=MemoryStore(), clock=HandClock(), progress=broken)
    outcome = pipeline.run([TableRequest(TableRef(name)) for name in "ab"], Run(run_id="r"))
    assert [str(table.stored.table) for table in outcome.profiled] == ["a", "b"]


def test_the_log_says_in_a_line_what_was_profiled(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "taskflow_profilemesh.pipeline"):
        _run(Tables({"a": [[1, 2]]}), MemoryStore(), "a")
    told = [record.getMessage() for record in caplog.records if record.name == "taskflow_profilemesh.pipeline"]
    assert told == [
        "a: small",
        "a: 2 rows × 1 column profiled in 0.0 s. It is the first profile of this table.",
    ]


def test_the_log_names_every_table_that_cannot_be_profiled(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(TableNotFound):
        _run(Tables({}), MemoryStore(), "a", "b")
    assert [record.getMessage().partition(".")[0] for record in caplog.records] == [
        "a: not profiled",
        "b: not profiled",
    ]


def test_the_duration_is_taken_from_the_clock() -> None:
    clock = HandClock()

    class Slow(Tables):
        def batches(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
            clock.advance(7)
            yield pl.DataFrame({"age": [1]})

    pipeline = Pipeline(source=Slow({"a": []}), store=MemoryStore(), clock=clock)
    stored = pipeline.run([TableRequest(TableRef("a"))], Run(run_id="r")).profiled[0].stored
    assert stored.duration_seconds == 7
    assert stored.profiled_at - HandClock().now() == timedelta(seconds=7)


def _synced(rows: int) -> TableRequest:
    told = Synced(job_id=7, sync_mode="full_refresh_overwrite", rows_committed=rows, rows_last_attempt=rows)
    return TableRequest(TableRef("a"), synced=told)


def test_rows_are_counted_after_they_were_read_and_a_loss_stops_what_drift_stops() -> None:
    source = Tables({"a": [[1]]}, landed=LandedRows(rows=900, known_rows=900, job_rows=900, later_rows=0))
    gate = Gate(OnDrift.FAIL, Severity.HIGH)
    pipeline = Pipeline(source=source, store=MemoryStore(), clock=HandClock(), gate=gate)
    (table,) = pipeline.run([_synced(1_000)], Run(run_id="r")).profiled
    assert source.asked[-2:] == ["read a", "rows of job 7 in a"]
    assert table.report is not None
    assert ([one.metric for one in table.report.findings], table.stored.passed) == (["rows_lost"], False)


def test_a_sync_without_rows_costs_no_count() -> None:
    source = Tables({"a": [[1]]})
    Pipeline(source=source, store=MemoryStore(), clock=HandClock()).run([_synced(0)], Run(run_id="r"))
    assert source.asked[-1] == "read a"


def test_rows_that_cannot_be_counted_cost_the_profile_nothing(caplog: pytest.LogCaptureFixture) -> None:
    source = Tables({"a": [[1]]})
    outcome = Pipeline(source=source, store=MemoryStore(), clock=HandClock()).run([_synced(5)], Run(run_id="r"))
    assert (len(outcome.profiled), outcome.failed, outcome.profiled[0].report) == (1, (), None)
    assert "a: its rows were not held against those of job 7." in caplog.text
