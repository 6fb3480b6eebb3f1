from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import Client, TestResponse

from mock_airbyte import Auth, HandClock, MockAirbyte
from mock_airbyte.auth import Gate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = "/api/public/v1/applications/token"
CREDENTIALS = {"client_id": "mock-client-id", "client_secret": "mock-client-secret"}


def _basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def _ask(mock: MockAirbyte, authorization: str | None, path: str = "/api/public/v1/workspaces") -> TestResponse:
    headers = {"Authorization": authorization} if authorization is not None else {}
    return Client(mock.app).get(path, headers=headers)


@pytest.mark.parametrize("base", ["/api/public/v1", "/v1", "/api/v1"])
@pytest.mark.parametrize("extra", [{}, {"grant_type": "client_credentials"}, {"grant-type": "client_credentials"}])
def test_a_token_is_given_for_json_and_for_a_form(base: str, extra: dict[str, str]) -> None:
    client = Client(MockAirbyte().app)
    for options in ({"json": CREDENTIALS | extra}, {"data": CREDENTIALS | extra}):
        answer = client.post(f"{base}/applications/token", **options)
        assert answer.status_code == 200
        assert answer.content_type == "application/json"
        token = answer.get_json()
        assert (token["token_type"], token["expires_in"]) == ("Bearer", 900)
        assert token["access_token"].count(".") == 2


@pytest.mark.parametrize("wrong", [{}, {"client_id": "mock-client-id"}, CREDENTIALS | {"client_secret": "x"}])
def test_wrong_credentials_get_the_answer_of_a_self_managed_airbyte(wrong: dict[str, str]) -> None:
    answer = Client(MockAirbyte().app).post(TOKEN, json=wrong)
    assert answer.status_code == 400
    body = answer.get_json()
    assert body["message"] == "Bad Request"
    assert body["_embedded"]["errors"][0]["message"] == "Invalid client id or token"


def test_a_token_opens_the_api_and_nothing_else_does() -> None:
    mock = MockAirbyte(clock=HandClock())
    token = mock.gate.issue("mock-client-id", "mock-client-secret", mock.world.clock.now())
    assert _ask(mock, f"Bearer {token}").status_code == 200
    for wrong in (None, "", "Bearer", "Bearer x.y.z", f"Bearer {token}x", f"Basic {token}", _basic("airbyte:password")):
        answer = _ask(mock, wrong)
        assert (answer.status_code, answer.get_json()["message"]) == (401, "Unauthorized")


def test_a_token_ends_with_its_lifetime() -> None:
    gate = Gate(Auth(token_seconds=60))
    header = f"Bearer {gate.issue('mock-client-id', 'mock-client-secret', NOW)}"
    assert gate.lets_in(header, NOW + timedelta(seconds=59))
    assert not gate.lets_in(header, NOW + timedelta(seconds=60))


def test_revoking_ends_the_tokens_that_are_out_and_not_those_to_come() -> None:
    gate = Gate(Auth())
    old = gate.issue("mock-client-id", "mock-client-secret", NOW)
    gate.revoke_tokens()
    new = gate.issue("mock-client-id", "mock-client-secret", NOW)
    assert (gate.lets_in(f"Bearer {old}", NOW), gate.lets_in(f"Bearer {new}", NOW)) == (False, True)


def test_a_mock_with_another_secret_does_not_take_the_token() -> None:
    token = Gate(Auth()).issue("mock-client-id", "mock-client-secret", NOW)
    assert not Gate(Auth(client_secret="other")).lets_in(f"Bearer {token}", NOW)


def test_a_restarted_mock_takes_the_tokens_of_before() -> None:
    token = Gate(Auth()).issue("mock-client-id", "mock-client-secret", NOW)
    assert Gate(Auth()).lets_in(f"Bearer {token}", NOW)


@pytest.mark.parametrize(
    ("auth", "right", "wrong"),
    [
        (Auth(mode="basic"), _basic("airbyte:password"), _basic("airbyte:passwort")),
        (Auth(mode="basic", username="u", password="p:q"), _basic("u:p:q"), "Basic not-base64!"),
        (Auth(mode="bearer", token="t"), "bearer t", "Bearer T"),
    ],
)
def test_basic_and_bearer_take_what_they_were_told(auth: Auth, right: str, wrong: str) -> None:
    mock = MockAirbyte(auth=auth)
    assert _ask(mock, right).status_code == 200
    assert _ask(mock, wrong).status_code == 401
    assert _ask(mock, None).status_code == 401


def test_without_authentication_everybody_may_call_and_anybody_gets_a_token() -> None:
    mock = MockAirbyte(auth=Auth(mode="none"))
    assert _ask(mock, None).status_code == 200
    assert Client(mock.app).post(TOKEN, json={"client_id": "any", "client_secret": "any"}).status_code == 200


@pytest.mark.parametrize("path", ["/api/public/v1/health", "/v1/health", "/api/v1/health", "/api/v1/health/"])
def test_health_never_asks_who_calls(path: str) -> None:
    assert _ask(MockAirbyte(), None, path).status_code == 200


def test_secrets_stay_out_of_what_is_printed() -> None:
    shown = repr(Auth(client_secret="canary-1", password="canary-2", token="canary-3"))
    assert "canary" not in shown
