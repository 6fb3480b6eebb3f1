from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from werkzeug import Request, Response

from taskflow_profilemesh.airbyte import calls
from taskflow_profilemesh.airbyte.auth import Anonymous, Auth, Basic, Bearer, ClientCredentials, Token, TokenCache
from taskflow_profilemesh.errors import AirbyteAnswerInvalid, AirbyteError, AirbyteLoginRefused
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import JOB_PATH, PUBLIC, TOKEN, Airbyte

CANARY = "can/ary+s3cret=="
CREDENTIALS = ClientCredentials("me", CANARY)
TOKEN_PATH = f"{PUBLIC}/applications/token"


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
