"""The notifier against a real web server."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytest_httpserver import HTTPServer

from taskflow_profilemesh import DriftNotifier
from taskflow_profilemesh.errors import AlertNotSent, InvalidOption
from tests.taskflow_profilemesh.events.test_alerts import result

PATH = "/services/canary-T000/B000"


def _context(returned: object) -> Any:
    pulled: list[Any] = []

    def pull(**wanted: Any) -> object:
        pulled.append(wanted)
        return returned

    ti = SimpleNamespace(task_id="profile", map_index=-1, xcom_pull=pull)
    return cast("Any", {"ti": ti, "dag": SimpleNamespace(dag_id="shop")})


def _sent(httpserver: HTTPServer) -> list[Any]:
    return [(request, json.loads(request.data)) for request, _ in httpserver.log]


@pytest.fixture
def hook(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request(PATH, method="POST").respond_with_data("ok")
    return httpserver


def test_drift_is_posted_to_the_address(hook: HTTPServer) -> None:
    DriftNotifier(webhook_url=hook.url_for(PATH), title="Shop").notify(_context(result("high")))
    ((request, payload),) = _sent(hook)
    assert request.content_type == "application/json"
    assert payload["text"] == "Shop: age drifted."


@pytest.mark.parametrize("returned", [result(None), result("low"), None, "text", {"other": 1}])
def test_nothing_is_posted_where_there_is_nothing_to_tell(hook: HTTPServer, returned: object) -> None:
    DriftNotifier(webhook_url=hook.url_for(PATH), severity="medium").notify(_context(returned))
    assert hook.log == []


def test_an_http_connection_has_the_address_and_the_secret(hook: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = {"conn_type": "http", "host": hook.host, "port": hook.port, "password": "canary-secret"}
    monkeypatch.setenv("AIRFLOW_CONN_ALERTS", json.dumps(connection))
    DriftNotifier(http_conn_id="alerts", endpoint=PATH).notify(_context(result("high")))
    ((request, _),) = _sent(hook)
    assert request.headers["Authorization"] == "Bearer canary-secret"


def test_a_slack_connection_has_its_token_in_the_path(hook: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = {"conn_type": "slackwebhook", "host": hook.url_for("/services"), "password": "canary-T000/B000"}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK", json.dumps(connection))
    DriftNotifier(http_conn_id="slack").notify(_context(result("high")))
    ((request, _),) = _sent(hook)
    assert "Authorization" not in request.headers


def test_a_refusal_is_an_error_without_the_address(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("no_team", status=404)
    with pytest.raises(AlertNotSent, match="status=404") as caught:
        DriftNotifier(webhook_url=httpserver.url_for(PATH)).notify(_context(result("high")))
    assert "canary" not in str(caught.value)


def test_an_address_that_does_not_answer_is_not_quoted() -> None:
    with pytest.raises(AlertNotSent) as caught:
        DriftNotifier(webhook_url="http://127.0.0.1:9/canary").notify(_context(result("high")))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "options", [{}, {"webhook_url": "http://a", "http_conn_id": "b"}, {"webhook_url": "http://a", "severity": "bad"}]
)
def test_wrong_options_are_refused_while_the_dag_is_parsed(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        DriftNotifier(**options)
