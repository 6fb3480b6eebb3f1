from __future__ import annotations

import socket
import time
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from werkzeug import Response

from taskflow_profilemesh.airbyte import calls
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.sending import pooled_session
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.clock import Clock
from taskflow_profilemesh.errors import (
    AirbyteAnswerGarbled,
    AirbyteAnswerInvalid,
    AirbyteError,
    AirbyteForbidden,
    AirbyteLoginRefused,
    AirbyteRefused,
    AirbyteUnavailable,
    AirbyteUnreachable,
)
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import JOB_PATH, PUBLIC, Airbyte


def busy(status: int = 503, retry_after: str | None = None) -> Response:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Response('{"message": "busy"}', status=status, content_type="application/json", headers=headers)


class Breaks(HTTPAdapter):
    """Breaks off every exchange before its answer is read."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        super().build_response(req, resp).close()
        raise requests.ConnectionError(ConnectionResetError())


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_read_is_repeated_while_the_server_is_busy(airbyte: Airbyte, clock: HandClock, status: int) -> None:
    airbyte.on("GET", JOB_PATH, busy(status), busy(status), answers.job())
    assert airbyte.client(clock).get(7).job_id == 7
    assert clock.slept == [0.25, 0.5]


def test_retry_after_is_honoured_once_the_server_is_known(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB_PATH, answers.job(), busy(503, "17"), answers.job())
    client = airbyte.client(clock)
    client.get(7)
    client.get(7)
    assert clock.slept == [17]


def test_a_busy_server_is_given_up_in_the_end(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB_PATH, busy())
    with pytest.raises(AirbyteUnavailable) as caught:
        airbyte.client(clock).get(7)
    assert caught.value.tries == len(airbyte.asked) > 2
    assert sum(clock.slept) <= 6


def test_a_server_that_has_answered_is_waited_for_longer(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB_PATH, answers.job(), busy())
    client = airbyte.client(clock)
    client.get(7)
    with pytest.raises(AirbyteUnavailable):
        client.get(7)
    assert 60 < sum(clock.slept) <= 120


def test_a_broken_read_is_repeated(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB_PATH, answers.job())
    session = requests.Session()
    session.mount("http://", Breaks())
    with pytest.raises(AirbyteUnreachable) as caught:
        airbyte.client(clock, session=session).get(7)
    assert len(clock.slept) > 2
    assert caught.value.retryable


def test_nobody_listening_is_said_within_ten_seconds() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    began = time.monotonic()
    with _client(f"http://127.0.0.1:{port}") as client, pytest.raises(AirbyteUnreachable, match="connection refused"):
        client.workspaces()
    assert time.monotonic() - began < 10


def test_the_settings_go_before_the_environment(
    airbyte: Airbyte, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Any, Any]] = []

    class Remembers(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            seen.append((kwargs["verify"], dict(kwargs.pop("proxies")).get("http")))
            return super().send(request, *args, **kwargs)

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/the/environment.pem")
    monkeypatch.setenv("HTTP_PROXY", "http://of.the.environment:1")
    airbyte.on("GET", JOB_PATH, answers.job())
    session = pooled_session(proxies={"http": "http://of.the.settings:1"}, verify=False)
    session.mount("http://", Remembers())
    assert airbyte.client(clock, session=session).get(7).job_id == 7
    assert seen == [(False, "http://of.the.settings:1")]


def test_an_unknown_host_is_said(clock: HandClock) -> None:
    with _client("http://no-such-host.invalid", clock) as client, pytest.raises(AirbyteUnreachable, match="is unknown"):
        client.workspaces()


def _client(url: str, clock: Clock | None = None) -> AirbyteClient:
    return AirbyteClient.from_settings(AirbyteSettings.of(host=url), clock=clock)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (answers.problem(401, "invalid-api-key"), AirbyteLoginRefused),
        (answers.problem(403, "forbidden"), AirbyteForbidden),
        (answers.problem(404, "resource-not-found"), AirbyteRefused),
        (answers.problem(422, "unprocessable-entity", "no"), AirbyteRefused),
        ((400, {"errorId": "x"}), AirbyteRefused),
        (answers.html(), AirbyteAnswerInvalid),
        (answers.html(404), AirbyteAnswerInvalid),
        (Response("", status=302, headers={"Location": "https://other.example/login?secret=1"}), AirbyteAnswerInvalid),
        ({"jobId": 7}, AirbyteAnswerInvalid),
        (Response("[]", content_type="application/json"), AirbyteAnswerInvalid),
    ],
)
def test_each_answer_has_its_error(
    airbyte: Airbyte, clock: HandClock, answer: answers.Answer, error: type[AirbyteError]
) -> None:
    airbyte.on("GET", JOB_PATH, answer)
    with pytest.raises(error) as caught:
        airbyte.client(clock).get(7)
    assert type(caught.value) is error
    assert clock.slept == []
    assert "secret=1" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [answers.html(), answers.html(404), {"jobId": 7}, Response('{"jobId": 7, "sta', content_type="application/json")],
)
def test_a_server_that_answered_well_is_asked_again_where_its_answer_cannot_be_read(
    airbyte: Airbyte, clock: HandClock, answer: answers.Answer
) -> None:
    airbyte.on("GET", JOB_PATH, answers.job(), answer, answer, answers.job())
    client = airbyte.client(clock)
    client.get(7)
    assert client.get(7).job_id == 7
    assert clock.slept == [0.25, 0.5]


def test_answers_that_stay_unreadable_are_given_up_in_the_end_and_a_retry_may_help(
    airbyte: Airbyte, clock: HandClock
) -> None:
    airbyte.on("GET", JOB_PATH, answers.job(), answers.html())
    client = airbyte.client(clock)
    client.get(7)
    with pytest.raises(AirbyteAnswerGarbled) as caught:
        client.get(7)
    assert caught.value.retryable
    assert 60 < sum(clock.slept) <= 120


def test_a_start_whose_answer_cannot_be_read_is_not_sent_again(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB_PATH, answers.job())
    airbyte.on("POST", f"{PUBLIC}/jobs", answers.html())
    client = airbyte.client(clock)
    client.get(7)
    with pytest.raises(AirbyteAnswerGarbled):
        client.sender.send(calls.create_job("c", "sync"))
    assert airbyte.asked.count("POST /jobs") == 1


def test_the_reason_is_airbytes_own(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB_PATH, answers.problem(422, "unprocessable-entity", "jobType is wrong"))
    with pytest.raises(AirbyteRefused, match="unprocessable-entity: jobType is wrong"):
        airbyte.client(clock).get(7)


def test_a_start_is_not_repeated_when_the_server_broke_down(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", f"{PUBLIC}/jobs", busy())
    with pytest.raises(AirbyteUnavailable):
        airbyte.client(clock).sender.send(calls.create_job("c", "sync"))
    assert airbyte.asked == ["POST /jobs"]


def test_a_start_that_was_turned_away_unread_is_repeated(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", f"{PUBLIC}/jobs", busy(429), answers.job(status="running"))
    assert airbyte.client(clock).sender.send(calls.create_job("c", "sync")).job_id == 7


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (requests.ConnectTimeout(), "no connection within 3 s"),
        (requests.ReadTimeout(), "connected, but no answer in time"),
        (requests.exceptions.SSLError(), "the certificate or the TLS handshake was refused"),
        (requests.ConnectionError(), "ConnectionError"),
    ],
)
def test_each_way_of_not_being_reached_is_told(
    airbyte: Airbyte, clock: HandClock, error: requests.RequestException, reason: str
) -> None:
    class Fails(HTTPAdapter):
        def send(self, *_: Any, **__: Any) -> requests.Response:
            raise error

    session = requests.Session()
    session.mount("http://", Fails())
    with pytest.raises(AirbyteUnreachable) as caught:
        airbyte.client(clock, session=session).get(7)
    assert caught.value.reason == reason


def test_a_page_without_its_list_is_not_airbytes(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{PUBLIC}/workspaces", {"items": []})
    with pytest.raises(AirbyteAnswerInvalid, match="data is missing"):
        airbyte.client(clock).workspaces()


def test_a_time_limit_of_the_settings_is_the_senders(clock: HandClock) -> None:
    settings = AirbyteSettings.of(host="localhost", extra={"timeout": 5, "failed_log_lines": 0})
    with AirbyteClient.from_settings(settings, clock=clock) as client:
        assert client.sender.timeouts.read_seconds == 5
        assert client.sender.timeouts.slow_seconds == 120
        assert client.failed_log_lines == 0
