"""The options of the profile operators: what is refused while a DAG file is parsed, and what a template may become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import dag, task

from taskflow_profilemesh import ProfileMeshOperator, ProfileMeshTableOperator, TableRef, TableRequest
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.operators.rendered import as_rendered, is_settled

USERS, ORDERS = TableRequest(TableRef("users")), TableRequest(TableRef("orders", "shop"))


def _operator(**options: Any) -> ProfileMeshOperator:
    return ProfileMeshOperator(task_id="profile", **options)


def _table(**options: Any) -> ProfileMeshTableOperator:
    return ProfileMeshTableOperator(task_id="profile", **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"on_drift": "explode"}, "one of record, warn, skip, fail"),
        ({"drift_severity": "hihg"}, "Did you mean 'high'"),
        ({"dry_run": "false"}, "True or False"),
        ({"fail_on_error": "{{ params.strict }}"}, "True or False"),
        ({"max_rows": 0}, "at least 1"),
        ({"memory_budget_bytes": 1000}, "at least 16,777,216"),
        ({"statement_timeout_seconds": float("nan")}, "at least 0.001"),
        ({"environment": "prod/eu"}, "1 to 40 letters"),
        ({"environment": 5}, "1 to 40 letters"),
        ({"table_patterns": "a.b.c"}, "table or schema.table"),
        ({"table_patterns": []}, "no table"),
        ({"table_patterns": {"tabel": "users"}}, "Did you mean 'table'"),
        ({"table_patterns": {"pattern": "("}}, "a regular expression"),
        ({"config": "a.yml", "config_path": "b.yml"}, "config and config_path together"),
        ({"config": {}, "config_variable": "v"}, "config and config_variable together"),
        ({"config_path": {}}, "the path of a YAML file"),
        ({"config_variable": " "}, "an Airflow Variable"),
    ],
)
def test_a_wrong_option_is_an_error_while_the_dag_is_parsed(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        _operator(**options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"table": "shop.*"}, "take patterns"),
        ({"table": {"schema": "shop"}}, "take patterns"),
        ({"table": "a.b.c"}, "table or schema.table"),
        ({"table": "users", "sample": 1.5}, "a number of rows"),
        ({"table": "users", "sample_method": "row"}, "Did you mean 'rows'"),
        ({"table": "users", "columns": 5}, "columns"),
        ({"table": "users", "partition": {"column": "day"}}, "'latest'"),
        ({"table": "users", "tables": "orders"}, "which is one"),
        ({"table": "users", "on_drift": "explode"}, "one of record"),
    ],
)
def test_a_wrong_option_of_one_table_is_an_error_while_the_dag_is_parsed(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        _table(**options)


@pytest.mark.parametrize(
    "patterns",
    [
        "{{ params.tables }}",
        ["users", "{{ params.other }}"],
        {"table": "users", "where": "day = '{{ ds }}'"},
    ],
)
def test_what_is_a_template_is_looked_at_when_the_task_runs(patterns: Any) -> None:
    _operator(table_patterns=patterns)


@pytest.mark.parametrize("rendered", [["users", "shop.orders"], ("users", "shop.orders")])
def test_patterns_that_render_to_a_list_are_that_list(rendered: Any) -> None:
    operator = _operator(table_patterns="{{ params.tables }}")
    operator.render_template_fields({"params": {"tables": rendered}})
    assert operator.table_patterns == str(rendered)  # Airflow makes a text of it
    assert operator.wanted() == (USERS, ORDERS)


def test_patterns_that_render_to_json_are_its_list() -> None:
    operator = _operator(table_patterns="{{ params.tables | tojson }}")
    operator.render_template_fields({"params": {"tables": [{"table": "users"}, "shop.orders"]}})
    assert operator.wanted() == (USERS, ORDERS)


def test_the_result_of_another_task_is_a_list_of_patterns() -> None:
    @task
    def choose() -> list[str]:
        return ["users"]

    @dag(schedule=None)
    def chained() -> None:
        _operator(table_patterns=choose())

    assert chained().task_dict["profile"].upstream_task_ids == {"choose"}


@pytest.mark.parametrize("text", ["users", "shop.*", '"[odd]"', "[users", "[users]", "{", ""])
def test_a_name_is_never_taken_for_a_list(text: str) -> None:
    assert as_rendered(text) == text


def test_a_value_is_settled_unless_a_template_is_in_it() -> None:
    assert is_settled([{"table": "users", "columns": ("id",)}, TableRef("orders")])
    assert not is_settled([{"table": "users", "where": "{% if x %}a{% endif %}"}])


def test_tables_and_patterns_are_both_wanted_each_table_once() -> None:
    assert _operator(tables=["users", "shop.orders"], table_patterns="users").wanted() == (USERS, ORDERS)


def test_what_a_mapped_table_says_goes_before_what_the_task_says() -> None:
    task_said = _table(table={"table": "users", "sample": 5}, sample=0.5, where="id > 1", columns=["id"])
    (request,) = task_said.wanted()
    assert request == TableRequest(TableRef("users"), columns=("id",), where="id > 1", sample=5)


def test_a_condition_is_a_template() -> None:
    operator = _table(table="{{ params.table }}", where="day = '{{ params.day }}'")
    operator.render_template_fields({"params": {"table": "shop.orders", "day": "2026-01-01"}})
    assert operator.wanted() == (TableRequest(TableRef("orders", "shop"), where="day = '2026-01-01'"),)


def test_a_reference_to_a_connection_in_a_mapping_is_never_rendered() -> None:
    config = {
        "source": {"type": "sqlite", "connection": "{{ conn.warehouse }}"},
        "storage": {"connection": "{{ conn.profiles }}"},
    }
    operator = _operator(config=config)
    operator.render_template_fields({"conn": {"warehouse": "canary-42", "profiles": "canary-42"}})
    assert operator.config == {
        "source": {"type": "sqlite", "conn_id": "warehouse"},
        "storage": {"connection": {"conn_id": "profiles"}},
    }


def test_two_words_for_one_connection_are_refused_while_the_dag_is_parsed() -> None:
    config = {"source": {"conn_id": "a", "connection": "{{ conn.b }}"}}
    with pytest.raises(InvalidOption, match=r"source\.connection"):
        _operator(config=config)


def test_a_path_object_is_kept_as_text() -> None:
    assert _operator(config_path=Path("a") / "b.yml").config_path == str(Path("a") / "b.yml")


def test_airflows_own_dry_run_is_left_alone() -> None:
    operator = _operator(tables="users", dry_run=True)
    assert operator.plans_only
    operator.dry_run()  # renders the templates: a method of every operator
