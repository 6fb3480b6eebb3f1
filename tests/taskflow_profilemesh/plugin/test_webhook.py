"""The receiver's door: who may knock, how large a notice may be, and what is answered; assets are told in flows/."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

pytest.importorskip(
    "airflow.models.asset", reason="Airflow 2: no plugin of it serves FastAPI, so there is no receiver of notifications"
)

from starlette.testclient import TestClient

from taskflow_profilemesh.airbyte.notice import SyncNotice
from taskflow_profilemesh.plugin.asset_changes import Change
from taskflow_profilemesh.plugin.body import LARGEST_BYTES
from taskflow_profilemesh.plugin.webhook import webhook_app

TOKEN = "canary-token-0123456789"
PAYLOAD = {
    "text": "…",
    "data": {
        "connection": {"id": "3f6c1c3e-6f0e-4c7b-9b87-6f5d2f1f8d11", "name": "Shop"},
        "jobId": 7,
        "success": True,
    },
}
TOLD = Change(told=("airbyte://connection/Shop",))
IN_HEADER = {"X-ProfileMesh-Token": TOKEN}


class Ear:
    """Hears what would be told to Airflow's assets."""

    def __init__(self, change: Change = TOLD) -> None:
        self.heard: list[SyncNotice] = []
        self.change = change

    def __call__(self, notice: SyncNotice) -> Change:
        self.heard.append(notice)
        return self.change


def _client(ear: Ear, token: str | None = TOKEN) -> TestClient:
    return TestClient(webhook_app(token, tell=ear))


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/airbyte", IN_HEADER),
        ("/airbyte", {"Authorization": f"Bearer {TOKEN}"}),
        (f"/airbyte/{TOKEN}", {}),
    ],
)
def test_the_token_may_stand_in_a_header_or_in_the_path(path: str, headers: Mapping[str, str]) -> None:
    ear = Ear()
    answer = _client(ear).post(path, json=PAYLOAD, headers=dict(headers))
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "told", "job_id": 7, "assets": ["airbyte://connection/Shop"]},
    )
    assert [notice.job_id for notice in ear.heard] == [7]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/airbyte", {}),
        ("/airbyte", {"X-ProfileMesh-Token": TOKEN + "x"}),
        ("/airbyte", {"X-ProfileMesh-Token": TOKEN[:-1]}),
        ("/airbyte", {"Authorization": f"Basic {TOKEN}"}),
        ("/airbyte/", {}),
        ("/airbyte/wrong", {}),
        ("/airbyte/%C3%A9", {}),
        (f"/airbyte?token={TOKEN}", {}),  # query strings end up in logs: not taken
    ],
)
def test_without_the_token_nothing_is_read(path: str, headers: Mapping[str, str]) -> None:
    ear = Ear()
    answer = _client(ear).post(path, content=b"no json", headers=dict(headers))
    assert answer.status_code == 401
    assert ear.heard == []


@pytest.mark.parametrize("headers", [{}, IN_HEADER, {"X-ProfileMesh-Token": ""}])
def test_without_a_token_in_the_settings_it_is_off(headers: Mapping[str, str]) -> None:
    ear = Ear()
    answer = _client(ear, token=None).post("/airbyte", json=PAYLOAD, headers=dict(headers))
    assert answer.status_code == 503
    assert ear.heard == []


def test_a_job_that_was_told_before_is_known() -> None:
    answer = _client(Ear(Change(known=("airbyte://connection/Shop",)))).post(
        "/airbyte", json=PAYLOAD, headers=IN_HEADER
    )
    assert answer.json() == {"status": "known", "job_id": 7}


def test_a_job_that_nobody_waits_for_is_ignored() -> None:
    answer = _client(Ear(Change())).post("/airbyte", json=PAYLOAD, headers=IN_HEADER)
    assert answer.json()["status"] == "ignored"


def test_a_failed_sync_and_airbytes_trial_of_the_address_are_taken_and_ignored() -> None:
    ear = Ear()
    for payload in ({"text": "Hello"}, {"data": {"success": False, "jobId": 7}}):
        answer = _client(ear).post("/airbyte", json=payload, headers=IN_HEADER)
        assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
    assert ear.heard == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 60_000, json.dumps({"data": {}}).encode()])
def test_what_is_no_notice_is_refused(body: bytes) -> None:
    ear = Ear()
    answer = _client(ear).post("/airbyte", content=body, headers=IN_HEADER)
    assert answer.status_code == 422
    assert ear.heard == []


def _large(padding: int) -> bytes:
    return json.dumps(PAYLOAD).encode() + b" " * padding


def _in_chunks() -> Iterator[bytes]:
    yield _large(0)
    for _ in range(LARGEST_BYTES // 1024 + 1):
        yield b" " * 1024


@pytest.mark.parametrize("content", [lambda: _large(LARGEST_BYTES), _in_chunks], ids=["told", "chunked"])
def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(content: Callable[[], Any]) -> None:
    ear = Ear()
    answer = _client(ear).post("/airbyte", content=content(), headers=IN_HEADER)
    assert answer.status_code == 413
    assert ear.heard == []


def test_the_largest_body_is_taken() -> None:
    body = _large(LARGEST_BYTES - len(_large(0)))
    assert _client(Ear()).post("/airbyte", content=body, headers=IN_HEADER).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json", "/airbyte"])
def test_there_is_no_other_door(path: str) -> None:
    assert _client(Ear()).get(path).status_code in (404, 405)


def test_no_log_and_no_answer_has_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = [
        _client(Ear()).post(f"/airbyte/{TOKEN}", json=PAYLOAD).text,
        _client(Ear()).post(f"/airbyte/{TOKEN}x", json=PAYLOAD).text,
        _client(Ear()).post(f"/airbyte/{TOKEN}", content=b"{").text,
    ]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("taskflow_profilemesh")]
    assert len(ours) == 3
    assert "canary" not in "".join(said + ours)
