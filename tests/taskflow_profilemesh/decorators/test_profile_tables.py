from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import (
    AirflowException,
    DecoratedOperator,
    dag,
    setup,
    task,
    task_group,
    teardown,
)

from taskflow_profilemesh import TableRef, TableRequest, profile_tables
from taskflow_profilemesh.decorators.profile_tables import profile_tables_task
from taskflow_profilemesh.errors import InvalidOption, InvalidReturn
from tests.airflow_versions import is_mapped, serialised
from tests.taskflow_profilemesh.airflow_connections import connect


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SQLite file with two small tables, known to Airflow, and a store beside it."""
    file = tmp_path / "warehouse.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "create table users (id bigint, name varchar); insert into users values (1, 'Ada'), (2, null);"
            "create table orders (id bigint); insert into orders values (7);"
        )
    connect(monkeypatch, "warehouse", conn_type="sqlite", host=str(file), login=None, password=None)
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__STORE", f"sqlite:///{tmp_path / 'profiles.db'}")
    return file


def build(body: Any) -> dict[str, Any]:
    """Build a DAG of the body and return its tasks by id."""
    return dict(dag(schedule=None, start_date=datetime(2026, 1, 1), dag_id="shop")(body)().task_dict)  # noqa: DTZ001


def run(operator: Any, **context: object) -> Any:
    return operator.execute({"ti": None, **context})


def returning(value: object, **options: Any) -> Any:
    """Return the task of a function that returns the value."""

    def body() -> None:
        @profile_tables(**{"conn_id": "warehouse", **options})
        def profile() -> Any:
            return value

        profile()

    return build(body)["profile"]


def profiled(result: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Return each table with its rows and columns."""
    return [(table["table"], table["row_count"], table["column_count"]) for table in result["tables"]]


# What a function may return


@pytest.mark.parametrize(
    "value",
    [
        "users",
        ["users"],
        TableRef("users"),
        TableRequest(TableRef("users")),
        {"table": "users"},
        [{"table": "users"}],
        {"schema_version": 1, "job_id": 7, "status": "succeeded", "tables": ["users"]},
    ],
)
def test_a_function_names_tables(warehouse: Path, value: object) -> None:
    assert profiled(run(returning(value))) == [("users", 2, 2)]


def test_a_mapping_may_ask_for_part_of_a_table(warehouse: Path) -> None:
    request = {"table": "users", "columns": ["id"], "where": "id > 1"}
    assert profiled(run(returning([request, "orders"]))) == [("users", 1, 1), ("orders", 1, 1)]


def test_a_function_may_leave_it_to_the_decorator(warehouse: Path) -> None:
    assert profiled(run(returning(None, tables=["users", "orders"]))) == [("users", 2, 2), ("orders", 1, 1)]


def test_what_is_returned_wins_over_the_decorator(warehouse: Path) -> None:
    assert profiled(run(returning("orders", tables="users"))) == [("orders", 1, 1)]


@pytest.mark.parametrize("value", [7, 1.5, True, b"users", [], [7], {"tables": []}, None])
def test_anything_else_is_a_type_error_that_names_the_decorator(warehouse: Path, value: object) -> None:
    with pytest.raises(TypeError, match=r"@task\.profile_tables") as caught:
        run(returning(value))
    assert isinstance(caught.value, InvalidReturn)
    assert (caught.value.function, caught.value.got) == ("profile", type(value).__name__)


def test_an_unknown_key_of_a_mapping_is_refused_with_the_nearest(warehouse: Path) -> None:
    with pytest.raises(InvalidOption, match="Did you mean 'columns'"):
        run(returning({"table": "users", "colums": ["id"]}))


def test_a_returned_value_is_data_and_never_a_template(warehouse: Path) -> None:
    from airflow.providers.common.compat.sdk import AirflowFailException

    operator = returning("{{ 1 + 1 }}")
    operator.render_template_fields({"ti": None})
    with pytest.raises(AirflowFailException, match=r"table='\{\{ 1 \+ 1 \}\}'"):
        run(operator)


# The shapes of a decorated task


def test_bare_and_with_options_and_overridden() -> None:
    def body() -> None:
        @profile_tables
        def bare() -> str:
            """Profile the users."""
            return "users"

        @profile_tables(conn_id="other", retries=3, task_id="named", on_drift="warn")
        def with_options() -> str:
            return "users"

        bare()
        with_options()
        bare.override(task_id="again", conn_id="third")()

    tasks = build(body)
    assert set(tasks) == {"bare", "named", "again"}
    assert tasks["bare"].doc_md == "Profile the users."
    assert [getattr(tasks[name], "conn_id", None) for name in tasks] == [None, "other", "third"]
    assert (tasks["named"].retries, getattr(tasks["named"], "on_drift", None)) == (3, "warn")
    assert tasks["bare"].operator_name == "@task.profile_tables"


def test_arguments_come_from_the_call_the_context_and_templates(warehouse: Path) -> None:
    def body() -> None:
        @profile_tables(conn_id="warehouse")
        def profile(name: str, suffix: str, ds: str | None = None, **context: object) -> str:
            assert ds == "2026-01-01"
            assert context["run_id"] == "manual"
            return name + suffix

        profile("{{ ds_nodash[:0] }}us", suffix="ers")

    operator: Any = build(body)["profile"]
    context = {"ds": "2026-01-01", "ds_nodash": "20260101", "run_id": "manual", "ti": None}
    operator.render_template_fields(context)
    assert profiled(operator.execute(context)) == [("users", 2, 2)]


def test_options_of_the_operator_are_templates_too(warehouse: Path) -> None:
    operator = returning(None, tables=["{{ params.table }}"], conn_id="{{ params.conn }}")
    operator.render_template_fields({"params": {"table": "orders", "conn": "warehouse"}})
    assert profiled(run(operator)) == [("orders", 1, 1)]


def test_one_task_waits_for_another_through_its_result() -> None:
    def body() -> None:
        @task
        def choose() -> list[str]:
            return ["users"]

        @profile_tables
        def profile(names: list[str]) -> list[str]:
            return names

        @task
        def tell(result: Any) -> None: ...

        tell(profile(choose()))

    tasks = build(body)
    assert tasks["profile"].upstream_task_ids == {"choose"}
    assert tasks["tell"].upstream_task_ids == {"profile"}


def test_mapped_over_values_and_over_a_result(warehouse: Path) -> None:
    def body() -> None:
        @task
        def names() -> list[str]:
            return ["users", "orders"]

        @profile_tables(conn_id="warehouse")
        def profile(name: str, prefix: str = "") -> str:
            return prefix + name

        profile.override(task_id="values").partial(prefix="").expand(name=["users", "orders"])
        profile.expand(name=names())

    tasks: dict[str, Any] = build(body)
    assert is_mapped(tasks["values"])
    assert tasks["profile"].upstream_task_ids == {"names"}
    operator = tasks["values"].unmap({"op_kwargs": {"name": "orders", "prefix": ""}})
    assert isinstance(operator, DecoratedOperator)
    assert profiled(run(operator)) == [("orders", 1, 1)]


def test_inside_a_group_and_as_setup_and_teardown() -> None:
    def body() -> None:
        @task_group
        def group() -> None:
            @setup
            @profile_tables
            def before() -> str:
                return "users"

            @teardown
            @profile_tables
            def after() -> str:
                return "users"

            before() >> after()

        group()

    tasks = build(body)
    assert tasks["group.before"].is_setup
    assert tasks["group.after"].is_teardown


def test_a_function_that_is_annotated_with_dict_pushes_its_keys() -> None:
    def body() -> None:
        @profile_tables
        def profile(synced: dict[str, Any]) -> dict[str, Any]:
            return synced

        profile({"tables": ["users"]})

    assert getattr(build(body)["profile"], "multiple_outputs", None) is True


def test_a_dag_with_it_can_be_serialised() -> None:
    def body() -> None:
        @profile_tables(tables=[{"table": "users", "columns": ["id"]}], thresholds={"psi_warn": 0.2})
        def profile() -> None: ...

        profile()
        profile.override(task_id="mapped").partial().expand_kwargs([{}])

    built = dag(schedule=None, start_date=datetime(2026, 1, 1), dag_id="shop")(body)()  # noqa: DTZ001
    assert "profile_tables" in str(serialised(built))


def test_the_registered_factory_makes_the_same_task() -> None:
    def body() -> None:
        @profile_tables_task(conn_id="other")
        def profile() -> str:
            return "users"

        profile()

    assert getattr(build(body)["profile"], "conn_id", None) == "other"


def test_an_option_that_does_not_exist_is_an_error_while_the_file_is_parsed() -> None:
    with pytest.raises((TypeError, AirflowException), match="con_id"):
        returning("users", con_id="other")
