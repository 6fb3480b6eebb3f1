from __future__ import annotations

from datetime import datetime
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

from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.decorators.airbyte_sync import airbyte_sync, airbyte_sync_task
from taskflow_profilemesh.errors import InvalidOption, InvalidReturn
from tests.airflow_versions import is_mapped, serialised
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import CONFIG, PUBLIC, SHOP, Airbyte
from tests.taskflow_profilemesh.airflow_connections import connect

JOBS = f"{PUBLIC}/jobs"


@pytest.fixture
def shop(airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch) -> Airbyte:
    connect(monkeypatch, "airbyte_default", host=airbyte.url)
    monkeypatch.delenv("AIRBYTE_CONNECTION_ID", raising=False)
    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, answers.job(status="running"))
    airbyte.on("POST", f"{CONFIG}/jobs/get", (403, {}))
    airbyte.on("GET", f"{JOBS}/7", answers.job())
    return airbyte


def build(body: Any) -> dict[str, Any]:
    """Build a DAG of the body and return its tasks by id."""
    return dict(dag(schedule=None, start_date=datetime(2026, 1, 1), dag_id="shop")(body)().task_dict)  # noqa: DTZ001


def run(operator: Any, **context: object) -> Any:
    return operator.execute({"ti": None, **context})


def returning(value: object, **options: Any) -> Any:
    """Return the task of a function that returns the value."""

    def body() -> None:
        @airbyte_sync(deferrable=False, **options)
        def sync() -> Any:
            return value

        sync()

    return build(body)["sync"]


# What a function may return


@pytest.mark.parametrize(
    "value", ["Shop", SHOP, SyncSpec(connection="Shop"), {"connection": "Shop", "min_rows": 30}, {"connection": SHOP}]
)
def test_a_function_says_what_to_sync(shop: Airbyte, value: object) -> None:
    assert run(returning(value))["connection_id"] == SHOP


def test_a_function_may_leave_it_to_the_decorator(shop: Airbyte) -> None:
    assert run(returning(None, connection="Shop"))["rows_synced"] == 30


def test_a_function_may_leave_it_to_the_environment(shop: Airbyte, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRBYTE_CONNECTION_ID", "Shop")
    assert run(returning(None))["rows_synced"] == 30


def test_what_is_returned_wins_over_the_decorator(shop: Airbyte) -> None:
    assert run(returning({"connection": "Shop", "min_rows": 1}, connection="Other", min_rows=99))["rows_synced"] == 30


def test_what_a_mapping_leaves_open_is_the_decorators(shop: Airbyte) -> None:
    from airflow.providers.common.compat.sdk import AirflowFailException

    with pytest.raises(AirflowFailException, match="too few rows"):
        run(returning({"connection": "Shop"}, min_rows=31))


@pytest.mark.parametrize("value", [7, 1.5, True, "", "  ", ["Shop"], b"Shop", None])
def test_anything_else_is_a_type_error_that_names_the_decorator(shop: Airbyte, value: object) -> None:
    with pytest.raises(TypeError, match=r"@task\.airbyte_sync") as caught:
        run(returning(value))
    assert isinstance(caught.value, InvalidReturn)
    assert (caught.value.function, caught.value.got) == ("sync", type(value).__name__)
    assert shop.asked == []


def test_an_unknown_key_is_refused_and_nothing_is_started(shop: Airbyte) -> None:
    with pytest.raises(InvalidOption, match="Did you mean 'min_rows'"):
        run(returning({"connection": "Shop", "min_row": 5}))
    assert shop.asked == []


def test_a_returned_value_is_data_and_never_a_template(shop: Airbyte) -> None:
    from airflow.providers.common.compat.sdk import AirflowFailException

    operator = returning("{{ 1 + 1 }}")
    operator.render_template_fields({"ti": None})
    with pytest.raises(AirflowFailException, match=r"connection='\{\{ 1 \+ 1 \}\}'"):
        run(operator)


def test_an_async_function_is_refused_by_name(shop: Airbyte) -> None:
    def body() -> None:
        @airbyte_sync
        async def sync() -> str:
            return "Shop"

        sync()

    with pytest.raises(InvalidReturn, match="a plain function"):
        run(build(body)["sync"])


# The shapes of a decorated task


def test_bare_and_with_options_and_overridden() -> None:
    def body() -> None:
        @airbyte_sync
        def bare() -> str:
            """Sync the shop."""
            return "Shop"

        @airbyte_sync(conn_id="other", retries=3, task_id="named", min_rows=1)
        def with_options() -> str:
            return "Shop"

        bare()
        with_options()
        bare.override(task_id="again", conn_id="third")()

    tasks = build(body)
    assert set(tasks) == {"bare", "named", "again"}
    assert tasks["bare"].doc_md == "Sync the shop."
    assert [getattr(tasks[name], "conn_id", None) for name in tasks] == ["airbyte_default", "other", "third"]
    assert tasks["named"].retries == 3
    assert tasks["bare"].operator_name == "@task.airbyte_sync"


def test_arguments_come_from_the_call_the_context_and_templates(shop: Airbyte) -> None:
    def body() -> None:
        @airbyte_sync(deferrable=False)
        def sync(name: str, suffix: str, ds: str | None = None, **context: object) -> str:
            assert ds == "2026-01-01"
            assert context["run_id"] == "manual"
            return name + suffix

        sync("{{ ds_nodash[:0] }}Sh", suffix="op")

    operator: Any = build(body)["sync"]
    context = {"ds": "2026-01-01", "ds_nodash": "20260101", "run_id": "manual", "ti": None}
    operator.render_template_fields(context)
    assert operator.execute(context)["connection_name"] == "Shop"


def test_options_of_the_operator_are_templates_too() -> None:
    operator = returning(None, connection="{{ params.pipe }}", conn_id="{{ params.conn }}")
    operator.render_template_fields({"params": {"pipe": "Shop", "conn": "other"}})
    assert (operator.connection, operator.conn_id) == ("Shop", "other")


def test_one_task_waits_for_another_through_its_result() -> None:
    def body() -> None:
        @task
        def choose() -> str:
            return "Shop"

        @airbyte_sync
        def sync(name: str) -> str:
            return name

        @task
        def tell(result: object) -> None: ...

        tell(sync(choose()))

    tasks = build(body)
    assert tasks["sync"].upstream_task_ids == {"choose"}
    assert tasks["tell"].upstream_task_ids == {"sync"}


def test_mapped_over_values_and_over_a_result() -> None:
    def body() -> None:
        @task
        def names() -> list[str]:
            return ["Shop", "Stock"]

        @airbyte_sync(poll_interval_seconds=5)
        def sync(name: str, suffix: str = "") -> str:
            return name + suffix

        sync.override(task_id="values").partial(suffix="!").expand(name=["Shop", "Stock"])
        sync.expand(name=names())

    tasks: dict[str, Any] = build(body)
    assert is_mapped(tasks["values"])
    assert is_mapped(tasks["sync"])
    assert tasks["sync"].upstream_task_ids == {"names"}
    assert tasks["sync"].partial_kwargs["poll_interval_seconds"] == 5


def test_a_mapped_task_runs_each_value(shop: Airbyte) -> None:
    def body() -> None:
        @airbyte_sync(deferrable=False)
        def sync(name: str) -> str:
            return name

        sync.expand(name=["Shop", SHOP])

    mapped: Any = build(body)["sync"]
    operator = mapped.unmap({"op_kwargs": {"name": "Shop"}})
    assert isinstance(operator, DecoratedOperator)
    assert run(operator)["connection_name"] == "Shop"


def test_inside_a_group_and_as_setup_and_teardown() -> None:
    def body() -> None:
        @task_group
        def group() -> None:
            @setup
            @airbyte_sync
            def before() -> str:
                return "Shop"

            @teardown
            @airbyte_sync
            def after() -> str:
                return "Stock"

            before() >> after()

        group()

    tasks = build(body)
    assert set(tasks) == {"group.before", "group.after"}
    assert tasks["group.before"].is_setup
    assert tasks["group.after"].is_teardown


def test_a_function_that_is_annotated_with_dict_pushes_its_keys() -> None:
    def body() -> None:
        @airbyte_sync
        def sync() -> dict[str, Any]:
            return {"connection": "Shop"}

        sync()

    assert getattr(build(body)["sync"], "multiple_outputs", None) is True


def test_a_dag_with_it_can_be_serialised() -> None:
    def body() -> None:
        @airbyte_sync
        def sync() -> str:
            return "Shop"

        sync()
        sync.override(task_id="mapped").partial().expand_kwargs([{}])

    built = dag(schedule=None, start_date=datetime(2026, 1, 1), dag_id="shop")(body)()  # noqa: DTZ001
    assert "airbyte_sync" in str(serialised(built))


def test_the_registered_factory_makes_the_same_task() -> None:
    def body() -> None:
        @airbyte_sync_task(conn_id="other")
        def sync() -> str:
            return "Shop"

        sync()

    assert getattr(build(body)["sync"], "conn_id", None) == "other"


def test_an_option_that_does_not_exist_is_an_error_while_the_file_is_parsed() -> None:
    with pytest.raises((TypeError, AirflowException), match="con_id"):
        returning("Shop", con_id="other")


def test_returned_values_are_not_written_back_as_rendered_fields() -> None:
    assert getattr(returning("Shop"), "overwrite_rtif_after_execution", False) is False  # Airflow 2 has no such switch
