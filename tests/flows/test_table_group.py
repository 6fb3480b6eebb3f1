"""One table profiled by mapped tasks, in the real Airflow: planned, shared out, merged, told like any other profile."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from airflow.providers.common.compat.sdk import Asset, dag, task

from taskflow_profilemesh import ProfileMeshOperator, profile_table_group
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.storage import open_store
from tests.flows.running import asset_events, run_dag
from tests.processes import Command
from tests.taskflow_profilemesh.airflow_connections import connect
from tests.taskflow_profilemesh.reading.servers import in_postgres

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import DAG

pytestmark = [pytest.mark.airflow_db, pytest.mark.postgres]

ROWS = 60_000  # more than are read at once and profiled exactly
TABLE = "public.orders"


@pytest.fixture
def orders(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a database with a table of orders, which also is the store of profiles."""
    address = DatabaseAddress.from_url(postgres_url)
    connect(
        monkeypatch,
        "warehouse",
        conn_type="postgres",
        host=address.host,
        port=address.effective_port,
        login=address.user,
        password=address.password,
        schema=address.database,
    )
    in_postgres(
        postgres_url,
        "create table orders (id int primary key, amount int, country text)",
        f"insert into orders select i, i % 100, chr(65 + i % 5) from generate_series(1, {ROWS}) i",
    )
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__STORE", postgres_url)
    return postgres_url


def _group(**options: Any) -> DAG:
    @dag(schedule=None)
    def spread() -> None:
        @task
        def before() -> str:
            return "ready"

        @task(trigger_rule="all_done")
        def tell(result: Any) -> Any:
            return result["tables"][0]["row_count"]

        group = profile_table_group({"table": TABLE}, group_id="orders", conn_id="warehouse", **options)
        before() >> group
        tell(group.output)

    return spread()


def _left(url: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from profilemesh_partials").fetchone()
    assert row is not None
    return int(row[0])


def test_mapped_tasks_make_the_profile_that_one_task_makes_and_leave_nothing_behind(orders: str) -> None:
    finished = run_dag(_group(partitions=5))
    assert finished.state == "success"
    assert finished.returned["tell"] == ROWS
    planned = finished.returned["orders.plan"]
    assert [sorted(share) for share in planned] == [["plan", "share"]] * 5  # ids, and nothing else
    result = finished.returned["orders.merge"]
    alone = ProfileMeshOperator(task_id="alone", conn_id="warehouse", tables=TABLE).execute({})
    assert (alone["drift"]["detected"], result["tables"][0]["table"]) == (False, TABLE)
    assert "of one snapshot" in result["tables"][0]["plan"]
    with closing(open_store(orders)) as store:
        one, other = (store.load(found["tables"][0]["profile_id"]) for found in (result, alone))
    assert one is not None
    assert other is not None
    assert (one.profile.row_count, one.profile.schema) == (other.profile.row_count, other.profile.schema)
    for left, right in zip(one.profile.columns, other.profile.columns, strict=True):
        assert (left.minimum, left.maximum, left.null_count) == (right.minimum, right.maximum, right.null_count)
    assert _left(orders) == 0


def test_outlets_are_updated_once_when_the_profile_is_there(orders: str) -> None:
    uri = f"profilemesh://tests/{uuid4().hex}"
    finished = run_dag(_group(partitions=3, outlets=[Asset(uri)]))
    assert finished.state == "success"
    assert len(asset_events(uri)) == 1


def test_a_trigger_rule_says_when_the_group_begins_and_nothing_of_what_is_inside() -> None:
    rules = {name: task.trigger_rule for name, task in _group(trigger_rule="one_failed").task_dict.items()}
    assert (rules["orders.plan"], rules["orders.profile_range"], rules["orders.merge"]) == (
        "one_failed",
        "all_success",
        "all_success",
    )


def test_drift_fails_the_merge_after_its_result_was_pushed(orders: str) -> None:
    run_dag(_group(partitions=3))
    in_postgres(orders, "update orders set amount = amount + 70")
    finished = run_dag(_group(partitions=3, on_drift="fail"))
    assert finished.states["orders.merge"] == "failed"
    assert finished.returned["orders.merge"]["drift"]["severity"] == "high"
    assert finished.returned["tell"] == ROWS
    assert _left(orders) == 0


def test_a_table_that_does_not_exist_fails_the_plan_and_no_range_is_tried(orders: str) -> None:
    in_postgres(orders, "drop table orders")
    finished = run_dag(_group())
    assert (finished.state, finished.states["orders.plan"]) == ("failed", "failed")
    assert finished.states["orders.merge"] == "upstream_failed"


@pytest.mark.parametrize("executor", ["CeleryExecutor", "LocalExecutor,KubernetesExecutor"])
def test_workers_that_share_no_disk_refuse_a_file_before_anything_is_read(
    orders: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: str
) -> None:
    from airflow.providers.common.compat.sdk import AirflowFailException

    from taskflow_profilemesh.operators.table_group import (
        MergeTableOperator,
        PlanTableOperator,
        ProfileRangeOperator,
    )

    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    shared: dict[str, Any] = {"conn_id": "warehouse", "tables": TABLE, "store": f"sqlite:///{tmp_path / 'p.db'}"}
    share = {"plan": "0", "share": "0001"}
    tasks = [
        PlanTableOperator(task_id="plan", partitions=2, **shared),
        ProfileRangeOperator(task_id="range", share=share, **shared),
        MergeTableOperator(task_id="merge", shares=[share], **shared),
        ProfileMeshOperator(task_id="profile", **shared),
    ]
    for one in tasks:
        with pytest.raises(AirflowFailException, match=rf"executor='{executor}'.*AIRFLOW__PROFILEMESH__STORE"):
            one.execute({})


@pytest.mark.parametrize(
    ("options", "told"),
    [({"partitions": 0}, "from 1 to 256"), ({"partitions": 1.5}, "whole"), ({"on_change": "warn"}, "reread")],
)
def test_wrong_options_are_said_when_the_file_is_parsed(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidOption, match=told):
        _group(**options)


def test_a_group_is_named_after_its_table() -> None:
    @dag(schedule=None)
    def named() -> None:
        assert profile_table_group("shop.orders").group_id == "profile_shop_orders"
        assert profile_table_group({"table": "Größe.a b"}).group_id == "profile_Größe_a_b"

    named()


def _worker(name: str, orders: str, folder: Path, conf: Mapping[str, Any]) -> dict[str, Any]:
    """Run the example as a worker with a home of its own does, and return what it printed."""
    home = folder / name
    (home / "dags").mkdir(parents=True)
    environment = os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
    }
    program = [sys.executable, "-m", "tests.flows.worker_program", "one_table_on_many_workers", "orders.merge"]
    log = folder / f"{name}.txt"
    command = Command(name, [*program, json.dumps(conf)], environment, Path(__file__).parents[2])
    command.run(log, within_seconds=110)
    told: dict[str, Any] = json.loads(log.read_text(encoding="utf-8").strip().splitlines()[-1])
    return told


@pytest.mark.timeout(240)
def test_drift_is_found_when_the_second_run_lands_on_the_other_worker(orders: str, tmp_path: Path) -> None:
    first = _worker("worker-1", orders, tmp_path, {"table": TABLE})
    assert (first["state"], first["result"]["drift"]["detected"]) == ("success", False)
    in_postgres(orders, "update orders set amount = amount + 70")
    second = _worker("worker-2", orders, tmp_path, {"table": TABLE})
    assert second["states"]["orders.merge"] == "failed"
    assert second["result"]["drift"]["severity"] == "high"
    assert not list(tmp_path.rglob("profilemesh.db"))
