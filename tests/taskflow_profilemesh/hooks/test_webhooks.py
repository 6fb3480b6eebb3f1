"""Event messages against a real web server."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from taskflow_profilemesh.errors import AlertNotSent
from taskflow_profilemesh.events.profiling_events import EventKind, ProfilingEvent
from taskflow_profilemesh.hooks.webhooks import webhook_hook
from taskflow_profilemesh.tables import TableRef

CHANGED = ProfilingEvent(
    kind=EventKind.SCHEMA_CHANGED,
    source="warehouse",
    table=TableRef("orders", "shop"),
    run_id="r1",
    at=datetime(2024, 1, 1, tzinfo=UTC),
    payload={"severity": "high", "changes": [{"sentence": "Column <price> is gone."}]},
)


def test_an_event_is_posted_to_an_address_in_slacks_shape(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    webhook_hook({"url": httpserver.url_for("/hook")})(CHANGED)
    ((request, _),) = httpserver.log
    told = json.loads(request.data)
    assert told["text"] == "shop.orders (warehouse): schema changed."
    assert told["blocks"][0]["text"]["text"].endswith("\n• Column &lt;price&gt; is gone.")


def test_a_connection_has_the_address_and_the_secret(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    httpserver.expect_request("/drift", method="POST").respond_with_data("ok")
    said = {"conn_type": "http", "host": httpserver.host, "port": httpserver.port, "password": "canary-secret"}
    hook = webhook_hook({"conn_id": "alerts", "endpoint": "drift"})  # which need not exist before there is an event
    monkeypatch.setenv("AIRFLOW_CONN_ALERTS", json.dumps(said))
    hook(CHANGED)
    ((request, _),) = httpserver.log
    assert request.headers["Authorization"] == "Bearer canary-secret"


def test_a_message_that_is_refused_quotes_no_address(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/canary").respond_with_data("no", status=500)
    with pytest.raises(AlertNotSent) as caught:
        webhook_hook({"url": httpserver.url_for("/canary")})(CHANGED)
    assert "canary" not in str(caught.value)
