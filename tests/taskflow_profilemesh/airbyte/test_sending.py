from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import requests
from requests.adapters import HTTPAdapter
from werkzeug import Request, Response

from taskflow_profilemesh.airbyte import calls
from taskflow_profilemesh.airbyte.auth import Anonymous, Auth, Basic, Bearer, ClientCredentials, Token, TokenCache
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.retrying import pause_before_retry, seconds_of
from taskflow_profilemesh.airbyte.sending import pooled_session
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.clock import Clock
from taskflow_profilemesh.errors import (
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
from tests.taskflow_profilemesh.airbyte.answers import PUBLIC, TOKEN, Airbyte

CANARY = "can/ary+s3cret=="
CREDENTIALS = ClientCredentials("me", CANARY)
TOKEN_PATH = f"{PUBLIC}/applications/token"
JOB_PATH = f"{PUBLIC}/jobs/7"


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


def test_the_reason_is_airbytes_own(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB_PATH, answers.problem(422, "unprocessable-entity", "jobType is wrong"))
    with pytest.raises(AirbyteRefused, match="unprocessable-entity: jobType is wrong"):
        airbyte.client(clock).get(7)


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (Basic("me", "pw"), "Basic " + base64.b64encode(b"me:pw").decode()),
        (Bearer("abc"), "Bearer abc"),
        (Anonymous(), None),
    ],
)
def test_each_way_to_log_in_has_its_header(airbyte: Airbyte, clock: HandClock, auth: Auth, header: str | None) -> None:
    airbyte.on("GET", JOB_PATH, answers.job())
    airbyte.client(clock, auth).get(7)
    assert airbyte.requests[0].headers.get("Authorization") == header


def test_one_token_serves_many_calls_and_many_clients(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", TOKEN_PATH, TOKEN)
    airbyte.on("GET", JOB_PATH, answers.job())
    tokens = TokenCache(clock)
    for _ in range(3):
        client = airbyte.client(clock, CREDENTIALS, tokens=tokens)
        client.get(7)
        client.get(7)
    assert airbyte.asked.count("POST /applications/token") == 1
    assert airbyte.requests[-1].headers["Authorization"] == "Bearer token-1"


def test_a_token_is_renewed_before_it_ends(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", TOKEN_PATH, TOKEN, TOKEN | {"access_token": "token-2"})
    airbyte.on("GET", JOB_PATH, answers.job())
    client = airbyte.client(clock, CREDENTIALS)
    client.get(7)
    clock.advance(850)
    client.get(7)
    assert airbyte.requests[-1].headers["Authorization"] == "Bearer token-2"


def test_a_token_refused_in_mid_sync_is_renewed_once(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", TOKEN_PATH, TOKEN, TOKEN | {"access_token": "token-2"})
    airbyte.on("GET", JOB_PATH, answers.job(), answers.problem(401, "invalid-api-key"), answers.job())
    client = airbyte.client(clock, CREDENTIALS)
    client.get(7)
    assert client.get(7).job_id == 7
    assert airbyte.requests[-1].headers["Authorization"] == "Bearer token-2"


@pytest.mark.parametrize("status", [400, 403])
def test_a_web_page_in_place_of_a_token_is_not_blamed_on_the_credentials(
    airbyte: Airbyte, clock: HandClock, status: int
) -> None:
    airbyte.on("POST", TOKEN_PATH, answers.html(status))
    with pytest.raises(AirbyteAnswerInvalid, match="text/html is not JSON"):
        airbyte.client(clock, CREDENTIALS).get(7)


def test_a_token_that_is_always_refused_is_an_error_and_no_loop(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", TOKEN_PATH, TOKEN)
    airbyte.on("GET", JOB_PATH, answers.problem(401, "invalid-api-key"))
    with pytest.raises(AirbyteLoginRefused):
        airbyte.client(clock, CREDENTIALS).get(7)
    assert airbyte.asked.count("POST /applications/token") == 2


def test_threads_that_meet_a_refusal_together_ask_for_one_token() -> None:
    fetched: list[str] = []
    meeting = threading.Barrier(8)
    tokens = TokenCache(HandClock())
    key = ("url", "me", "digest")
    tokens.keep(key, Token("old", 900))

    def fetch() -> Token:
        fetched.append(f"new-{len(fetched)}")
        return Token(fetched[-1], 900)

    def renew(_: int) -> str:
        meeting.wait(timeout=10)
        return tokens.get(key, fetch, refused="old")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(renew, range(8))) == {"new-0"}
    assert fetched == ["new-0"]


def test_another_secret_never_meets_the_first_ones_token(airbyte: Airbyte, clock: HandClock) -> None:
    def only_the_right_secret(request: Request) -> Response:
        body: Mapping[str, str] = request.get_json()
        if body["client_secret"] == CANARY:
            return Response('{"access_token": "t", "expires_in": 900}', content_type="application/json")
        return Response('{"message": "Bad Request"}', status=400, content_type="application/json")

    airbyte.on("POST", TOKEN_PATH, only_the_right_secret)
    airbyte.on("GET", JOB_PATH, answers.job())
    tokens = TokenCache(clock)
    airbyte.client(clock, CREDENTIALS, tokens=tokens).get(7)
    with pytest.raises(AirbyteLoginRefused) as caught:
        airbyte.client(clock, ClientCredentials("me", "wrong"), tokens=tokens).get(7)
    assert (caught.value.auth, caught.value.status_code) == ("client credentials", 400)
    assert "GET /jobs/7" not in airbyte.asked[2:]


@pytest.mark.parametrize(
    "auth", [CREDENTIALS, Basic("me", CANARY), Bearer(CANARY)], ids=["client credentials", "basic", "bearer"]
)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 500])
def test_no_error_shows_a_secret(airbyte: Airbyte, clock: HandClock, auth: Auth, status: int) -> None:
    pair = base64.b64encode(f"me:{CANARY}".encode()).decode()
    talkative = answers.problem(status, "echo", f"you sent {CANARY}, {quote(CANARY, safe='')} and {pair}")
    airbyte.on("POST", TOKEN_PATH, TOKEN if status == 404 else talkative)
    airbyte.on("GET", JOB_PATH, talkative)
    with pytest.raises(AirbyteError) as caught:
        airbyte.client(clock, auth).get(7)
    shown: BaseException | None = caught.value
    while shown is not None:
        for form in (CANARY, quote(CANARY, safe=""), quote(CANARY)):
            assert form not in f"{shown} {shown!r}"
        shown = shown.__cause__
    assert CANARY not in repr(auth)
    assert CANARY not in repr(calls.token(CREDENTIALS))


def test_a_start_is_not_repeated_when_the_server_broke_down(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", f"{PUBLIC}/jobs", busy())
    with pytest.raises(AirbyteUnavailable):
        airbyte.client(clock).sender.send(calls.create_job("c", "sync"))
    assert airbyte.asked == ["POST /jobs"]


def test_a_start_that_was_turned_away_unread_is_repeated(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", f"{PUBLIC}/jobs", busy(429), answers.job(status="running"))
    assert airbyte.client(clock).sender.send(calls.create_job("c", "sync")).job_id == 7


NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("3", 3),
        ("-3", 0),
        ("soon", 0),
        ("inf", 0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float) -> None:
    assert seconds_of(header, now=NOW) == seconds


def test_pauses_grow_and_are_spread_at_random() -> None:
    def pause(tries: int, draw: float) -> float | None:
        return pause_before_retry(
            tries=tries, waited_seconds=0, patience_seconds=99, retry_after=None, now=NOW, draw=draw
        )

    assert [pause(tries, 0) for tries in (1, 2, 3, 20, 5000)] == [0.25, 0.5, 1, 15, 15]
    assert pause(3, 0.5) == 0.75


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
