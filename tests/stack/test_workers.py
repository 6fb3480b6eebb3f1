"""One table on two of Celery's workers, which share nothing but the store: as one task would do it, whoever dies."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg import sql

from taskflow_profilemesh.profiling import ColumnProfile, TableProfile
from taskflow_profilemesh.storage import open_store
from tests.stack.conftest import needs_redis
from tests.stack.polling import awaited
from tests.stack.rest import Run
from tests.stack.stack import Stack

pytestmark = [needs_redis, pytest.mark.timeout(500)]

ROWS = 200_000
SHARES = 8
_PLACES = 4  # two workers, each with two
_RANGES_SECONDS = 240


@pytest.fixture
def large(stack: Stack) -> Iterator[str]:
    """A table of the warehouse that is too large to be read at once; its name."""
    name = f"large_{secrets.token_hex(4)}"
    columns = "i as id, i % 1000 as amount, nullif(i % 7, 0) / 4.0 as price, 'customer ' || i % 5000 as customer"
    made = f"create table {name} as select {columns} from generate_series(1, {ROWS}) i"
    with psycopg.connect(stack.databases.warehouse.owner_url) as connection:
        connection.execute(made.encode())
        connection.execute(f"grant select on {name} to public".encode())
        connection.execute(f"analyze {name}".encode())
    yield f"public.{name}"
    with psycopg.connect(stack.databases.warehouse.owner_url) as connection:
        connection.execute(f"drop table {name}".encode())


def test_a_worker_that_dies_half_way_leaves_the_profile_that_one_task_makes(stack: Stack, large: str) -> None:
    whole = stack.airflow.trigger("table_in_one_task", table=large)
    whole.wait_for("success")
    run = stack.airflow.trigger("table_in_shares", table=large)
    _wait_for_ranges(run, lambda ranges: bool(_in_state(ranges, "success")))
    with _locked(stack, large):  # no range goes on until a worker is dead
        running = _in_state(_wait_for_ranges(run, _all_workers_are_busy), "running")
        dead = stack.service_of(running[0]["pid"])
        assert dead.name in {"worker-1", "worker-2"}
        dead.kill()
    try:
        run.wait_for("success", within_seconds=_RANGES_SECONDS)
    finally:
        dead.start()
    ranges = _ranges(run)
    assert [one["state"] for one in ranges] == ["success"] * SHARES
    assert {one["try_number"] for one in ranges} == {1, 2}  # only what the dead one had was read again
    merged, alone = run.task("large.merge").result(), whole.task("profile").result()
    assert (merged["tables"][0]["row_count"], merged["drift"]["detected"]) == (ROWS, False)
    assert _exact(_stored(stack, merged)) == _exact(_stored(stack, alone))


def test_drift_is_found_when_the_second_run_lands_on_the_other_worker(stack: Stack, large: str) -> None:
    stack.services["worker-2"].kill()
    try:
        stack.airflow.trigger("table_in_one_task", table=large).wait_for("success")
    finally:
        stack.services["worker-2"].start()
    with psycopg.connect(stack.databases.warehouse.owner_url) as connection:
        connection.execute(f"update {large} set amount = amount + 5000".encode())
    stack.services["worker-1"].kill()
    try:
        second = stack.airflow.trigger("table_in_one_task", table=large)
        second.wait_for("success")
    finally:
        stack.services["worker-1"].start()
    assert second.task("profile").result()["drift"]["severity"] == "high"


def _ranges(run: Run) -> list[dict[str, Any]]:
    listed = run.airflow.ask("GET", f"{run.path}/taskInstances?limit=50")["task_instances"]
    return [one for one in listed if one["task_id"] == "large.profile_range"]


def _in_state(ranges: list[dict[str, Any]], state: str) -> list[dict[str, Any]]:
    return [one for one in ranges if one["state"] == state and one["pid"]]


def _all_workers_are_busy(ranges: list[dict[str, Any]]) -> bool:
    """Return whether no range is on its way to a worker: one that dies with its worker then would be lost for long."""
    left = SHARES - len(_in_state(ranges, "success"))
    return 0 < len(_in_state(ranges, "running")) == min(left, _PLACES)


def _wait_for_ranges(run: Run, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    return awaited(lambda: _ranges(run), wanted, what="the ranges", within_seconds=_RANGES_SECONDS)


def _locked(stack: Stack, table: str) -> Any:
    """Return a connection that lets nobody read the table until it is closed."""
    connection = psycopg.connect(stack.databases.warehouse.owner_url)
    schema, _, name = table.partition(".")
    connection.execute(sql.SQL("lock table {}").format(sql.Identifier(schema, name)))
    return connection


def _stored(stack: Stack, result: dict[str, Any]) -> TableProfile:
    with closing(open_store(stack.databases.profiles.owner_url)) as store:
        found = store.load(result["tables"][0]["profile_id"])
    assert found is not None
    return found.profile


def _exact(profile: TableProfile) -> list[Any]:
    """Return what is exact in a profile of many rows."""
    columns = [
        (one.schema, one.row_count, one.null_count, one.minimum, one.maximum, _lengths(one)) for one in profile.columns
    ]
    return [profile.row_count, profile.profiled_rows, profile.schema, *columns]


def _lengths(column: ColumnProfile) -> tuple[int | None, ...]:
    found = column.lengths
    return (found.minimum, found.maximum, found.total, found.blank_count) if found else ()
