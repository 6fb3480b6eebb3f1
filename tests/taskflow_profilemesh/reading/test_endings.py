"""A task that is told to end ends, and leaves nothing running on the server."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import cast

import psycopg
import pytest

from taskflow_profilemesh.errors import ReadCancelled, TableNotFound
from taskflow_profilemesh.reading.reads import READERS
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.databases import mysql_connection
from tests.processes import Command, started
from tests.taskflow_profilemesh.reading import reading_process
from tests.taskflow_profilemesh.reading.servers import in_mysql, in_postgres, rows_of, source_at

_ROOT = Path(__file__).parents[3]
_RUNNING = "select query from pg_stat_activity where application_name like 'profilemesh%' and state = 'active'"


def _until(is_so: Callable[[], bool], *, within_seconds: float) -> None:
    deadline = time.monotonic() + within_seconds
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "case", [("exit", "rows", 3), ("exit", "count", 3), ("cancel", "rows", 4), ("cancel", "count", 4)]
)
@pytest.mark.parametrize("reader", ["connectorx", "adbc"])
def test_sigterm_ends_the_process_and_its_queries(
    postgres_url: str, tmp_path: Path, reader: str, case: tuple[str, str, int]
) -> None:
    in_postgres(postgres_url, "create table t (id int)", "insert into t select n from generate_series(1, 20000) n")
    way, what, code = case
    where = "id < 3000 or pg_sleep(0.01) is not null"
    arguments = [sys.executable, reading_process.__file__, postgres_url, "t", where, reader, way, what]
    command = Command("reader", arguments, {**os.environ, "PYTHONPATH": str(_ROOT)}, tmp_path)
    with psycopg.connect(postgres_url, autocommit=True) as connection, started(command, tmp_path / "log") as process:

        def running() -> list[tuple[str]]:
            return connection.execute(f"{_RUNNING} and datname = current_database()".encode()).fetchall()

        process.wait_until(lambda: any("pg_sleep" in row[0] for row in running()), within_seconds=30)
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        assert process.exit_code(within_seconds=10) == code
        assert time.monotonic() - began < 2
        assert running() == []


@pytest.mark.postgres
def test_a_source_that_was_cancelled_reads_nothing_more(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table t (id int)", "insert into t values (1)")
    source = source_at(postgres_url)
    plan = source.plan(TableRequest(TableRef("t")))
    source.cancel()
    with pytest.raises(ReadCancelled, match="told to end"):
        list(source.batches(plan))
    with pytest.raises(ReadCancelled):
        source.plan(TableRequest(TableRef("t")))
    with pytest.raises(ReadCancelled):
        list(source.tables_batches([plan]))


@pytest.mark.postgres
def test_a_stream_that_nobody_wants_any_more_is_not_read_to_its_end(postgres_url: str) -> None:
    in_postgres(postgres_url, "create view v as select repeat('x', 1000) as a from generate_series(1, 10000000)")
    source = source_at(postgres_url, reader="adbc")
    batches = source.batches(source.plan(TableRequest(TableRef("v"))))
    assert next(batches).height
    began = time.monotonic()
    cast("Generator[object]", batches).close()
    assert source.schema(TableRef("v")).columns  # on the same connection
    assert time.monotonic() - began < 5
    source.close()


@pytest.mark.mysql
def test_a_cancelled_read_leaves_nothing_running_on_mysql(mysql_url: str) -> None:
    in_mysql(mysql_url, "create table t (id int primary key)", "insert into t select seq from seq_1_to_20000")
    source = source_at(mysql_url, batch_rows=1000)
    plan = source.plan(TableRequest(TableRef("t"), where="id < 1500 or sleep(0.01) = 0"))
    with closing(mysql_connection(mysql_url)) as connection, connection.cursor() as cursor:

        def is_running() -> bool:
            cursor.execute("select 1 from information_schema.processlist where info like 'select /* profilemesh%%'")
            return bool(cursor.fetchall())

        batches = source.batches(plan)
        next(batches)
        _until(is_running, within_seconds=10)
        began = time.monotonic()
        source.cancel()
        with pytest.raises(ReadCancelled):
            list(batches)
        assert time.monotonic() - began < 2
        _until(lambda: not is_running(), within_seconds=1)


@pytest.mark.postgres
def test_a_read_that_ends_well_cancels_nothing(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled: list[object] = []
    monkeypatch.setattr("taskflow_profilemesh.reading.connector.Connector.cancel", cancelled.append)
    in_postgres(postgres_url, "create table t (id int)", "insert into t select n from generate_series(1, 20000) n")
    for reader in READERS:
        source = source_at(postgres_url, batch_rows=1000, reader=reader)
        assert rows_of(source, "t").height == 20_000
        with pytest.raises(TableNotFound):
            source.schema(TableRef("missing"))
    assert cancelled == []
