"""Rows that cannot be moved: the attempts that follow, when, and what they go on from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mock_airbyte import AIRBYTE_BACKOFF, HandClock, MockAirbyte, Stage, StreamConfig, SyncMode, by_clock
from mock_airbyte.errands import errand_for
from mock_airbyte.failures import SyncFailure
from mock_airbyte.job_refusals import AlreadyRunning
from mock_airbyte.job_state import DueRows
from mock_airbyte.retries import NO_BACKOFF, Backoff, Failures, setbacks
from mock_airbyte.sync.progress import Progress
from mock_airbyte.sync.run import run
from tests.mock_airbyte.api import CONFIG, Api
from tests.mock_airbyte.journeys import Journey
from tests.mock_airbyte.shops import select

GOOD, BROKEN = "id,name\n1,Ada\n", "id,name\n1,Ada,too,many\n"
METADATA = (
    "_airbyte_raw_id varchar not null, _airbyte_extracted_at timestamp not null, _airbyte_meta text not null,"
    " _airbyte_generation_id bigint"
)
REFUSING = "create trigger refuse before insert on sales when new.id = 250 begin select raise(abort, 'no'); end"


def test_the_waits_are_airbytes() -> None:
    assert [AIRBYTE_BACKOFF.wait_seconds(n) for n in range(8)] == [0, 10, 30, 90, 270, 810, 1800, 1800]
    assert [NO_BACKOFF.wait_seconds(n) for n in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("so_far", "is_partial"),
    [
        (Failures(complete_in_a_row=4), False),
        (Failures(complete_in_all=9), False),
        (Failures(partial_in_a_row=999), True),
        (Failures(partial_in_all=19), True),
    ],
)
def test_one_failure_too_many_is_the_last(so_far: Failures, *, is_partial: bool) -> None:
    assert so_far.allow_another
    assert not so_far.and_one(is_partial=is_partial).allow_another
    assert so_far.and_one(is_partial=not is_partial).allow_another


def _ended(*outcomes: str) -> dict[int, Progress]:
    """Attempts that ended so: `system`, `config`, `partial`, `cancelled`."""
    clock, rows = HandClock(), dict[int, Progress]()
    for number, outcome in enumerate(outcomes):
        kind = "config_error" if outcome == "config" else "system_error"
        progress = Progress(now=clock.now, outcome="cancelled" if outcome == "cancelled" else "failed")
        progress.failure = SyncFailure("no", origin="source", kind=kind)  # type: ignore[arg-type]  # one of two
        progress.started_at = progress.finished_at = clock.now()
        progress.begin("s", None)
        progress.committed("s", None, records=int(outcome == "partial"), size=0)
        rows[number] = progress
    return rows


@pytest.mark.parametrize(
    ("outcomes", "status", "wait"),
    [
        (["system"], "incomplete", 10),
        (["system"] * 2, "incomplete", 30),
        (["system"] * 5, "failed", 0),
        (["system"] * 4 + ["partial"], "incomplete", 0),
        (["system"] * 4 + ["partial", "system"], "incomplete", 10),
        (["partial"] * 20, "failed", 0),
        (["system", "config"], "failed", 0),
        (["cancelled"], "cancelled", 0),
    ],
)
def test_what_follows_depends_on_all_failures_so_far(outcomes: list[str], status: str, wait: float) -> None:
    last = setbacks(_ended(*outcomes), Backoff())[len(outcomes) - 1]
    assert (last.status, last.wait_seconds) == (status, wait)


@pytest.fixture
def waiting(tmp_path: Path, warehouse: Path) -> Iterator[tuple[MockAirbyte, str, Path]]:
    """A mock with Airbyte's waits, a connection, and the CSV file that it reads."""
    mock = MockAirbyte(clock=HandClock(), backoff=AIRBYTE_BACKOFF, patience_seconds=30)
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "people.csv"
    file.write_text(GOOD)
    source = mock.create_source("S", "mock-files", folder=str(file.parent))
    yield (
        mock,
        mock.create_connection(source, mock.create_destination("W", "sqlite", destination_path=str(warehouse))),
        file,
    )
    mock.stop()


def test_a_broken_file_is_tried_five_times_and_what_each_attempt_did_is_shown(
    waiting: tuple[MockAirbyte, str, Path],
) -> None:
    mock, connection_id, file = waiting
    file.write_text(BROKEN)
    job_id = mock.sync(connection_id)
    began = []
    for wait in (10, 30, 90, 270):
        assert mock.job(job_id).status == "incomplete"
        mock.advance(wait - 1)
        assert mock.job(job_id).status == "incomplete"
        mock.advance(1)
        began.append(len(mock.job(job_id).attempts))
    state = mock.job(job_id)
    assert (began, state.status, state.failure and state.failure.kind) == ([2, 3, 4, 5], "failed", "system_error")
    ages = [(one.started_at - state.job.created_at).total_seconds() for one in state.attempts]
    assert ages == [0, 10, 40, 130, 400]
    assert state.history == ("pending", "running", *("incomplete", "running") * 4, "failed")
    info = Api(mock, CONFIG).post("/jobs/get", {"id": job_id})
    assert [one["attempt"]["failureSummary"]["failures"][0]["failureType"] for one in info["attempts"]] == [
        "system_error"
    ] * 5
    assert all("cannot be read as csv" in one["logs"]["logLines"][-1] for one in info["attempts"])


def test_a_file_that_is_mended_meanwhile_lets_the_next_attempt_succeed(
    waiting: tuple[MockAirbyte, str, Path], warehouse: Path
) -> None:
    mock, connection_id, file = waiting
    file.write_text(BROKEN)
    job_id = mock.sync(connection_id)
    assert mock.job(job_id).status == "incomplete"
    with pytest.raises(AlreadyRunning):
        mock.sync(connection_id)
    file.write_text(GOOD)
    mock.advance(10)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed) == ("succeeded", 1)
    assert [one.status for one in state.attempts] == ["failed", "succeeded"]
    assert select(warehouse, "select name from people") == [("Ada",)]


def test_a_job_that_waits_for_its_next_attempt_can_be_cancelled(waiting: tuple[MockAirbyte, str, Path]) -> None:
    mock, connection_id, file = waiting
    file.write_text(BROKEN)
    job_id = mock.sync(connection_id)
    assert mock.job(job_id).status == "incomplete"
    assert mock.cancel(job_id).status == "cancelled"
    mock.advance(3600)
    assert (mock.job(job_id).status, len(mock.job(job_id).attempts)) == ("cancelled", 1)


def test_one_long_step_of_the_clock_passes_all_attempts_of_a_scheduled_job(
    waiting: tuple[MockAirbyte, str, Path],
) -> None:
    mock, connection_id, file = waiting
    hourly = {"scheduleType": "cron", "cronExpression": "0 0 * * * ?"}
    mock.world.put_connection(replace(mock.world.connection(connection_id), schedule=hourly))
    file.write_text(BROKEN)
    mock.advance(2 * 3600 - 1)
    (job,) = mock.jobs(connection_id)
    ages = [(one.started_at - job.job.created_at).total_seconds() for one in job.attempts]
    assert (job.status, ages) == ("failed", [0, 10, 40, 130, 400])


def test_without_waits_a_lost_cause_is_over_at_the_first_look(waiting: tuple[MockAirbyte, str, Path]) -> None:
    mock, connection_id, file = waiting
    mock.book.backoff = NO_BACKOFF
    file.write_text(BROKEN)
    state = mock.job(mock.sync(connection_id))
    assert (state.status, len(state.attempts)) == ("failed", 5)


def test_a_failure_of_the_configuration_is_not_tried_again(waiting: tuple[MockAirbyte, str, Path]) -> None:
    mock, connection_id, file = waiting
    file.unlink()
    state = mock.job(mock.sync(connection_id))
    assert (state.status, len(state.attempts)) == ("failed", 1)


def test_both_sides_are_checked_after_a_failure_and_a_failed_check_ends_the_job(
    waiting: tuple[MockAirbyte, str, Path],
) -> None:
    mock, connection_id, file = waiting
    file.write_text(BROKEN)
    job_id = mock.sync(connection_id)
    assert mock.job(job_id).status == "incomplete"
    file.unlink()
    mock.advance(10)
    state = mock.job(job_id)
    assert state.failure is not None
    assert (state.status, len(state.attempts), state.failure.kind) == ("failed", 2, "config_error")
    assert state.failure.external_message.startswith("Checking source connection failed")
    assert "No CSV, Parquet or JSONL file" in state.failure.internal_message


def test_an_attempt_runs_again_for_as_long_as_its_timeline_says(waiting: tuple[MockAirbyte, str, Path]) -> None:
    mock, connection_id, file = waiting
    mock.book.plan(by_clock(pending_seconds=5, running_seconds=60))
    file.write_text(BROKEN)
    job_id = mock.sync(connection_id)
    mock.advance(65)
    assert mock.job(job_id).status == "incomplete"
    file.write_text(GOOD)
    seen = []
    for seconds in (9, 1, 59, 1):
        mock.advance(seconds)
        seen.append(mock.job(job_id).status)
    assert seen == ["incomplete", "running", "running", "succeeded"]


def test_a_job_moved_by_hand_is_tried_again_too(waiting: tuple[MockAirbyte, str, Path]) -> None:
    mock, connection_id, file = waiting
    mock.book.plan((Stage("running"),))
    file.write_text(BROKEN)
    job_id = mock.sync(connection_id)
    mock.transition(job_id, "succeeded")
    assert mock.job(job_id).status == "incomplete"
    file.write_text(GOOD)
    mock.advance(10)
    assert mock.job(job_id).status == "succeeded"


def test_streams_that_are_complete_are_not_moved_again(waiting: tuple[MockAirbyte, str, Path], warehouse: Path) -> None:
    mock, connection_id, file = waiting
    (file.parent / "zoo.csv").write_text(GOOD)
    connection = mock.world.connection(connection_id)
    both = mock.create_connection(connection.source_id, connection.destination_id)
    _run(warehouse, "create view zoo as select 1")  # a view cannot be dropped as a table
    job_id = mock.sync(both)
    state = mock.job(job_id)
    assert (state.rows_committed, [len(one.streams) for one in state.attempts]) == (1, [2, 1])
    _run(warehouse, "drop view zoo")
    mock.advance(10)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed, state.attempts[-1].streams[0].name) == ("succeeded", 2, "zoo")


def _run(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def _shop(path: Path, rows: int = 400) -> None:
    numbers = f"with recursive n(x) as (select 1 union all select x + 1 from n where x < {rows}) select x, x / 2 from n"
    _run(path, f"create table sales (id integer primary key, at integer); insert into sales {numbers}")


@pytest.fixture
def sales(tmp_path: Path, warehouse: Path) -> Iterator[tuple[MockAirbyte, str]]:
    """Four hundred sales, two to each cursor, appended in steps of a hundred; the 250th is refused by the warehouse."""
    _shop(tmp_path / "shop.db")
    mock = MockAirbyte(clock=HandClock(), backoff=AIRBYTE_BACKOFF, patience_seconds=30, checkpoint_rows=100)
    source = mock.create_source("S", "mock-sqlite", path=str(tmp_path / "shop.db"))
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    stream = StreamConfig("sales", None, SyncMode.INCREMENTAL_APPEND, ("at",))
    _run(warehouse, f"create table sales ({METADATA}, id bigint, at bigint); {REFUSING}")
    yield mock, mock.create_connection(source, destination, streams=[stream])
    mock.stop()


def test_a_failure_midway_leaves_what_was_committed_and_the_next_attempt_goes_on_from_there(
    sales: tuple[MockAirbyte, str], warehouse: Path
) -> None:
    mock, connection_id = sales
    job_id = mock.sync(connection_id)
    state = mock.job(job_id)
    assert (state.status, state.rows_committed, state.attempts[0].streams[0].is_complete) == ("incomplete", 200, False)
    assert state.failure is not None
    assert (state.failure.origin, state.failure.kind) == ("destination", "system_error")
    assert select(warehouse, "select count(*), max(id) from sales") == [(200, 200)]
    assert mock.world.states(connection_id)["sales", None].cursor == 100
    assert Api(mock).get(f"/jobs/{job_id}")["rowsSynced"] == 200


def test_a_partial_failure_is_followed_at_once_and_nothing_is_missing_in_the_end(
    sales: tuple[MockAirbyte, str], warehouse: Path
) -> None:
    mock, connection_id = sales
    job_id = mock.sync(connection_id)
    first, second = mock.job(job_id).attempts
    summary = Api(mock, CONFIG).post("/jobs/get", {"id": job_id})["attempts"][0]["attempt"]["failureSummary"]
    assert (summary["partialSuccess"], first.started_at == second.started_at) == (True, True)
    _run(warehouse, "drop trigger refuse")
    mock.advance(10)
    state = mock.job(job_id)
    assert (state.status, len(state.attempts)) == ("succeeded", 3)
    counts = select(warehouse, "select count(*), count(distinct id), count(distinct _airbyte_raw_id) from sales")
    assert counts == [(401, 400, 401)], "the row at the cursor comes again; each row has an id of its own"
    assert state.rows_committed == 401


def test_a_cancel_keeps_what_was_committed(sales: tuple[MockAirbyte, str], warehouse: Path) -> None:
    mock, connection_id = sales
    job_id = mock.sync(connection_id)
    mock.job(job_id)
    assert mock.cancel(job_id).status == "cancelled"
    _run(warehouse, "drop trigger refuse")
    assert mock.job(mock.sync(connection_id)).rows_committed == 201, "the next job goes on from there, too"


def test_a_refresh_goes_on_within_its_job_as_one_generation(sales: tuple[MockAirbyte, str], warehouse: Path) -> None:
    mock, connection_id = sales
    job_id = mock.refresh(connection_id)
    assert mock.job(job_id).rows_committed == 200
    _run(warehouse, "drop trigger refuse")
    mock.advance(10)
    assert mock.job(job_id).status == "succeeded"
    assert select(warehouse, "select distinct _airbyte_generation_id from sales") == [(1,)]
    assert mock.job(mock.refresh(connection_id)).rows_committed == 400


def test_rows_that_come_in_no_order_are_committed_as_a_whole(mock: MockAirbyte, warehouse: Path) -> None:
    mock.book.checkpoint_rows = 1
    rows = [{"id": number, "at": -number} for number in range(300)]
    source = mock.create_source("S", "mock-inline", streams=[{"name": "people", "rows": rows}])
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_APPEND, ("at",))
    state = mock.job(mock.sync(mock.create_connection(source, destination, streams=[stream])))
    assert [line.message for line in state.lines] == ["destination > Committed 300 records of stream 'people'."]


def test_readers_see_the_old_table_until_an_overwrite_is_complete(
    mock: MockAirbyte, tmp_path: Path, warehouse: Path
) -> None:
    _shop(tmp_path / "shop.db")
    mock.book.checkpoint_rows = 100
    source = mock.create_source("S", "mock-sqlite", path=str(tmp_path / "shop.db"))
    destination = mock.create_destination("W", "sqlite", destination_path=str(warehouse))
    state = mock.job(mock.sync(mock.create_connection(source, destination)))
    assert [line.message for line in state.lines] == ["destination > Committed 400 records of stream 'sales'."]


def test_a_kill_between_a_commit_and_its_remembering_leaves_each_key_once(journey: Journey, tmp_path: Path) -> None:
    _shop(tmp_path / "shop.db")
    mock = journey.mock
    source = mock.create_source("Sales", "mock-sqlite", path=str(tmp_path / "shop.db"))
    stream = StreamConfig("sales", None, SyncMode.INCREMENTAL_DEDUPED_HISTORY, ("at",))
    connection_id = mock.create_connection(source, journey.destination_id, streams=[stream])
    mock.book.plan((Stage("running"),))
    job = mock.world.connection(connection_id), mock.book.start(connection_id).job
    errand = errand_for(mock.world, job[1], DueRows(0, job[0].streams), checkpoint_rows=150)

    def killed(*_: Any) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        run(replace(errand, remember=killed), _progress(mock))
    assert journey.query("select count(*) from sales") == [(150,)]
    progress = _progress(mock)
    run(errand, progress)
    assert progress.outcome == "succeeded"
    assert journey.query("select count(*), count(distinct id) from sales") == [(400, 400)]


def _progress(mock: MockAirbyte) -> Progress:
    return Progress(now=mock.world.clock.now)
