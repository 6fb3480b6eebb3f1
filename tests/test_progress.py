"""How far a run is: what is counted, what is estimated from it, and who hears of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.errors import ReadFailed
from taskflow_profilemesh.profiling import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.progress import Announcer, Progress, Tracker
from taskflow_profilemesh.reading.catalog import CatalogColumn
from taskflow_profilemesh.reading.plan import ReadPlan
from taskflow_profilemesh.reading.size import Size
from taskflow_profilemesh.tables import TableRef
from tests.clocks import HandClock

AGES = ColumnSchema("age", Kind.INTEGER, "bigint")


def plan_of(name: str, rows: int | None, *, queries: tuple[str, ...] = ("select",)) -> ReadPlan:
    """Return the plan of a table that is expected to have so many rows; None: nobody knows."""
    schema = TableSchema(TableRef(name), (AGES,))
    return ReadPlan(
        schema=schema,
        declared=schema,
        columns=(CatalogColumn(AGES, "age"),),
        queries=queries,
        reason="",
        count_query="",
        size=Size(rows),
    )


def batch_of(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"age": range(rows)})


def read(tracker: Tracker, plan: ReadPlan, *batches: int) -> None:
    for _ in tracker.counted(plan, (batch_of(rows) for rows in batches)):
        pass


def ignored(_: Progress) -> None:
    return None


def test_it_tells_before_the_first_batch_after_each_and_after_each_table(clock: HandClock) -> None:
    heard = list[tuple[int, int, int, int | None]]()

    def hear(progress: Progress) -> None:
        heard.append((progress.tables_done, progress.tables_total, progress.rows_read, progress.rows_estimated))

    a, b = plan_of("a", 30), plan_of("b", 10)
    tracker = Tracker([a, b], clock=clock, tell=hear)
    read(tracker, a, 10, 20)
    tracker.done(a.schema.table)
    tracker.done(b.schema.table)  # it failed before its first batch
    assert heard == [(0, 2, 0, 40), (0, 2, 10, 40), (0, 2, 30, 40), (1, 2, 30, 40), (2, 2, 30, 30)]


def test_a_batch_counts_when_it_was_worked_on(clock: HandClock) -> None:
    tracker = Tracker([plan_of("a", 10)], clock=clock, tell=ignored)
    batches = tracker.counted(plan_of("a", 10), iter([batch_of(10)]))
    next(batches)
    assert tracker.progress().rows_read == 0
    assert next(batches, None) is None
    assert tracker.progress().rows_read == 10


def test_the_rest_goes_at_the_pace_so_far_and_a_table_weighs_5000_rows_beside_its_own(clock: HandClock) -> None:
    a, b = plan_of("a", 10_000), plan_of("b", 40_000)
    tracker = Tracker([a, b], clock=clock, tell=ignored)
    read(tracker, a, 10_000)
    clock.advance(6)
    assert tracker.progress().remaining_seconds == pytest.approx(30)  # 10,000 of 60,000
    tracker.done(a.schema.table)
    assert tracker.progress().remaining_seconds == pytest.approx(18)  # 15,000 of 60,000


def test_many_tiny_tables_have_an_end_too(clock: HandClock) -> None:
    plans = [plan_of(f"t{number}", 0) for number in range(100)]
    tracker = Tracker(plans, clock=clock, tell=ignored)
    for plan in plans[:25]:
        clock.advance(1)
        tracker.done(plan.schema.table)
    assert tracker.progress().remaining_seconds == pytest.approx(75)


def test_nobody_knows_the_end_while_a_table_of_unknown_size_is_not_done(clock: HandClock) -> None:
    a, b = plan_of("a", None), plan_of("b", 10)
    tracker = Tracker([a, b], clock=clock, tell=ignored)
    read(tracker, a, 30)
    clock.advance(1)
    assert (tracker.progress().rows_estimated, tracker.progress().remaining_seconds) == (None, None)
    tracker.done(a.schema.table)
    assert tracker.progress().rows_estimated == 40
    assert tracker.progress().remaining_seconds == pytest.approx(5_010 / 5_030)


def test_nobody_knows_the_end_before_anything_was_done(clock: HandClock) -> None:
    tracker = Tracker([plan_of("a", 10)], clock=clock, tell=ignored)
    assert tracker.progress().remaining_seconds is None
    clock.advance(10)
    assert tracker.progress().remaining_seconds is None


def test_a_table_that_has_more_rows_than_thought_raises_the_estimate_and_one_with_fewer_lowers_it(
    clock: HandClock,
) -> None:
    a, b = plan_of("a", 10), plan_of("b", 10)
    tracker = Tracker([a, b], clock=clock, tell=ignored)
    read(tracker, a, 25)
    assert tracker.progress().rows_estimated == 35
    tracker.done(a.schema.table)
    read(tracker, b, 4)
    tracker.done(b.schema.table)
    assert tracker.progress().rows_estimated == 29


def test_of_a_table_that_grows_only_what_is_read_in_the_end_is_expected(clock: HandClock) -> None:
    planned = plan_of("a", 1_000)
    tracker = Tracker([planned], clock=clock, tell=ignored)
    read(tracker, plan_of("a", 7), 7)
    assert tracker.progress().rows_estimated == 7
    read(tracker, plan_of("a", 1_007), 1_007)  # rows came in between, so it is read whole
    assert (tracker.progress().rows_read, tracker.progress().rows_estimated) == (1_014, 1_014)


def test_a_plan_that_reads_nothing_is_expected_to_bring_nothing(clock: HandClock) -> None:
    tracker = Tracker([plan_of("a", 1_000, queries=())], clock=clock, tell=ignored)
    assert tracker.progress().rows_estimated == 0


def test_tables_that_could_not_be_planned_are_done_and_say_nothing_of_the_pace(clock: HandClock) -> None:
    tracker = Tracker([plan_of("a", 5_000), plan_of("b", 5_000)], clock=clock, tell=ignored, failed=8)
    clock.advance(3)
    read(tracker, plan_of("a", 5_000), 5_000)
    tracker.done(TableRef("a"))
    progress = tracker.progress()
    assert (progress.tables_done, progress.tables_total) == (9, 10)
    assert progress.remaining_seconds == pytest.approx(3)


@given(st.lists(st.tuples(st.none() | st.integers(0, 50), st.lists(st.integers(0, 50), max_size=3)), min_size=1))
def test_whatever_was_thought_it_ends_with_what_was_read(tables: list[tuple[int | None, list[int]]]) -> None:
    heard = list[Progress]()
    plans = [plan_of(f"t{place}", rows) for place, (rows, _) in enumerate(tables)]
    clock = HandClock()
    tracker = Tracker(plans, clock=clock, tell=heard.append)
    for plan, (_, batches) in zip(plans, tables, strict=True):
        clock.advance(1)
        read(tracker, plan, *batches)
        tracker.done(plan.schema.table)
    assert all(0 <= progress.share <= 1 for progress in heard)
    assert all(progress.rows_estimated is None or progress.rows_estimated >= progress.rows_read for progress in heard)
    end = heard[-1]
    assert end.is_over
    assert end.share == 1
    assert end.rows_read == end.rows_estimated == sum(sum(batches) for _, batches in tables)
    assert end.remaining_seconds == 0


def _progress(seconds: float, *, done: int = 0, remaining: float | None = None) -> Progress:
    return Progress(
        tables_done=done,
        tables_total=2,
        rows_read=1_500,
        rows_estimated=None if remaining is None else 4_000,
        elapsed_seconds=seconds,
        remaining_seconds=remaining,
    )


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (_progress(3.4), "0 of 2 tables, 1,500 rows in 3 s"),
        (_progress(119, remaining=600), "0 of 2 tables, 1,500 of about 4,000 rows in 119 s, about 10 min left"),
        (_progress(3_600, remaining=9_000), "0 of 2 tables, 1,500 of about 4,000 rows in 60 min, about 2.5 h left"),
        (_progress(5, done=2, remaining=0), "2 of 2 tables, 1,500 rows in 5 s"),
    ],
)
def test_progress_is_said_in_a_line(progress: Progress, told: str) -> None:
    assert str(progress) == told


@pytest.mark.parametrize(
    ("progress", "share"),
    [(_progress(5, done=1), 0.5), (_progress(5, remaining=15), 0.25), (_progress(0, done=2, remaining=0), 1.0)],
)
def test_the_share_is_of_the_time_or_where_nobody_knows_it_of_the_tables(progress: Progress, share: float) -> None:
    assert progress.share == share


def test_the_log_gets_a_line_every_half_minute_and_one_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    announce = Announcer(ignored)
    with caplog.at_level(logging.INFO, "taskflow_profilemesh.progress"):
        for seconds in range(0, 75, 5):
            announce(_progress(seconds))
        announce(_progress(75, done=2, remaining=0))
    assert caplog.messages == [
        "Progress: 0 of 2 tables, 1,500 rows in 30 s.",
        "Progress: 0 of 2 tables, 1,500 rows in 60 s.",
        "Progress: 2 of 2 tables, 1,500 rows in 75 s.",
    ]


def test_a_callback_that_raises_is_heard_of_in_the_log_and_not_called_again(caplog: pytest.LogCaptureFixture) -> None:
    calls = list[Progress]()

    def broken(progress: Progress) -> None:
        calls.append(progress)
        raise ZeroDivisionError

    announce: Callable[[Progress], None] = Announcer(broken)
    announce(_progress(1))
    announce(_progress(2))
    assert len(calls) == 1
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "The callback for progress failed" in record.getMessage()


def test_a_read_that_breaks_off_leaves_what_it_brought_counted(clock: HandClock) -> None:
    def broken() -> Iterator[pl.DataFrame]:
        yield batch_of(10)
        raise ReadFailed(source="w", table="a", reason="gone")

    plan = plan_of("a", 30)
    tracker = Tracker([plan], clock=clock, tell=ignored)
    with pytest.raises(ReadFailed):
        list(tracker.counted(plan, broken()))
    tracker.done(plan.schema.table)
    assert (tracker.progress().rows_read, tracker.progress().rows_estimated) == (10, 10)
