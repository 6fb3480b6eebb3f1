"""`sync_group` in the real Airflow, against the mock: order, limit, and what a failure holds back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, BaseOperator, TaskGroup, task

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh import sync_group
from taskflow_profilemesh.errors import InvalidOption
from tests.flows.running import Finished, run_dag
from tests.flows.tries import add_connection
from tests.taskflow_profilemesh.airflow_connections import connect

NAMES = ("Users → DWH", "Products → DWH", "Orders → DWH", "Orders -> DWH")


@pytest.fixture
def airbyte(mock_airbyte: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MockAirbyte:
    for number, name in enumerate(NAMES):
        (tmp_path / str(number)).mkdir()
        add_connection(mock_airbyte, tmp_path / str(number), name)
    credentials = {"login": mock_airbyte.client_id, "password": mock_airbyte.client_secret}
    connect(monkeypatch, "airbyte_default", host=mock_airbyte.root_url, **credentials)
    return mock_airbyte


def group_dag(dag_id: str, *connections: Any, **options: Any) -> DAG:
    with DAG(dag_id, schedule=None, start_date=datetime(2026, 1, 1)) as dag:  # noqa: DTZ001 -- Airflow adds UTC
        sync_group(connections, **options)
    return dag


def synced(finished: Finished) -> list[str]:
    """Return the connections in the order in which they were started."""
    results = [result for result in finished.returned.values() if result]
    return [result["connection_name"] for result in sorted(results, key=lambda result: result["job_id"])]


@pytest.mark.airflow_db
def test_connections_are_synced_after_those_they_depend_on(airbyte: MockAirbyte) -> None:
    orders = {"connection": "Orders → DWH", "depends_on": ["Users → DWH", "Products → DWH"]}
    products = {"connection": "Products → DWH", "depends_on": "Users → DWH"}
    finished = run_dag(group_dag("ordered", orders, products, "Users → DWH"))
    assert finished.state == "success"
    assert synced(finished) == ["Users → DWH", "Products → DWH", "Orders → DWH"]


@pytest.mark.airflow_db
def test_a_failed_sync_holds_back_what_depends_on_it_and_nothing_else(airbyte: MockAirbyte) -> None:
    orders = {"connection": "Orders → DWH", "depends_on": "Users → DWH"}
    users = {"connection": "Users → DWH", "min_rows": 1_000}
    finished = run_dag(group_dag("held_back", users, "Products → DWH", orders, "Orders -> DWH", max_parallel=1))
    assert {task: state for task, state in finished.states.items() if "DWH" in task and "after" not in task} == {
        "sync.Users_DWH": "failed",
        "sync.Products_DWH": "success",
        "sync.Orders_DWH": "upstream_failed",
        "sync.Orders_-_DWH": "success",
    }


@pytest.mark.airflow_db
def test_a_failed_sync_fails_the_run_and_what_follows_a_limited_group(airbyte: MockAirbyte) -> None:
    with DAG("told", schedule=None, start_date=datetime(2026, 1, 1)) as dag:  # noqa: DTZ001 -- Airflow adds UTC
        with TaskGroup("outer") as outer:
            sync_group([{"connection": "Users → DWH", "min_rows": 1_000}, "Products → DWH"], max_parallel=1)
        outer >> BaseOperator(task_id="next")
    finished = run_dag(dag)
    assert finished.state == "failed"
    assert (finished.states["outer.sync.Products_DWH"], finished.states["next"]) == ("success", "upstream_failed")


@pytest.mark.airflow_db
def test_nothing_is_synced_after_something_that_failed_before_a_limited_group(airbyte: MockAirbyte) -> None:
    @task
    def break_down() -> None:
        raise AirflowFailException

    with DAG("not_begun", schedule=None, start_date=datetime(2026, 1, 1)) as dag:  # noqa: DTZ001 -- Airflow adds UTC
        broken = break_down()
        with TaskGroup("outer") as outer:
            sync_group(NAMES, max_parallel=1)
        broken >> outer
    finished = run_dag(dag)
    assert finished.state == "failed"
    assert {state for name, state in finished.states.items() if name.endswith("DWH") and "after" not in name} == {
        "upstream_failed"
    }
    assert airbyte.jobs() == ()


@pytest.mark.airflow_db
@pytest.mark.parametrize("limit", [None, 1])
def test_a_trigger_rule_says_when_the_group_begins_and_a_failed_sync_still_holds_back(
    airbyte: MockAirbyte, limit: int | None
) -> None:
    @task
    def break_down() -> None:
        raise AirflowFailException

    users = {"connection": "Users → DWH", "min_rows": 1_000}
    orders = {"connection": "Orders → DWH", "depends_on": "Users → DWH"}
    with DAG("repair", schedule=None, start_date=datetime(2026, 1, 1)) as dag:  # noqa: DTZ001 -- Airflow adds UTC
        group = sync_group([users, "Products → DWH", orders], max_parallel=limit, trigger_rule="one_failed")
        break_down() >> group
    finished = run_dag(dag)
    assert {name: finished.states[one.task_id] for name, one in group.syncs.items()} == {
        "Users → DWH": "failed",
        "Products → DWH": "success",
        "Orders → DWH": "upstream_failed",
    }


def test_a_limit_is_an_order_of_the_tasks() -> None:
    dag = group_dag("limited", "a", "b", "c", max_parallel=2)
    assert dag.get_task("sync.begin").downstream_task_ids == {"sync.a", "sync.b", "sync.c"}
    assert dag.get_task("sync.a").downstream_task_ids == {"sync.after_a", "sync.synced"}
    assert dag.get_task("sync.after_a").downstream_task_ids == {"sync.c"}
    assert dag.get_task("sync.b").downstream_task_ids == set()
    assert dag.get_task("sync.after_a").trigger_rule == "all_done"


def test_a_group_without_a_limit_or_within_it_is_its_syncs_and_nothing_else() -> None:
    for limit in (None, 2):
        dag = group_dag(f"unlimited_{limit}", "a", "b", max_parallel=limit)
        assert sorted(dag.task_ids) == ["sync.a", "sync.b"]


def test_connections_may_be_called_as_the_tasks_beside_them() -> None:
    dag = group_dag("namesakes", "begin", "synced", "after_begin", max_parallel=2)
    assert sorted(dag.task_ids) == [
        "sync.after_begin",
        "sync.after_begin_2",
        "sync.begin",
        "sync.begin_2",
        "sync.synced",
        "sync.synced_2",
    ]


def test_names_that_look_alike_get_ids_that_do_not() -> None:
    with DAG("alike", schedule=None, start_date=datetime(2026, 1, 1)):  # noqa: DTZ001 -- Airflow adds UTC
        group = sync_group(["Shop → DWH", "Shop/DWH", "→"])
    assert [task.task_id for task in group.syncs.values()] == ["sync.Shop_DWH", "sync.Shop_DWH_2", "sync.connection"]


def test_options_of_the_group_are_those_of_every_task() -> None:
    with DAG("options", schedule=None, start_date=datetime(2026, 1, 1)):  # noqa: DTZ001 -- Airflow adds UTC
        group = sync_group(
            ["a", {"connection": "b", "on_conflict": "wait"}], on_conflict="fail", retries=3, conn_id="prod"
        )
    assert [(task.on_conflict, task.retries, task.conn_id) for task in group.syncs.values()] == [
        ("fail", 3, "prod"),
        ("wait", 3, "prod"),
    ]


def test_a_group_takes_the_names_of_the_stock_operators_options() -> None:
    with DAG("stock", schedule=None, start_date=datetime(2026, 1, 1)):  # noqa: DTZ001 -- Airflow adds UTC
        group = sync_group(
            ["a", {"connection": "b", "timeout_seconds": 5}], timeout=60, wait_seconds=10, airbyte_conn_id="prod"
        )
    assert [(one.timeout_seconds, one.poll_interval_seconds, one.conn_id) for one in group.syncs.values()] == [
        (60, 10, "prod"),
        (5, 10, "prod"),
    ]


def test_a_wrong_group_is_an_error_while_the_file_is_parsed() -> None:
    with pytest.raises(InvalidOption, match=r"Did you mean 'Users'\?"):
        group_dag("wrong", "Users", {"connection": "Orders", "depends_on": "User"})
