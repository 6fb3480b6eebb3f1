"""What a run tells of each table, in the store and to one's own function, and an alert that reaches a web server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.common.compat.sdk import dag
from pytest_httpserver import HTTPServer

from taskflow_profilemesh import DriftNotifier, ProfilingEvent, TableRef, profile_tables
from tests.flows.running import run_dag
from tests.flows.shop import Shop, users

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import DAG

pytestmark = pytest.mark.airflow_db


def _flow(tables: Any, **options: Any) -> DAG:
    @dag(schedule=None)
    def events() -> None:
        @profile_tables(conn_id="warehouse", **options)
        def profile() -> Any:
            return tables

        profile()

    return events()


@pytest.fixture
def sync(shop: Shop) -> Callable[[], None]:
    def run() -> None:
        assert shop.airbyte.job(shop.airbyte.sync(shop.connection_id)).is_terminal

    return run


def _kinds(shop: Shop, table: str) -> list[str]:
    return [event.kind for event in reversed(shop.store().events("warehouse", TableRef(table)))]


def test_the_store_has_what_happened_to_a_table(shop: Shop, sync: Callable[[], None]) -> None:
    sync()
    run_dag(_flow("users"))
    assert _kinds(shop, "users") == ["profiling_started", "profiling_completed"]
    shop.sell([row | {"country": None, "email": "a@b.example"} for row in users()])
    sync()
    finished = run_dag(_flow("users"))
    assert _kinds(shop, "users")[2:] == [
        "profiling_started",
        "profiling_completed",
        "drift_detected",
        "schema_changed",
    ]
    changed, drifted, completed = shop.store().events("warehouse", TableRef("users"))[:3]
    told = finished.returned["profile"]["tables"][0]
    assert {event.payload["profile_id"] for event in (changed, drifted, completed)} == {told["profile_id"]}
    assert drifted.payload["severity"] == "high"
    assert drifted.payload["findings"][0]["column"] == "country"
    assert changed.payload["changes"][0]["column"] == "email"
    assert (completed.payload["row_count"], completed.payload["passed"]) == (1_000, True)


def test_a_table_that_cannot_be_profiled_is_told_with_its_error(shop: Shop, sync: Callable[[], None]) -> None:
    sync()
    run_dag(_flow(["users", "nowhere"], fail_on_error=False))
    (event,) = shop.store().events("warehouse", TableRef("nowhere"))
    assert (event.kind, event.payload["error_type"]) == ("profiling_failed", "TableNotFound")


def test_ones_own_function_hears_instead_of_the_store(shop: Shop, sync: Callable[[], None]) -> None:
    heard: list[ProfilingEvent] = []
    sync()
    run_dag(_flow("users", event_hooks=[heard.append]))
    assert [str(event.kind) for event in heard] == ["profiling_started", "profiling_completed"]
    assert _kinds(shop, "users") == []


def test_an_alert_reaches_people_when_drift_fails_the_task(
    shop: Shop, sync: Callable[[], None], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/alert", method="POST").respond_with_data("ok")
    alert = DriftNotifier(webhook_url=httpserver.url_for("/alert"))
    flow = _flow("users", on_drift="fail", on_failure_callback=alert, on_success_callback=alert)
    sync()
    run_dag(flow)
    assert httpserver.log == []  # nothing to tell
    shop.sell(users(country=None))
    sync()
    assert run_dag(flow).states["profile"] == "failed"
    ((request, _),) = httpserver.log
    told = json.loads(request.data)
    assert told["text"].startswith("events · profile: 1 of 1 tables drifted, the worst severity is high.")
