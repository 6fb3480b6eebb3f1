"""Plans instead of profiles, environments, groups and whole DAGs, in the real Airflow over a real warehouse."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, Param, task

from taskflow_profilemesh import (
    ProfileMeshOperator,
    ProfileMeshTableOperator,
    create_profiling_task_group,
    dags_from_config,
    profile_dag,
    profile_tables,
)
from tests.airflow_versions import IS_AIRFLOW_2
from tests.flows.running import run_dag


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SQLite warehouse of three tables, known to Airflow, and a store beside it that is not there yet."""
    file = tmp_path / "warehouse.db"
    with sqlite3.connect(file) as connection:
        for name in ("users", "orders", "fact_sales"):
            connection.execute(f"create table {name} (id integer, name text)")
            connection.executemany(f"insert into {name} values (?, ?)", [(i, f"n{i}") for i in range(50)])
    connection.close()
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__STORE", f"sqlite:///{tmp_path / 'profiles.db'}")
    return file


class _Log:
    """Keeps what is logged; Airflow's own log of a task goes past pytest."""

    def __init__(self, told: list[str]) -> None:
        self.info = lambda message, *parts: told.append(message % parts)
        self.warning = lambda *_: None  # that it was not called by Airflow


def _execute(**options: Any) -> Any:
    return ProfileMeshOperator(task_id="profile", conn_id="warehouse", **options).execute({})


def _stored(folder: Path) -> list[tuple[str, str]]:
    from taskflow_profilemesh import open_store

    store = open_store(f"sqlite:///{folder / 'profiles.db'}")
    try:
        return [(source, str(table)) for source, table in store.tables()]
    finally:
        store.close()


def test_a_dry_run_plans_every_table_and_stores_nothing(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(ProfileMeshOperator, "log", _Log(told))
    result = _execute(table_patterns=["fact_*", "users"], dry_run=True, environment="dev")
    assert (result["dry_run"], result["environment"], result["run_id"]) == (True, "dev", "manual")
    assert [(one["table"], one["kind"], one["reads"]) for one in result["tables"]] == [
        ("fact_sales", "single", 1),
        ("users", "single", 1),
    ]
    assert result["drift"]["summary"] == "A dry run: nothing was read or stored."
    assert told[1].startswith("users would be read so: One read")
    assert not (warehouse.parent / "profiles.db").exists()


def test_a_dry_run_fails_for_a_table_that_is_not_there_unless_it_may(warehouse: Path) -> None:
    with pytest.raises(AirflowFailException, match="gone"):
        _execute(tables=["users", "gone"], dry_run=True)
    result = _execute(tables=["users", "gone"], dry_run=True, fail_on_error=False)
    assert [one["table"] for one in result["tables"]] == ["users"]
    assert [one["table"] for one in result["failed"]] == ["gone"]


def test_each_environment_has_a_history_of_its_own(warehouse: Path) -> None:
    _execute(tables="users", environment="prod")
    with sqlite3.connect(warehouse) as connection:
        connection.execute("alter table users add column new integer")
    connection.close()
    first = _execute(tables="users", environment="dev")
    assert (first["environment"], first["tables"][0]["schema_changes"]) == ("dev", [])
    assert len(_execute(tables="users", environment="prod")["tables"][0]["schema_changes"]) == 1
    assert _stored(warehouse.parent) == [("dev/warehouse", "users"), ("prod/warehouse", "users")]


def test_a_config_that_says_another_type_than_the_connection_has_is_refused(warehouse: Path) -> None:
    config = {"source": {"type": "postgres", "connection": "{{ conn.warehouse }}"}}
    with pytest.raises(AirflowFailException, match="warehouse of type sqlite"):
        ProfileMeshOperator(task_id="profile", config=config, tables="users").execute({})


def test_one_table_is_profiled_by_its_options(warehouse: Path) -> None:
    operator = ProfileMeshTableOperator(
        task_id="profile", conn_id="warehouse", table="users", columns=["id"], where="id >= 40"
    )
    (table,) = operator.execute({})["tables"]
    assert (table["table"], table["row_count"], table["column_count"]) == ("users", 10, 1)


def test_a_decorator_takes_patterns_too_and_the_function_goes_before_them(warehouse: Path) -> None:
    def named(returned: object) -> Any:
        def name() -> object:
            return returned

        with DAG("decorated", schedule=None) as made:
            profile_tables(conn_id="warehouse", table_patterns="fact_*")(name)()
        operator: Any = made.tasks[0]
        return operator.execute({})

    assert [one["table"] for one in named(None)["tables"]] == ["fact_sales"]
    assert [one["table"] for one in named("users")["tables"]] == ["users"]


@pytest.mark.airflow_db
def test_tables_found_by_another_task_are_profiled_one_by_one_and_one_that_fails_fails_alone(warehouse: Path) -> None:
    with DAG("mapped", schedule=None) as made:

        @task
        def found() -> list[str]:
            return ["users", "gone", "orders"]

        create_profiling_task_group(found(), conn_id="warehouse", max_active_tis_per_dag=2)
    finished = run_dag(made)
    assert finished.state == "failed"
    assert [table for _, table in _stored(warehouse.parent)] == ["orders", "users"]


@pytest.mark.airflow_db
def test_patterns_come_from_a_parameter_of_the_run_and_the_link_leads_to_the_result(warehouse: Path) -> None:
    with DAG("templated", schedule=None, params={"tables": Param([], type="array")}) as made:
        ProfileMeshOperator(task_id="profile", conn_id="warehouse", table_patterns="{{ params.tables }}")

        @task
        def link(ti: Any = None) -> Any:
            return ti.xcom_pull(task_ids="profile", key="profile_url")

        made.task_dict["profile"] >> link()
    finished = run_dag(made, {"tables": ["users", "fact_*"]})
    assert finished.state == "success"
    assert [one["table"] for one in finished.returned["profile"]["tables"]] == ["users", "fact_sales"]
    stored = "&".join(f"profile={one['profile_id']}" for one in finished.returned["profile"]["tables"])
    if IS_AIRFLOW_2:
        assert "/dags/templated/grid?dag_run_id=manual__" in finished.returned["link"]
    else:
        assert finished.returned["link"].endswith(f"/profilemesh/reports/run?{stored}")


@pytest.mark.airflow_db
def test_a_dag_by_a_config_runs_with_a_task_for_each_table(warehouse: Path) -> None:
    config = {
        "source": {"connection": "{{ conn.warehouse }}"},
        "profiling": {"tables": ["fact_*", {"table": "users", "columns": ["id"]}]},
        "execution": {"dag_id": "by_config", "task_per_table": True},
    }
    finished = run_dag(profile_dag(config))
    assert finished.state == "success"
    assert finished.returned["profile.choose"] == [{"table": "fact_sales"}, {"table": "users", "columns": ["id"]}]
    assert [table for _, table in _stored(warehouse.parent)] == ["fact_sales", "users"]


@pytest.mark.airflow_db
def test_a_dag_by_a_variable_reads_it_again_when_it_runs(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sections: dict[str, Any] = {"source": {"conn_id": "warehouse"}, "profiling": {"tables": ["users"]}}
    monkeypatch.setenv("AIRFLOW_VAR_SHOP_CONFIG", json.dumps(sections))
    made = dags_from_config(variable="shop_config")["shop_config"]
    sections["profiling"]["tables"] = ["orders"]
    monkeypatch.setenv("AIRFLOW_VAR_SHOP_CONFIG", json.dumps(sections))
    finished = run_dag(made)
    assert [one["table"] for one in finished.returned["profile"]["tables"]] == ["orders"]
