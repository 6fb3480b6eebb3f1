"""What the database is asked for, by its own account: each row once, and never a statement for each column."""

from __future__ import annotations

import time

import psycopg
import pytest

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.reading.reads import Reader
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.reading.relay import relay_to
from tests.taskflow_profilemesh.reading.servers import in_postgres, source_at

pytestmark = pytest.mark.postgres

ROWS = 20_000
COLUMNS = 30
_FETCHED = "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables where relname = 't'"


@pytest.fixture
def table(postgres_url: str) -> str:
    columns = ", ".join(f"n * {place} as c{place}" for place in range(COLUMNS))
    in_postgres(
        postgres_url,
        f"create table t as select n as id, n::numeric(12,2) as price, {columns} from generate_series(1, {ROWS}) n",
        "vacuum analyze t",
    )
    return postgres_url


def _fetched(connection: psycopg.Connection[tuple[int]]) -> int:
    """Return the server's count, once every backend has reported: that takes up to a second."""
    deadline = time.monotonic() + 10
    while True:
        connection.execute("select pg_stat_clear_snapshot()")
        row = connection.execute(_FETCHED.encode()).fetchone()
        assert row is not None
        if row[0] >= ROWS or time.monotonic() > deadline:
            return row[0]


def _profile(url: str, reader: Reader, *, batch_rows: int) -> None:
    source = source_at(url, reader=reader, batch_rows=batch_rows)
    pipeline = Pipeline(source=source, store=MemoryStore(), clock=SystemClock())
    (profiled,) = pipeline.run([TableRequest(TableRef("t"))], Run(run_id="r")).profiled
    assert profiled.stored.profile.row_count == ROWS
    source.close()


@pytest.mark.parametrize("reader", ["connectorx", "adbc"])
@pytest.mark.parametrize("batch_rows", [2_000, 131_072])
def test_a_profile_with_exact_decimals_fetches_every_row_once(table: str, reader: Reader, batch_rows: int) -> None:
    with psycopg.connect(table, autocommit=True) as connection:
        connection.execute("select pg_stat_reset_single_table_counters('t'::regclass)")
        _profile(table, reader, batch_rows=batch_rows)
        fetched = _fetched(connection)
    assert ROWS <= fetched <= 1.05 * ROWS


@pytest.mark.parametrize("reader", ["connectorx", "adbc"])
def test_a_profile_sends_far_fewer_statements_than_the_table_has_columns(table: str, reader: Reader) -> None:
    with relay_to(table) as (relay, url):
        _profile(f"{url}?sslmode=disable", reader, batch_rows=131_072)
        texts = relay.statements()
    about_rows = [text for text in texts if '"public"."t"' in text]
    assert about_rows
    assert len({text.removeprefix("COPY (").partition(") TO")[0] for text in about_rows}) == 1
    assert len(texts) < COLUMNS
