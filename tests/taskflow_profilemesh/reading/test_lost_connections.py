"""Connections that break while a table is read: its ranges are read again, one by one, and every row comes once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import psycopg
import pytest

from taskflow_profilemesh.errors import ConnectionLost, SourceUnreachable
from taskflow_profilemesh.reading.reads import Reader
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock
from tests.taskflow_profilemesh.reading.relay import Relay, relay_to
from tests.taskflow_profilemesh.reading.servers import in_postgres, source_at

pytestmark = pytest.mark.postgres

ROWS = 30_000
HELD = threading.Event()


@pytest.fixture
def relayed(postgres_url: str) -> Iterator[tuple[Relay, str]]:
    in_postgres(
        postgres_url,
        "create table t (id int, filler text)",
        f"insert into t select n, repeat('x', 100) from generate_series(1, {ROWS}) n",
        "vacuum analyze t",
    )
    with relay_to(postgres_url) as found:
        yield found


@pytest.mark.parametrize("reader", ["connectorx", "adbc"])
def test_a_connection_that_is_cut_costs_its_range_and_not_the_table(
    relayed: tuple[Relay, str], reader: Reader, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    relay, url = relayed
    source = source_at(url, batch_rows=3000, reader=reader, clock=clock)
    plan = source.plan(TableRequest(TableRef("t")))
    assert len(plan.queries) >= 10
    relay.cut_after(1_500_000, 800_000)
    assert pl.concat(source.batches(plan))["id"].sort().to_list() == list(range(1, ROWS + 1))
    assert relay.cuts_left == 0
    assert "reading a part of it again (try=2)" in caplog.text
    assert "the rest is read from a later snapshot" in caplog.text
    source.close()


def _terminate_who_waits(url: str) -> int:
    """Hold a lock until a read waits for it; delete all rows, terminate that read, and let the lock go."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(1)")
        HELD.set()
        waiting = "from pg_stat_activity where wait_event = 'advisory' and application_name like 'profilemesh %'"
        deadline = time.monotonic() + 20
        while not connection.execute(f"select 1 {waiting}".encode()).fetchone():
            assert time.monotonic() < deadline
        connection.execute("delete from t")
        return len(connection.execute(f"select pg_terminate_backend(pid) {waiting}".encode()).fetchall())


def test_a_backend_that_is_terminated_costs_its_range_and_not_the_snapshot(
    postgres_url: str, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    in_postgres(postgres_url, "create table t (id int)", f"insert into t select n from generate_series(1, {ROWS}) n")
    source = source_at(postgres_url, batch_rows=3000, reader="connectorx", clock=clock)
    where = "case when id = 15000 then pg_advisory_lock_shared(1)::text is not null else true end"
    plan = source.plan(TableRequest(TableRef("t"), where=where))
    assert len(plan.queries) > 3
    with ThreadPoolExecutor(1) as pool:
        HELD.clear()
        saboteur = pool.submit(_terminate_who_waits, postgres_url)
        assert HELD.wait(10)
        ids = pl.concat(source.batches(plan))["id"].sort().to_list()
        assert saboteur.result() == 1
    assert ids == list(range(1, ROWS + 1))  # as they were when the first range was read
    assert "reading a part of it again (try=2)" in caplog.text
    assert "later snapshot" not in caplog.text


@pytest.mark.parametrize("reader", ["connectorx", "adbc"])
def test_ranges_read_what_was_there_when_the_first_of_them_was(postgres_url: str, reader: Reader) -> None:
    in_postgres(
        postgres_url,
        "create table t (id int, filler text)",
        f"insert into t select n, repeat('x', 50) from generate_series(1, {ROWS}) n",
    )
    source = source_at(postgres_url, batch_rows=1000, reader=reader)
    batches = source.batches(source.plan(TableRequest(TableRef("t"))))
    heights = [next(batches).height]
    in_postgres(postgres_url, "update t set filler = 'moved to the last pages'", "delete from t where id > 10")
    heights += [batch.height for batch in batches]
    assert sum(heights) == ROWS


@pytest.mark.parametrize("reader", ["connectorx", "adbc"])  # psycopg keeps the connection, or ADBC
def test_a_kept_connection_that_was_terminated_is_made_anew(
    postgres_url: str, reader: Reader, clock: HandClock
) -> None:
    in_postgres(postgres_url, "create table t (id int)")
    source = source_at(postgres_url, reader=reader, clock=clock)
    assert source.schema(TableRef("t")).columns
    ended = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'profilemesh'"
    in_postgres(postgres_url, ended + " and datname = current_database()")
    assert source.schema(TableRef("t")).columns
    assert clock.slept == [0.25]


def test_a_server_that_is_gone_for_good_is_noticed_in_seconds(relayed: tuple[Relay, str], clock: HandClock) -> None:
    relay, url = relayed
    source = source_at(url, batch_rows=3000, reader="connectorx", clock=clock)
    plan = source.plan(TableRequest(TableRef("t")))
    batches = source.batches(plan)
    next(batches)
    relay.close()
    began = time.monotonic()
    with pytest.raises((ConnectionLost, SourceUnreachable)):
        list(batches)
    assert time.monotonic() - began < 10
