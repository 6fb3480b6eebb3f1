"""A group with a task for each table, and what makes it a mapped one instead."""

from __future__ import annotations

from inspect import signature
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, dag, task

from taskflow_profilemesh import ProfileMeshOperator, ProfileMeshTableOperator, TableRef, create_profiling_task_group
from taskflow_profilemesh.dags.options import GroupedTableOptions
from taskflow_profilemesh.decorators.options import TaskOptions
from taskflow_profilemesh.errors import InvalidOption
from tests.airflow_versions import IS_AIRFLOW_2, is_mapped, serialised


def _dag(tables: object = None, **options: Any) -> Any:
    with DAG("grouped", schedule=None) as made:
        create_profiling_task_group(tables, **options)
    return made


def test_each_named_table_has_a_task_called_after_it() -> None:
    made = _dag(["users", {"table": "shop.orders", "sample": 0.5}, TableRef("b.c")], conn_id="w", retries=3)
    tasks = {name.removeprefix("profile_tables."): made.task_dict[name] for name in made.task_ids}
    assert list(tasks) == ["users", "shop_orders", "b_c"]
    assert all(isinstance(one, ProfileMeshTableOperator) for one in tasks.values())
    assert {(one.conn_id, one.retries) for one in tasks.values()} == {("w", 3)}
    assert tasks["users"].table == "users"
    assert tasks["shop_orders"].table == {"table": "shop.orders", "sample": 0.5}
    assert tasks["b_c"].table == '"b.c"'
    assert tasks["shop_orders"].task_display_name == "shop.orders"


def test_the_group_is_returned_and_takes_its_place_among_tasks() -> None:
    with DAG("placed", schedule=None) as made:

        @task
        def before() -> None: ...

        before() >> create_profiling_task_group("users", group_id="profiles")
    assert made.task_dict["profiles.users"].upstream_task_ids == {"before"}


@pytest.mark.parametrize("tables", ["shop.*", ["users", "fact_*"], {"schema": "shop"}, "{{ params.tables }}"])
def test_what_is_found_when_the_group_runs_is_mapped_over(tables: object) -> None:
    made = _dag(tables, conn_id="w", on_drift="fail")
    assert made.task_ids == ["profile_tables.choose", "profile_tables.table"]
    assert made.task_dict["profile_tables.table"].upstream_task_ids == {"profile_tables.choose"}
    assert is_mapped(made.task_dict["profile_tables.table"])
    assert made.task_dict["profile_tables.choose"].conn_id == "w"
    assert made.task_dict["profile_tables.choose"].on_drift is None


def test_the_task_that_lists_tables_hears_where_they_are_and_nothing_of_profiling() -> None:
    of_the_source = {"config_path": "shop.yml", "environment": "test", "conn_id": "w", "retries": 3}
    of_each_table = {"store": "profiles", "where": "id > 5", "dry_run": True, "doc_md": "One table.", "outlets": []}
    choose = _dag("shop.*", **of_the_source, **of_each_table).task_dict["profile_tables.choose"]
    assert {name: getattr(choose, name) for name in of_the_source} == of_the_source
    assert (choose.store, choose.plans_only, choose.doc_md) == (None, False, None)


@pytest.mark.parametrize(
    ("tables", "rules"),
    [
        ("shop.*", {"choose": "one_failed", "table": "all_success"}),
        (["users", "orders"], {"users": "one_failed", "orders": "one_failed"}),
    ],
)
def test_a_trigger_rule_says_when_the_group_begins(tables: object, rules: dict[str, str]) -> None:
    tasks = _dag(tables, conn_id="w", trigger_rule="one_failed").task_dict
    assert {name.removeprefix("profile_tables."): one.trigger_rule for name, one in tasks.items()} == rules


def test_the_result_of_another_task_is_mapped_over() -> None:
    @task
    def sync() -> dict[str, Any]:
        return {"tables": ["users"]}

    @dag(schedule=None)
    def synced() -> None:
        create_profiling_task_group(sync(), conn_id="w")

    assert synced().task_dict["profile_tables.choose"].upstream_task_ids == {"sync"}


def test_a_config_names_the_tables_when_the_group_runs() -> None:
    choose = _dag(config="profilemesh.yml").task_dict["profile_tables.choose"]
    assert (choose.config, choose.tables) == ("profilemesh.yml", None)


def test_the_results_of_a_mapped_group_are_a_list_for_others() -> None:
    @task
    def tell(results: list[Any]) -> None: ...

    with DAG("told", schedule=None) as made:
        group: Any = create_profiling_task_group("shop.*", conn_id="w")
        tell(group.get_child_by_label("table").output)
    assert made.task_dict["tell"].upstream_task_ids == {"profile_tables.table"}


def test_the_typed_options_are_those_of_the_operator() -> None:
    own = set(GroupedTableOptions.__annotations__) - set(TaskOptions.__annotations__)
    shared = set(signature(ProfileMeshOperator.__init__).parameters) | set(
        signature(ProfileMeshTableOperator.__init__).parameters
    )
    assert own == shared - {"self", "kwargs", "table", "tables", "table_patterns"}


def test_a_limit_makes_one_mapped_task_of_named_tables() -> None:
    made = _dag(["users", "orders"], conn_id="w", max_active_tis_per_dag=1)
    assert made.task_ids == ["profile_tables.table"]
    assert made.task_dict["profile_tables.table"].max_active_tis_per_dag == 1


@pytest.mark.parametrize(
    ("tables", "options", "words"),
    [
        (None, {}, "a config that names them"),
        ([], {}, "no table"),
        ("a.b.c", {}, "table or schema.table"),
        (["users"], {"on_drift": "explode"}, "one of record"),
        ("shop.*", {"environment": "a b"}, "1 to 40 letters"),
    ],
)
def test_a_wrong_option_is_an_error_while_the_dag_is_parsed(
    tables: object, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidOption, match=words):
        _dag(tables, **options)


def test_a_group_can_be_serialised_in_every_form() -> None:
    with DAG("all", schedule=None) as made:
        create_profiling_task_group(["users", {"table": "orders", "partition": {"column": "d", "latest": True}}])
        create_profiling_task_group("*", group_id="found", conn_id="w")
        create_profiling_task_group(["users"], group_id="limited", max_active_tis_per_dag=1)
    assert serialised(made)["dag"]["_dag_id" if IS_AIRFLOW_2 else "dag_id"] == "all"
