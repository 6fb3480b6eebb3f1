"""A DAG of the Airbyte provider's operator moves over by one import."""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG

from taskflow_profilemesh import airbyte_sync
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from taskflow_profilemesh.operators.stock_names import STOCK_NAMES
from taskflow_profilemesh.sensors.airbyte import AirbyteSyncSensor


def test_every_name_of_the_stock_operator_is_taken() -> None:
    stock = pytest.importorskip("airflow.providers.airbyte.operators.airbyte").AirbyteTriggerSyncOperator
    theirs = set(inspect.signature(stock.__init__).parameters) - {"self", "kwargs"}
    assert theirs <= set(inspect.signature(AirbyteSyncOperator.__init__).parameters)


def test_the_stock_names_mean_ours() -> None:
    task = AirbyteSyncOperator(
        task_id="sync",
        airbyte_conn_id="airbyte_prod",
        connection_id="{{ params.connection }}",
        asynchronous=True,
        wait_seconds=5,
        timeout=600,
        api_version="v1",
        api_type="cloud",
        deferrable=True,
    )
    assert (task.conn_id, task.connection, task.poll_interval_seconds, task.timeout_seconds) == (
        "airbyte_prod",
        "{{ params.connection }}",
        5,
        600,
    )
    assert task.asynchronous
    assert task.deferrable


@pytest.mark.parametrize(("stock", "ours"), STOCK_NAMES.items())
def test_one_option_under_two_names_is_refused(stock: str, ours: str) -> None:
    value: Any = 5 if "seconds" in ours else "Shop"
    options: dict[str, Any] = {"connection": "Shop", ours: value, stock: value}
    with pytest.raises(InvalidOption, match=f"{ours} and {stock}"):
        AirbyteSyncOperator(task_id="sync", **options)


@pytest.mark.parametrize(
    "options", [{"api_version": "v2"}, {"api_type": "clouds"}, {"timeout": -1}, {"wait_seconds": 0}]
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        AirbyteSyncOperator(task_id="sync", connection_id="Shop", **options)


def test_a_task_without_a_connection_is_refused_while_the_file_is_parsed() -> None:
    with pytest.raises(InvalidOption, match="connection"):
        AirbyteSyncOperator(task_id="sync")


@pytest.mark.parametrize("kind", [AirbyteSyncOperator, AirbyteSyncSensor])
def test_a_text_is_no_flag(kind: Any) -> None:
    with pytest.raises(InvalidOption, match="True or False"):
        kind(task_id="sync", connection="Shop", deferrable="false")  # it would defer


def test_default_args_and_mapping_take_the_stock_names() -> None:
    with DAG("moved", schedule=None, start_date=datetime(2026, 1, 1), default_args={"airbyte_conn_id": "prod"}) as dag:  # noqa: DTZ001 -- Airflow adds UTC
        AirbyteSyncOperator.partial(task_id="mapped").expand(connection_id=["a", "b"])
        AirbyteSyncOperator(task_id="one", connection_id="a")
    one = dag.get_task("one")
    assert isinstance(one, AirbyteSyncOperator)
    assert one.conn_id == "prod"
    assert dag.has_task("mapped")


def test_the_decorator_takes_them_too() -> None:
    with DAG("decorated", schedule=None, start_date=datetime(2026, 1, 1)) as dag:  # noqa: DTZ001 -- Airflow adds UTC

        @airbyte_sync(connection_id="Shop", airbyte_conn_id="prod")  # type: ignore[call-overload, untyped-decorator] # only our own names are typed
        def sync() -> None: ...

        sync()
    task = dag.get_task("sync")
    assert isinstance(task, AirbyteSyncOperator)
    assert (task.connection, task.conn_id) == ("Shop", "prod")
