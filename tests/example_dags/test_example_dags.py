"""Each example is imported, as Airflow's own examples are tested, and run in the real Airflow against the mock."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_httpserver import HTTPServer
from starlette.testclient import TestClient

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh import airbyte_asset
from taskflow_profilemesh.plugin.webhook import webhook_app
from tests.flows.running import queued, register, run_dag
from tests.flows.shop import CONNECTION, Shop, users

if TYPE_CHECKING:
    from airflow.sdk import DAG

FOLDER = Path(__file__).parents[2] / "example_dags"
FILES = sorted(FOLDER.glob("*.py"))

pytestmark = pytest.mark.airflow_db


@pytest.fixture
def warehouse(mock_airbyte: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop whose source also makes the purchases that one example asks for."""
    shop = Shop(mock_airbyte, tmp_path)
    source_id = mock_airbyte.create_source("Faker", "faker", count=200)
    destination_id = mock_airbyte.create_destination("Other", "sqlite", destination_path=str(shop.warehouse))
    mock_airbyte.create_connection(source_id, destination_id, name="Faker → Warehouse")
    shop.enter(monkeypatch)
    return shop


def _load(file: Path, dag_id: str | None = None) -> DAG:
    """Import the file with Airflow's own loader and return its DAG, or the one of several that is named."""
    dags = _loaded(file)
    assert dag_id or len(dags) == 1
    return dags[dag_id or next(iter(dags))]


def _loaded(file: Path) -> dict[str, DAG]:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(file))
    assert bag.import_errors == {}
    return bag.dags


@contextmanager
def _no_lookups(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from airflow.sdk import BaseHook, Variable

    def refuse(*_: Any, **__: Any) -> None:
        pytest.fail("a connection or a variable was looked up while the file was parsed")

    with monkeypatch.context() as patch:
        patch.setattr(BaseHook, "get_connection", refuse)
        patch.setattr(Variable, "get", refuse)
        yield


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_parses_without_looking_anything_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _no_lookups(monkeypatch):
        dags = _loaded(file)
    assert dags
    assert all(dag.tasks and "profilemesh" in dag.tags for dag in dags.values())


def test_sync_then_profile_runs(warehouse: Shop) -> None:
    finished = run_dag(_load(FOLDER / "sync_then_profile.py"), {"connection": CONNECTION})
    assert finished.state == "success"
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["users", "orders"]


def test_sync_many_adds_up_the_rows_of_every_connection(warehouse: Shop) -> None:
    finished = run_dag(_load(FOLDER / "sync_many.py"), {"connections": [CONNECTION, "Faker → Warehouse"]})
    assert finished.state == "success"
    assert finished.returned["total"] > 1_600


def test_profile_tables_runs_on_what_a_sync_wrote(warehouse: Shop) -> None:
    run_dag(_load(FOLDER / "sync_many.py"), {"connections": ["Faker → Warehouse"]})
    finished = run_dag(_load(FOLDER / "profile_tables.py"))
    assert finished.state == "success"
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["users", "products", "purchases"]


def test_mapped_over_tables_profiles_each_in_a_task_of_its_own(warehouse: Shop) -> None:
    warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id))
    assert run_dag(_load(FOLDER / "mapped_over_tables.py")).returned["drifted"] == []
    warehouse.sell(users(country=None))
    warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id))
    assert run_dag(_load(FOLDER / "mapped_over_tables.py")).returned["drifted"] == ["users"]


def test_skip_on_drift_publishes_only_what_is_as_ever(warehouse: Shop) -> None:
    states = []
    for sold in (users(), users(country=None)):
        warehouse.sell(sold)
        warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id))
        finished = run_dag(_load(FOLDER / "skip_on_drift.py"))
        states.append((finished.state, finished.states["profile"], finished.states["publish"]))
    assert states == [("success", "success", "success"), ("success", "skipped", "skipped")]


def test_only_new_rows_says_how_the_table_was_read(warehouse: Shop) -> None:
    warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id))
    finished = run_dag(_load(FOLDER / "only_new_rows.py"))
    (plan,) = finished.returned["tell"]
    assert "600 rows" in plan


def test_dbt_by_asset_transforms_what_passed_and_nothing_else(warehouse: Shop) -> None:
    file = FOLDER / "dbt_by_asset.py"
    transform = _load(file, "transform")
    register(transform)
    assert run_dag(_load(file, "land_and_check")).state == "success"
    assert queued(transform)
    assert run_dag(transform).state == "success"


def test_airbyte_cloud_syncs_by_a_connection_of_its_own(warehouse: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AIRBYTE_CLOUD", os.environ["AIRFLOW_CONN_AIRBYTE_DEFAULT"])
    monkeypatch.delenv("AIRFLOW_CONN_AIRBYTE_DEFAULT")
    finished = run_dag(_load(FOLDER / "airbyte_cloud.py"))
    assert finished.state == "success"
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["users", "orders"]


def test_drift_alert_branches_on_what_drifted(
    warehouse: Shop, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/alert", method="POST").respond_with_data("ok")
    monkeypatch.setenv("AIRFLOW_CONN_ALERTS", json.dumps({"conn_type": "http", "host": httpserver.url_for("/alert")}))
    taken = []
    for sold in (users(), users(country=None)):
        warehouse.sell(sold)
        assert warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id)).is_terminal
        finished = run_dag(_load(FOLDER / "drift_alert.py"))
        taken.append([task for task in ("publish", "hold_back") if finished.states[task] == "success"])
    assert taken == [["publish"], ["hold_back"]]
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("name", ["event_driven_by_webhook", "watch_syncs"])
def test_a_dag_that_an_event_starts_profiles_what_is_there(warehouse: Shop, name: str) -> None:
    assert warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id)).is_terminal
    finished = run_dag(_load(FOLDER / f"{name}.py"))
    assert finished.state == "success"
    assert {table["table"] for table in finished.returned["profile"]["tables"]} >= {"users", "orders"}


def test_the_example_of_the_webhook_waits_for_what_airbyte_tells(warehouse: Shop) -> None:
    waiting = _load(FOLDER / "event_driven_by_webhook.py")
    register(waiting)
    assert warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id)).is_terminal
    with TestClient(webhook_app("canary-token-0123456789")) as door:
        answer = door.post("/airbyte/canary-token-0123456789", json=warehouse.airbyte.notices[-1].payload)
    assert answer.json()["assets"] == [airbyte_asset(CONNECTION).uri]
    assert queued(waiting)


def test_wait_for_sync_profiles_what_somebody_else_synced(warehouse: Shop) -> None:
    warehouse.airbyte.sync(warehouse.connection_id)
    finished = run_dag(_load(FOLDER / "wait_for_sync.py"), {"connection": CONNECTION, "since": "2026-01-01T00:00:00Z"})
    assert finished.state == "success"
    assert finished.returned["synced"]["connection_name"] == CONNECTION
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["users", "orders"]


def test_plan_sensor_profiles_what_is_new_and_then_only_what_changed(warehouse: Shop) -> None:
    warehouse.airbyte.job(warehouse.airbyte.sync(warehouse.connection_id))
    first = run_dag(_load(FOLDER / "plan_sensor.py"))
    assert (first.state, first.returned["change"]["added"]) == ("success", ["orders", "users"])
    assert len(first.returned["profile"]["tables"]) == 2
    connection = sqlite3.connect(warehouse.warehouse)
    connection.executescript("alter table users add column email text; drop table orders")
    connection.close()
    second = run_dag(_load(FOLDER / "plan_sensor.py"))
    assert [table["table"] for table in second.returned["profile"]["tables"]] == ["users"]
    assert second.returned["removed"] == ["orders"]


def test_one_table_on_many_workers_runs_on_what_a_sync_wrote(warehouse: Shop) -> None:
    warehouse.airbyte.sync(warehouse.connection_id)
    finished = run_dag(_load(FOLDER / "one_table_on_many_workers.py"), {"table": "users"})
    assert finished.state == "success"
    assert [table["row_count"] for table in finished.returned["orders.merge"]["tables"]] == [1_000]


def test_dbt_then_profile_profiles_exactly_what_dbt_built(
    warehouse: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "dbt"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncd "{FOLDER.parent}" && exec "{sys.executable}" -m tests.dbt_stand_in "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.setenv("DBT_STAND_IN_FILE", str(warehouse.warehouse))
    conf = {"connection": CONNECTION, "project": str(tmp_path), "target": str(tmp_path / "target")}
    finished = run_dag(_load(FOLDER / "dbt_then_profile.py"), conf)
    assert finished.state == "success"
    tables = finished.returned["profile_models"]["tables"]
    assert [(table["table"], table["row_count"]) for table in tables] == [
        ("stg_users", 1_000),
        ("customers", 500),
        ("orders_daily", 600),
    ]


def test_task_group_profiles_each_table_in_a_task_of_its_own(warehouse: Shop) -> None:
    run_dag(_load(FOLDER / "sync_many.py"), {"connections": [CONNECTION, "Faker → Warehouse"]})
    finished = run_dag(_load(FOLDER / "task_group.py"))
    assert finished.state == "success"
    assert set(finished.states) == {"named.users", "named.products", "found.choose", "found.table"}
    assert [one["table"] for one in finished.returned["found.choose"]] == ["orders", "purchases"]
    assert {str(table) for _, table in warehouse.store().tables()} == {"users", "products", "orders", "purchases"}


def test_from_config_syncs_and_profiles_what_the_file_says(warehouse: Shop) -> None:
    finished = run_dag(_load(FOLDER / "from_config.py"))
    assert finished.state == "success"
    assert finished.returned["sync"]["tables"] == ["users", "orders"]
    result = finished.returned["profile"]
    assert result["environment"] == "production"
    assert [(table["table"], table["column_count"]) for table in result["tables"]] == [("users", 4), ("orders", 2)]
    assert [source for source, _ in warehouse.store().tables()] == ["production/warehouse"] * 2


def test_syncs_with_dependencies_syncs_the_orders_last(warehouse: Shop) -> None:
    destination_id = warehouse.airbyte.create_destination("W", "sqlite", destination_path=str(warehouse.warehouse))
    for name in ("Users", "Products", "Orders"):
        rows = [{"name": name.lower(), "rows": [{"id": number} for number in range(5)]}]
        source_id = warehouse.airbyte.create_source(name, "mock-inline", streams=rows)
        warehouse.airbyte.create_connection(source_id, destination_id, name=f"{name} → Warehouse")
    finished = run_dag(_load(FOLDER / "syncs_with_dependencies.py"))
    assert finished.state == "success"
    jobs = {task: result["job_id"] for task, result in finished.returned.items() if task.startswith("sync.") and result}
    assert max(jobs, key=jobs.__getitem__) == "sync.Orders_Warehouse"
    assert len(jobs) == 3
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["orders"]
