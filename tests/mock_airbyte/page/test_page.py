"""What the page shows, what a click does and who may see it."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from mock_airbyte import Auth, HandClock, MockAirbyte, by_clock
from mock_airbyte.page.site import Page
from tests.mock_airbyte.shops import connected

_NASTY = """<script>alert("x")</script> & 'so' on"""
_SHOWN = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#x27;so&#x27; on"
_HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


def _open(mock: MockAirbyte, path: str = "/", **options: Any) -> TestResponse:
    options.setdefault("environ_base", {"REMOTE_ADDR": "127.0.0.1"})
    method = options.pop("method", "GET")
    return Client(mock.app).open(path, method=method, **options)


def _click(mock: MockAirbyte, action: str, headers: dict[str, str] | None = None, **form: object) -> TestResponse:
    return _open(mock, f"/page/{action}", method="POST", data=form, headers=_HERE if headers is None else headers)


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


# What is shown


def test_an_empty_mock_says_so(mock: MockAirbyte) -> None:
    page = _open(mock)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "No connection yet." in page.text
    assert "No sync was started yet." in page.text


def test_a_connection_with_its_job_attempt_rows_and_log_is_shown(mock: MockAirbyte, warehouse: Path) -> None:
    mock.sync(connected(mock, warehouse))
    text = _open(mock).text
    for shown in ("Default Workspace", "Shop → Warehouse", "mock-inline", "sqlite", "succeeded", "Attempt 1"):
        assert shown in text
    assert "2 rows" in text
    assert "Committed 2 records of stream &#x27;people&#x27;." in text


def test_when_a_connection_syncs_by_itself_is_shown_in_words(mock: MockAirbyte, warehouse: Path) -> None:
    mock.schedule(connected(mock, warehouse), cron="0 0 12 ? * 2-6", time_zone="Europe/Berlin")
    assert "At 12:00, Monday through Friday (Europe/Berlin)" in _open(mock).text


def test_why_a_sync_failed_is_shown(mock: MockAirbyte, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    mock.sync(connected(mock, tmp_path / "file" / "x.db"))
    text = _open(mock).text
    assert 'class="status failed"' in text
    assert re.search(r'class="failure">.+<small>destination, \w+', text)


def test_whatever_a_user_names_is_escaped(mock: MockAirbyte) -> None:
    workspace = mock.create_workspace(_NASTY)
    streams = [{"name": _NASTY, "namespace": _NASTY, "rows": [{"id": 1}]}]
    source = mock.create_source(_NASTY, "mock-inline", workspace_id=workspace, streams=streams)
    destination = mock.create_destination(_NASTY, "sqlite", workspace_id=workspace, destination_path="/nowhere/x.db")
    mock.sync(mock.create_connection(source, destination, name=_NASTY))
    text = _open(mock).text
    assert "<script>alert" not in text
    assert _NASTY not in text
    assert text.count(_SHOWN) >= 5


def test_no_secret_is_shown(mock: MockAirbyte) -> None:
    source = mock.create_source("Shop", "faker", count=1, api_key="canary-secret")
    parts: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 1,
        "database": "d",
        "username": "u",
    }
    destination = mock.create_destination("W", "postgres", schema="public", password="canary-secret", **parts)
    mock.sync(mock.create_connection(source, destination))
    assert "canary-secret" not in _open(mock).text


def test_nothing_is_loaded_from_elsewhere(mock: MockAirbyte, warehouse: Path) -> None:
    mock.sync(connected(mock, warehouse))
    page = _open(mock)
    assert re.findall(r'(?:src|href)="([^"]*)"', page.text) == ["data:,", "/page/style.css", "/page/refresh.js"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for path, kind in (("/page/style.css", "text/css"), ("/page/refresh.js", "text/javascript")):
        file = _open(mock, path)
        assert (file.status_code, file.mimetype) == (200, kind)
        assert re.search(r"https?://|@import|url\(", file.text) is None


def test_only_the_newest_jobs_are_shown(mock: MockAirbyte, warehouse: Path) -> None:
    connection = connected(mock, warehouse)
    for _ in range(52):
        mock.sync(connection)
    text = _open(mock).text
    assert "The newest 50 of 52." in text
    assert [f'data-key="job-{number}"' in text for number in (52, 3, 2)] == [True, True, False]


# What a click does


def test_a_click_starts_a_sync_and_leads_back(mock: MockAirbyte, warehouse: Path) -> None:
    connection = connected(mock, warehouse)
    answer = _click(mock, "sync", connection=connection)
    assert (answer.status_code, answer.location) == (303, "/")
    assert [job.status for job in mock.jobs(connection)] == ["succeeded"]


def test_a_running_sync_can_be_cancelled_and_not_started_twice(slow_mock: MockAirbyte, warehouse: Path) -> None:
    connection = connected(slow_mock, warehouse)
    _click(slow_mock, "sync", connection=connection)
    again = _click(slow_mock, "sync", connection=connection)
    assert "It is running already." in _open(slow_mock, again.location).text
    assert _click(slow_mock, "cancel", job=1).location == "/"
    assert slow_mock.job(1).status == "cancelled"


def test_cancelling_an_old_job_leaves_the_new_one_alone(slow_mock: MockAirbyte, warehouse: Path) -> None:
    connection = connected(slow_mock, warehouse)
    slow_mock.cancel(slow_mock.sync(connection))
    new = slow_mock.sync(connection)
    _click(slow_mock, "cancel", job=1)
    assert slow_mock.job(new).status == "pending"


def test_what_cannot_be_done_is_said(mock: MockAirbyte, warehouse: Path) -> None:
    connection = connected(mock, warehouse)
    mock.deactivate(connection)
    for action, form, said in (
        ("sync", {"connection": connection}, "switched off"),
        ("sync", {"connection": "teapot"}, "not there any more"),
        ("cancel", {"job": 99}, "not there any more"),
        ("cancel", {"job": "x"}, "not there any more"),
    ):
        answer = _click(mock, action, **form)
        assert answer.status_code == 303
        assert said in _open(mock, answer.location).text
    assert mock.jobs() == ()


def test_a_note_that_nobody_wrote_is_not_shown(mock: MockAirbyte) -> None:
    assert 'class="note"' not in _open(mock, "/?note=Send+money").text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:1", "Sec-Fetch-Site": "same-site"},
        {"Referer": "http://localhost/"},
    ],
)
def test_a_click_from_elsewhere_does_nothing(mock: MockAirbyte, warehouse: Path, headers: dict[str, str]) -> None:
    connection = connected(mock, warehouse)
    assert _click(mock, "sync", headers, connection=connection).status_code == 403
    assert mock.jobs() == ()


def test_a_link_cannot_click(mock: MockAirbyte, warehouse: Path) -> None:
    connection = connected(mock, warehouse)
    assert _open(mock, f"/page/sync?connection={connection}").status_code == 404
    assert mock.jobs() == ()


# Who may see it


@pytest.mark.parametrize(
    ("host", "headers", "address"),
    [
        ("http://192.0.2.7:8000", {}, "192.0.2.9"),
        ("http://localhost", {}, "192.0.2.9"),
        ("http://rebound.example", {}, "127.0.0.1"),
        ("http://localhost", {"X-Forwarded-For": "192.0.2.9"}, "127.0.0.1"),
    ],
)
def test_from_elsewhere_it_wants_the_credentials(host: str, headers: dict[str, str], address: str) -> None:
    mock = MockAirbyte(clock=HandClock())
    options: dict[str, Any] = {"base_url": host, "environ_base": {"REMOTE_ADDR": address}}
    asked = _open(mock, headers=headers, **options)
    assert (asked.status_code, asked.www_authenticate.type) == (401, "basic")
    wrong, right = _basic(mock.client_id, "wrong"), _basic(mock.client_id, mock.client_secret)
    assert _open(mock, headers=headers | wrong, **options).status_code == 401
    assert _open(mock, headers=headers | right, **options).status_code == 200
    assert _open(mock, "/page/sync", method="POST", headers=headers | _HERE, **options).status_code == 401


@pytest.mark.parametrize(
    ("auth", "name", "password"),
    [
        (Auth(mode="basic", username="me", password="mine"), "me", "mine"),
        (Auth(mode="bearer", token="the-token"), "anybody", "the-token"),
    ],
)
def test_the_credentials_are_those_of_the_mode(auth: Auth, name: str, password: str) -> None:
    mock = MockAirbyte(clock=HandClock(), auth=auth)
    far: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": "192.0.2.9"}}
    assert _open(mock, headers=_basic(name, "wrong"), **far).status_code == 401
    assert _open(mock, headers=_basic(name, ""), **far).status_code == 401
    assert _open(mock, headers=_basic(name, password), **far).status_code == 200


def test_without_authentication_it_is_open_like_the_api() -> None:
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="none"))
    assert _open(mock, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200


def test_a_control_token_is_asked_for_even_at_the_machine(mock: MockAirbyte) -> None:
    mock.app.page = Page(mock.world, mock.book, mock.gate, control_token="the-control-token")
    assert _open(mock).status_code == 401
    assert _open(mock, headers=_basic(mock.client_id, mock.client_secret)).status_code == 401
    assert _open(mock, headers=_basic("me", "the-control-token")).status_code == 200


def test_a_slow_job_shows_how_long_it_runs() -> None:
    mock = MockAirbyte(clock=HandClock(), timeline=by_clock(running_seconds=7200))
    source = mock.create_source("Shop", "faker", count=1)
    mock.sync(mock.create_connection(source, mock.create_destination("W", "sqlite", destination_path="/nowhere/w.db")))
    mock.advance(3723)
    text = _open(mock).text
    assert "1 h 2 min" in text
    assert 'class="status running"' in text
    assert "Cancel the sync of Shop → W" in text
