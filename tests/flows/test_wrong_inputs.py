"""Whatever is wrong is said early, in our words, and nothing is started or stored."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, dag

from taskflow_profilemesh import airbyte_sync, profile_tables
from taskflow_profilemesh.errors import AirbyteUnreachable, SourceUnreachable
from tests.flows.shop import CONNECTION, Shop

CLOSED_PORT = 9  # discard: nothing listens there


def _execute(decorator: Any, value: object) -> Any:
    """Execute in place, outside a DAG run, the task of a decorated function that returns the value."""

    def named() -> object:
        return value

    @dag(schedule=None)
    def alone() -> None:
        decorator(named)()

    operator: Any = alone().tasks[0]
    return operator.execute({})


@contextmanager
def _within_ten_seconds() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 10


def _nothing_happened(shop: Shop) -> bool:
    return not shop.airbyte.jobs(shop.connection_id) and not shop.store().tables()


def test_an_unknown_connection_is_refused_with_the_nearest_name(shop: Shop) -> None:
    with _within_ten_seconds(), pytest.raises(AirflowFailException, match=f"Did you mean '{CONNECTION}'"):
        _execute(airbyte_sync, "Shop → Warehous")
    assert _nothing_happened(shop)


def test_an_unknown_connection_id_is_refused_with_the_ids_that_there_are(shop: Shop) -> None:
    there = f"{CONNECTION} \\(id {shop.connection_id}\\)"
    with _within_ten_seconds(), pytest.raises(AirflowFailException, match=there):
        _execute(airbyte_sync, "00000000-0000-4000-8000-000000000000")
    assert _nothing_happened(shop)


def test_a_wrong_secret_is_refused_and_never_shown(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"conn_type": "airbyte", "host": shop.airbyte.url, "login": shop.airbyte.client_id, "password": "canary-42"}
    monkeypatch.setenv("AIRFLOW_CONN_AIRBYTE_DEFAULT", json.dumps(wrong))
    with _within_ten_seconds(), pytest.raises(AirflowFailException, match="refused the credentials") as caught:
        _execute(airbyte_sync, CONNECTION)
    assert "canary-42" not in str(caught.value)
    assert _nothing_happened(shop)


def test_an_unreachable_airbyte_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"conn_type": "airbyte", "host": f"http://127.0.0.1:{CLOSED_PORT}", "login": "a", "password": "b"}
    monkeypatch.setenv("AIRFLOW_CONN_AIRBYTE_DEFAULT", json.dumps(nowhere))
    with _within_ten_seconds(), pytest.raises(AirbyteUnreachable, match=f"127.0.0.1:{CLOSED_PORT}"):
        _execute(airbyte_sync, CONNECTION)
    assert _nothing_happened(shop)


def test_an_unreachable_database_is_named_without_its_password(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"conn_type": "postgres", "host": "127.0.0.1", "port": CLOSED_PORT, "password": "canary-42"}
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(nowhere))
    with _within_ten_seconds(), pytest.raises(SourceUnreachable, match=f"127.0.0.1:{CLOSED_PORT}") as caught:
        _execute(profile_tables(conn_id="warehouse"), "users")
    assert "canary-42" not in str(caught.value)
    assert _nothing_happened(shop)


def test_an_unknown_table_fails_before_any_other_table_is_read(shop: Shop) -> None:
    _execute(airbyte_sync, CONNECTION)
    with _within_ten_seconds(), pytest.raises(AirflowFailException, match="Did you mean 'users'"):
        _execute(profile_tables(conn_id="warehouse"), ["orders", "usres"])
    assert shop.store().tables() == []


def test_an_unknown_table_costs_the_others_nothing_where_errors_may_pass(shop: Shop) -> None:
    _execute(airbyte_sync, CONNECTION)
    result = _execute(profile_tables(conn_id="warehouse", fail_on_error=False), ["orders", "usres"])
    assert [table["table"] for table in result["tables"]] == ["orders"]
    assert [failure["table"] for failure in result["failed"]] == ["usres"]
    assert "Did you mean 'users'" in result["failed"][0]["error"]


@pytest.mark.parametrize("decorator", [airbyte_sync, profile_tables(conn_id="warehouse")])
def test_a_function_that_returns_a_number_is_named_with_its_decorator(shop: Shop, decorator: Any) -> None:
    with _within_ten_seconds(), pytest.raises((AirflowFailException, TypeError)) as caught:
        _execute(decorator, 42)
    assert "function='named'" in str(caught.value)
    assert "got='int'" in str(caught.value)
    assert "@task." in str(caught.value)
    assert _nothing_happened(shop)


def test_an_airflow_connection_that_does_not_exist_is_named(shop: Shop) -> None:
    with _within_ten_seconds(), pytest.raises(AirflowFailException, match="got='nowhere'"):
        _execute(profile_tables(conn_id="nowhere"), "users")
    assert _nothing_happened(shop)


def test_an_airflow_connection_of_another_type_is_named(shop: Shop) -> None:
    with pytest.raises(AirflowFailException, match="of type airbyte"):
        _execute(profile_tables(conn_id="airbyte_default"), "users")


def test_a_file_store_is_refused_where_workers_share_no_disk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _execute(airbyte_sync, CONNECTION)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    with pytest.raises(AirflowFailException, match="AIRFLOW__PROFILEMESH__STORE"):
        _execute(profile_tables(conn_id="warehouse"), "users")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"on_drift": "explode"}, "one of record, warn, skip, fail"),
        ({"drift_severity": "hgih"}, "Did you mean 'high'"),
        ({"thresholds": "psi_warn"}, "option='thresholds', got='str'"),
    ],
)
def test_a_wrong_option_is_an_error_while_the_dag_is_parsed(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        _execute(profile_tables(**options), "users")
