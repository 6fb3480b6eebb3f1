"""What Airbyte says it committed, held against real rows: every sync mode, retries, partial failures and losses.

The mock moves the rows, our client runs the sync, and the pipeline reads the destination's database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mock_airbyte import AIRBYTE_BACKOFF, HandClock, MockAirbyte, StreamConfig, SyncMode
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.polling import Done
from taskflow_profilemesh.airbyte.result import SyncResult
from taskflow_profilemesh.airbyte.running import RunningSync
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.airbyte.sync import conclude
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.drift import Severity
from taskflow_profilemesh.events.openlineage import assertions
from taskflow_profilemesh.outcome import ProfiledTable, Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.table_requests import table_requests
from taskflow_profilemesh.tables import TableRequest
from tests.databases import mysql_connection
from tests.mock_airbyte import servers

MODES = tuple(mode.value for mode in SyncMode)
APPENDS = ("full_refresh_append", "incremental_append")
KEYED: dict[str, Any] = {"primary_key": (("id",),), "cursor_field": ("at",)}


def people(*numbers: int, at: int = 1) -> list[dict[str, Any]]:
    return [{"id": number, "name": f"person {number}", "at": at} for number in numbers]


@dataclass
class World:
    """A mock with one stream to a real database, a client of it, and a pipeline over that database."""

    mock: MockAirbyte
    url: str
    destination_id: str
    execute: Callable[[str], object]
    store: MemoryStore = field(default_factory=MemoryStore)
    connection_id: str = ""
    source_id: str = ""

    def connect(self, mode: str, rows: list[dict[str, Any]]) -> None:
        keyed = KEYED if "incremental" in mode or "deduped" in mode else {}
        self.source_id = self.mock.create_source("S", "mock-inline", streams=[{"name": "people", "rows": rows}])
        streams = [StreamConfig("people", None, SyncMode(mode), **keyed)]
        self.connection_id = self.mock.create_connection(
            self.source_id, self.destination_id, name="People", streams=streams
        )

    def sell(self, rows: list[dict[str, Any]]) -> None:
        self.mock.configure("source", self.source_id, streams=[{"name": "people", "rows": rows}])

    def sync(self) -> SyncResult:
        job_id = self.mock.sync(self.connection_id)
        assert self.mock.job(job_id).status == "succeeded"
        return self.result_of(job_id)

    def result_of(self, job_id: int) -> SyncResult:
        """Return what our own client makes of a job that has ended."""
        running = RunningSync(
            spec=SyncSpec(connection=self.connection_id),
            connection_id=self.connection_id,
            connection_name="People",
            workspace_id="w",
            job_id=job_id,
            role="own",
            since=0,
            deadline=1,
        )
        settings = AirbyteSettings.of(host=self.mock.url, login=self.mock.client_id, password=self.mock.client_secret)
        with AirbyteClient.from_settings(settings) as client:
            return conclude(client, running, Done(client.get(job_id)))

    def profile(self, result: SyncResult, **changes: Any) -> ProfiledTable:
        wanted = json.loads(json.dumps(result.as_dict() | changes))  # as it comes through XCom
        source = DatabaseSource(DatabaseAddress.from_url(self.url), name="warehouse")
        pipeline = Pipeline(source=source, store=self.store, clock=SystemClock())
        outcome = pipeline.run(table_requests(wanted), Run(run_id="r"))
        source.close()
        return outcome.profiled[0]


def lost(table: ProfiledTable) -> list[tuple[float, float | None]]:
    """Return what was committed and what was found, of each finding that rows are lost."""
    findings = table.report.findings if table.report else ()
    return [(one.baseline_value, one.current_value) for one in findings if one.metric == "rows_lost"]


def judged(table: ProfiledTable) -> bool:
    """Tell whether there was a verdict, of a table that had a profile before."""
    assert table.report is not None
    return any(distance.metric == "rows_lost" for distance in table.report.distances)


@pytest.fixture(params=["sqlite", "postgres", "mysql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with MockAirbyte(patience_seconds=30) as mock:
        if request.param == "sqlite":
            path = tmp_path / "warehouse.db"
            destination = mock.create_destination("W", "sqlite", destination_path=str(path))
            yield World(mock, f"sqlite:///{path}", destination, lambda statement: _script(path, statement))
            return
        url = request.getfixturevalue(f"{request.param}_url")
        parts = getattr(servers, f"{request.param}_parts")(url)
        destination = mock.create_destination("W", request.param, **parts)
        yield World(mock, url, destination, lambda statement: _execute(url, statement))


def _script(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(statement)
    connection.close()


def _execute(url: str, statement: str) -> None:
    if url.startswith("mysql"):
        with mysql_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
    else:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(statement)


@pytest.mark.parametrize("mode", MODES)
def test_no_mode_raises_a_false_alarm_over_several_syncs(world: World, mode: str) -> None:
    """Rows come anew, come again at the cursor, share keys, and do not come at all."""
    world.connect(mode, people(1, 2, 3))
    first = world.profile(world.sync())
    assert (lost(first), first.report) == ([], None)
    for rows in (people(1, 2, 3, at=2) + people(3, at=2), people(9, at=3), people(9, at=3), []):
        world.sell(rows or people(1, at=0))
        result = world.sync()
        table = world.profile(result)
        assert lost(table) == []
        assert judged(table) == bool(result.streams[0].rows_synced)


@pytest.mark.parametrize("mode", MODES)
def test_rows_that_are_gone_are_found_in_every_mode(world: World, mode: str) -> None:
    world.connect(mode, people(1, 2, 3))
    result = world.sync()
    world.execute("delete from people")
    table = world.profile(result)
    assert lost(table) == [(1 if "dedup" in mode else 3, 0)]
    assert table.report is not None
    assert table.report.severity is Severity.HIGH
    assert table.stored.drift["findings"][0]["metric"] == "rows_lost"


@pytest.mark.parametrize("mode", [*APPENDS, "full_refresh_overwrite"])
def test_one_row_that_is_gone_is_found_where_each_counts(world: World, mode: str) -> None:
    world.connect(mode, people(1, 2, 3))
    result = world.sync()
    world.execute("delete from people where id = 2")
    assert lost(world.profile(result)) == [(3, 2)]


@pytest.mark.parametrize("mode", MODES)
def test_a_later_sync_allows_no_verdict_about_the_one_before(world: World, mode: str) -> None:
    world.connect(mode, people(1, 2, 3))
    result = world.sync()
    world.profile(result)
    world.sell(people(1, 2, 3, at=2))
    world.sync()
    table = world.profile(result)
    assert (lost(table), judged(table)) == ([], False)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("meta", ["'{}'", "'{\"changes\": []}'"])
def test_rows_whose_sync_nobody_wrote_down_allow_no_verdict(world: World, mode: str, meta: str) -> None:
    world.connect(mode, people(1, 2, 3))
    result = world.sync()
    world.profile(result)
    world.execute(f"update people set _airbyte_meta = {meta}")
    table = world.profile(result)
    assert (lost(table), judged(table)) == ([], False)


def test_a_table_without_airbytes_columns_allows_no_verdict(world: World) -> None:
    world.connect("full_refresh_overwrite", people(1, 2, 3))
    result = world.sync()
    world.execute("drop table people")
    world.execute("create table people (id integer, name varchar(20))")
    assert lost(world.profile(result)) == []


def test_a_first_profile_with_lost_rows_asserts_nothing_of_a_schema(world: World) -> None:
    world.connect("full_refresh_overwrite", people(1, 2, 3))
    result = world.sync()
    world.execute("delete from people where id = 2")
    report = world.profile(result).report
    assert report is not None
    assert [(one.assertion, one.success) for one in assertions(report)] == [("drift.rows_lost", False)]


def test_a_part_that_is_profiled_is_held_against_nothing_but_the_table(world: World) -> None:
    world.connect("full_refresh_overwrite", people(1, 2, 3))
    result = world.sync()
    (request,) = table_requests(result.as_dict())
    source = DatabaseSource(DatabaseAddress.from_url(world.url), name="warehouse")
    pipeline = Pipeline(source=source, store=world.store, clock=SystemClock())
    assert isinstance(request, TableRequest)
    for _ in range(2):
        (table,) = pipeline.run([replace(request, where="id > 1")], Run(run_id="r")).profiled
    source.close()
    assert (table.stored.profile.row_count, lost(table), judged(table)) == (2, [], True)


METADATA = (
    "_airbyte_raw_id varchar not null, _airbyte_extracted_at timestamp not null, _airbyte_meta text not null,"
    " _airbyte_generation_id bigint"
)
REFUSE = "create trigger refuse before insert on people when new.id = 250 begin select raise(abort, 'no'); end;"


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[World]:
    """Four hundred rows, committed in steps of a hundred; the warehouse refuses the 250th until it is told not to."""
    numbers = "with recursive n(x) as (select 1 union all select x + 1 from n where x < 400) select x, x / 2 from n"
    people = f"create table people (id integer primary key, at integer); insert into people {numbers};"
    _script(
        tmp_path / "shop.db", f"{people} create table zoo (id integer primary key); insert into zoo values (1), (2);"
    )
    path = tmp_path / "warehouse.db"
    _script(path, f"create table people ({METADATA}, id bigint, at bigint); {REFUSE}")
    with MockAirbyte(clock=HandClock(), backoff=AIRBYTE_BACKOFF, patience_seconds=30, checkpoint_rows=100) as mock:
        destination = mock.create_destination("W", "sqlite", destination_path=str(path))
        world = World(mock, f"sqlite:///{path}", destination, lambda statement: _script(path, statement))
        world.source_id = mock.create_source("S", "mock-sqlite", path=str(tmp_path / "shop.db"))
        yield world


def _after_a_retry(world: World, *streams: StreamConfig, mend: str) -> SyncResult:
    """Let the first attempt fail half-way, mend the warehouse, and let the next one succeed."""
    world.connection_id = world.mock.create_connection(world.source_id, world.destination_id, streams=list(streams))
    job_id = world.mock.sync(world.connection_id)
    assert world.mock.job(job_id).status == "incomplete"
    world.execute(mend)
    world.mock.advance(10)
    assert world.mock.job(job_id).status == "succeeded"
    return world.result_of(job_id)


def test_an_append_that_goes_on_after_a_failure_is_held_against_all_its_attempts(sales: World) -> None:
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_APPEND, ("at",))
    result = _after_a_retry(sales, stream, mend="drop trigger refuse")
    (told,) = result.streams
    assert (result.attempts, told.rows_synced, told.rows_last_attempt) == (3, 401, 201)
    assert lost(sales.profile(result)) == []
    sales.execute("delete from people where id <= 150")
    assert lost(sales.profile(result)) == [(401, 251)]


def test_a_merge_that_goes_on_after_a_failure_has_lost_nothing(sales: World) -> None:
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_DEDUPED_HISTORY, ("at",), (("id",),))
    result = _after_a_retry(sales, stream, mend="drop trigger refuse")
    table = sales.profile(result)
    assert (table.stored.profile.row_count, lost(table)) == (400, [])


@pytest.mark.parametrize("mode", ["full_refresh_overwrite", "full_refresh_overwrite_deduped", "full_refresh_append"])
def test_a_stream_that_the_first_attempt_completed_has_lost_nothing(sales: World, mode: str) -> None:
    """The second stream cannot be written at first; the next attempt writes only that one."""
    sales.execute("drop trigger refuse; drop table people; create view zoo as select 1")
    keyed = KEYED if "dedup" in mode else {}
    streams = [StreamConfig("people", None, SyncMode(mode), **keyed), StreamConfig("zoo", None)]
    result = _after_a_retry(sales, *streams, mend="drop view zoo")
    assert result.attempts is not None
    assert result.attempts > 1
    assert [stream.rows_last_attempt for stream in result.streams] == [400, 2]
    assert lost(sales.profile(result)) == []
    sales.execute("delete from people")
    assert len(lost(sales.profile(result))) == 1


def test_what_a_job_that_failed_has_committed_is_no_loss_of_the_next_one(sales: World) -> None:
    stream = StreamConfig("people", None, SyncMode.INCREMENTAL_APPEND, ("at",))
    sales.connection_id = sales.mock.create_connection(sales.source_id, sales.destination_id, streams=[stream])
    job_id = sales.mock.sync(sales.connection_id)
    assert sales.mock.job(job_id).rows_committed == 200
    sales.mock.cancel(job_id)
    sales.execute("drop trigger refuse")
    next_id = sales.mock.sync(sales.connection_id)
    assert sales.mock.job(next_id).status == "succeeded"
    result = sales.result_of(next_id)
    assert result.rows_synced == 201
    table = sales.profile(result)
    assert (table.stored.profile.row_count, lost(table)) == (401, [])
    assert lost(sales.profile(result, status="cancelled")) == []
