"""Notices as Airbyte's webhook sends them, to a real receiver, and never in anybody's way."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer

from mock_airbyte import HandClock, MockAirbyte, Stage
from mock_airbyte.failures import Failure
from mock_airbyte.notices import Notice, sized, spoken
from mock_airbyte.webhooks import Courier
from tests.mock_airbyte.shops import connected

FAILED = Failure("No such table.", "destination", "config_error")


@pytest.fixture
def connection_id(mock: MockAirbyte, warehouse: Path) -> str:
    return connected(mock, warehouse)


def _payload(mock: MockAirbyte, kind: str) -> Mapping[str, Any]:
    (found,) = [notice.payload for notice in mock.notices if notice.kind == kind]
    return found


def test_a_success_is_told_with_all_its_facts(mock: MockAirbyte, connection_id: str) -> None:
    mock.book.plan((Stage("running", 3600), Stage("succeeded")))
    mock.sync(connection_id)
    mock.advance(3600)
    mock.job(1)
    payload = _payload(mock, "success")
    assert payload["text"] == "Your connection Shop → Warehouse from Shop to Warehouse succeeded\nJob ID: 1\n"
    assert payload["blocks"][0]["text"]["text"].startswith("Sync completed: <https://")
    data = payload["data"]
    assert {name: data[name]["name"] for name in ("workspace", "connection", "source", "destination")} == {
        "workspace": "Default Workspace",
        "connection": "Shop → Warehouse",
        "source": "Shop",
        "destination": "Warehouse",
    }
    assert data["connection"]["id"] == connection_id
    told = {name: data[name] for name in ("success", "jobId", "startedAt", "finishedAt", "recordsCommitted")}
    assert told == {
        "success": True,
        "jobId": 1,
        "startedAt": "2026-01-01T12:00:00Z",
        "finishedAt": "2026-01-01T13:00:00Z",
        "recordsCommitted": 2,
    }
    assert (data["durationInSeconds"], data["durationFormatted"]) == (3600, "1 hours 0 min")
    assert (data["errorMessage"], data["errorType"], data["errorOrigin"]) == (None, None, None)


def test_a_queued_job_and_a_failed_one_are_both_no_success(mock: MockAirbyte, connection_id: str) -> None:
    mock.book.plan((Stage("pending", 1), Stage("queued", 9), Stage("running", 1), Stage("failed", failure=FAILED)))
    mock.sync(connection_id)
    mock.advance(5)
    assert [notice.kind for notice in mock.notices] == ["queued"]
    assert _payload(mock, "queued")["data"]["success"] is False
    mock.advance(100)
    data = _payload(mock, "failure")["data"]
    assert (data["success"], data["errorMessage"]) == (False, "No such table.")
    assert (data["errorType"], data["errorOrigin"]) == ("config_error", "destination")


def test_a_cancel_is_not_told(mock: MockAirbyte, connection_id: str) -> None:
    mock.play("stuck")
    mock.cancel(mock.sync(connection_id))
    mock.advance(5)
    assert mock.notices == ()


def test_a_changed_schema_is_told_without_data(mock: MockAirbyte, connection_id: str) -> None:
    mock.play("schema-drift", connection_id)
    assert mock.notices == (), "nobody has looked yet"
    mock.sync(connection_id)
    mock.advance(3600)
    mock.job(1)
    payload = _payload(mock, "schema_change")
    assert "data" not in payload
    assert "Schema change detected" in payload["blocks"][0]["text"]["text"]


def test_a_change_that_a_sync_finds_is_told_once(mock: MockAirbyte, tmp_path: Path) -> None:
    def people(**more: object) -> list[dict[str, object]]:
        return [{"name": "people", "rows": [{"id": 1, **more}]}]

    source = mock.create_source("People", "mock-inline", streams=people())
    warehouse = mock.create_destination("W", "sqlite", destination_path=str(tmp_path / "w.db"))
    connection = mock.create_connection(source, warehouse)
    for streams in (people(), people(age=7), people(age=7), people(age=7, town="Oslo"), people(), people(age=7)):
        mock.configure("source", source, streams=streams)
        mock.job(mock.sync(connection))
    kinds = [notice.kind for notice in mock.notices if notice.kind != "queued"]
    changed, fine = "schema_change", "success"
    assert kinds == [fine, changed, fine, fine, changed, fine, fine, changed, fine]


def test_a_notice_is_posted_as_json_and_nothing_else(
    mock: MockAirbyte, connection_id: str, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("", status=500)
    mock.register_webhook(httpserver.url_for("/hook"))
    mock.register_webhook(httpserver.url_for("/hook"))
    mock.job(mock.sync(connection_id))
    mock.app.courier.wait()
    (request,) = [request for request, _ in httpserver.log]
    assert request.get_json() == _payload(mock, "success")
    assert request.headers["Content-Type"] == "application/json"
    (delivery,) = mock.app.courier.deliveries
    assert (delivery.status, delivery.arrived) == (500, False), "and it is not tried again"


def test_an_address_where_nobody_listens_is_in_nobodys_way(mock: MockAirbyte, connection_id: str) -> None:
    mock.register_webhook("http://127.0.0.1:9/hook")
    mock.job(mock.sync(connection_id))
    mock.app.courier.wait()
    assert [(one.status, one.arrived) for one in mock.app.courier.deliveries] == [(None, False)]


def test_a_receiver_that_never_answers_blocks_nothing(mock: MockAirbyte, connection_id: str) -> None:
    released = threading.Event()
    called = threading.Event()

    def send(url: str, payload: Mapping[str, Any]) -> int:
        called.set()
        assert released.wait(30)
        return 200

    courier = Courier(send=send)
    mock.app.notifier._courier = courier
    courier.register("http://receiver.example/hook")
    for number in range(3):
        mock.job(mock.sync(connection_id))
        mock.book.tick()
        assert len(courier.notices) == number + 1
    assert called.wait(30)
    assert list(courier.deliveries) == []
    released.set()
    courier.wait()
    assert [one.arrived for one in courier.deliveries] == [True] * 3
    courier.close()


def test_a_queue_that_is_full_drops_the_newest(caplog: pytest.LogCaptureFixture) -> None:
    released = threading.Event()
    courier = Courier(send=lambda _, __: 200 if released.wait(30) else 500)
    courier.register("http://receiver.example/hook")
    notice = Notice("queued", HandClock().now(), {})
    for _ in range(1100):
        courier.hand_over(notice)
    assert "a notice was dropped" in caplog.text
    released.set()
    courier.wait()
    assert len(courier.deliveries) == 1000
    courier.clear()
    assert (courier.urls, courier.notices, courier.deliveries) == ((), (), ())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "hook", "http://"])
def test_an_address_that_is_none_is_refused(mock: MockAirbyte, url: str) -> None:
    with pytest.raises(ValueError, match="http or https"):
        mock.register_webhook(url)


def test_webhooks_are_registered_and_read_through_control(httpserver: HTTPServer, warehouse: Path) -> None:
    with MockAirbyte(clock=HandClock(), patience_seconds=30) as mock:
        url = f"{mock.root_url}/_mock/webhooks"
        assert requests.post(url, json={"url": httpserver.url_for("/x")}, timeout=10).json()["id"] == "1"
        connection = connected(mock, warehouse)
        mock.job(mock.sync(connection))
        (notice,) = requests.get(url, timeout=10).json()["notices"]
        assert (notice["kind"], notice["payload"]["data"]["jobId"]) == ("success", 1)


@pytest.mark.parametrize(
    ("seconds", "words"), [(3600, "1 hours 0 min"), (7325, "2 hours 2 min"), (125, "2 min 5 sec"), (7.9, "7 sec")]
)
def test_durations_are_spoken(seconds: float, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (90, "90 B"), (1000, "1000 B"), (1234, "1.2 kB"), (30_502_766, "30.5 MB")]
)
def test_sizes_are_spoken(count: int, words: str) -> None:
    assert sized(count) == words
