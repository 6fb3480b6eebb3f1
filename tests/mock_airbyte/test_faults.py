"""Faults as real clients meet them, from the mock's own server and from the pytest fixture's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from mock_airbyte import Auth, HandClock, MockAirbyte
from mock_airbyte.fault_book import FaultBook
from mock_airbyte.faults import (
    Change,
    Delay,
    Drop,
    ExpireTokens,
    Fault,
    Remove,
    Reset,
    Respond,
    Trickle,
    Truncate,
    as_json,
    fault,
    from_json,
    html,
    rate_limited,
)
from mock_airbyte.pytest_plugin import MockAirbyteServer
from tests.mock_airbyte.shops import connected


@pytest.fixture(params=["its own server", "pytest-httpserver"])
def served(request: pytest.FixtureRequest, mock_airbyte_server: MockAirbyteServer) -> Iterator[MockAirbyte]:
    """A mock that lets everybody in, whose time stands still, on either server."""
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="none"))
    yield mock.start() if request.param == "its own server" else mock_airbyte_server.answer_for(mock)
    mock.stop()
    mock_airbyte_server.reset()


def _get(mock: MockAirbyte, path: str = "/workspaces", *, seconds: float = 10) -> requests.Response:
    return requests.get(mock.url + path, timeout=seconds)


def _post_job(mock: MockAirbyte, connection_id: str, *, seconds: float = 10) -> requests.Response:
    body = {"connectionId": connection_id, "jobType": "sync"}
    return requests.post(f"{mock.url}/jobs", json=body, timeout=seconds)


def test_an_answer_in_the_operations_place(served: MockAirbyte, warehouse: Path) -> None:
    served.fail(fault(Respond(503, {"errorId": "x"}), method="POST", path="/jobs", calls=1))
    connection = connected(served, warehouse)
    refused = _post_job(served, connection)
    assert (refused.status_code, refused.json()) == (503, {"errorId": "x"})
    assert served.jobs() == (), "nothing took place"
    assert _post_job(served, connection).json()["jobId"] == 1


def test_an_answer_after_the_operation_took_place(served: MockAirbyte, warehouse: Path) -> None:
    served.fail(fault(Respond(502, after=True), method="POST", path="/jobs"))
    assert _post_job(served, connected(served, warehouse)).status_code == 502
    assert len(served.jobs()) == 1
    with pytest.raises(AssertionError, match="never reached the caller"):
        served.journal.assert_no_orphan_jobs()


def test_too_many_requests_with_and_without_a_time_to_wait(served: MockAirbyte) -> None:
    served.fail(fault(rate_limited("3"), calls=1), fault(rate_limited(), calls=2))
    first, second, third = (_get(served) for _ in range(3))
    assert (first.status_code, first.headers["Retry-After"]) == (429, "3")
    assert (second.json(), "Retry-After" in second.headers) == ({"message": "You are being rate limited."}, False)
    assert third.status_code == 200


@pytest.mark.parametrize("effect", [Drop(), Reset()])
def test_a_connection_that_breaks_before_anything_took_place(
    served: MockAirbyte, warehouse: Path, effect: Drop | Reset
) -> None:
    served.fail(fault(effect, method="POST"))
    with pytest.raises(requests.ConnectionError):
        _post_job(served, connected(served, warehouse))
    assert served.jobs() == ()


@pytest.mark.parametrize("effect", [Drop(after=True), Reset(after=True)])
def test_a_connection_that_breaks_when_it_had_taken_place(
    served: MockAirbyte, warehouse: Path, effect: Drop | Reset
) -> None:
    served.fail(fault(effect, method="POST"))
    with pytest.raises(requests.ConnectionError):
        _post_job(served, connected(served, warehouse))
    assert len(served.jobs()) == 1
    assert _get(served).status_code == 200, "the server goes on"


def test_a_dropped_connection_ends_in_order_and_a_reset_one_does_not(served: MockAirbyte) -> None:
    served.fail(fault(Drop(), calls=1), fault(Reset(), calls=2))
    with pytest.raises(requests.ConnectionError, match="RemoteDisconnected"):
        _get(served)
    with pytest.raises(requests.ConnectionError, match="ConnectionResetError"):
        _get(served)


def test_json_that_is_cut_short(served: MockAirbyte) -> None:
    whole = _get(served).content
    served.fail(fault(Truncate(0.5)))
    answer = _get(served)
    assert (answer.status_code, answer.content) == (200, whole[: len(whole) // 2])
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_connection_that_closes_within_the_body(served: MockAirbyte) -> None:
    served.fail(fault(Truncate(0.5, breaks=True)))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        _get(served)


def test_a_page_in_place_of_json(served: MockAirbyte) -> None:
    served.fail(fault(html()))
    answer = _get(served)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_status_that_nobody_knows_and_fields_that_are_missing(served: MockAirbyte, warehouse: Path) -> None:
    served.fail(fault(Change({"status": "hibernating"}), Remove(("duration",)), path="/jobs*"))
    _post_job(served, connected(served, warehouse))
    assert _get(served, "/jobs/1").json().keys() >= {"status", "jobId"}
    assert "duration" not in _get(served, "/jobs/1").json()
    assert [job["status"] for job in _get(served, "/jobs").json()["data"]] == ["hibernating"]


def test_a_delay_lasts_until_the_mocks_clock_has_moved(served: MockAirbyte, warehouse: Path) -> None:
    served.fail(fault(Delay(6), method="POST", path="/jobs"))
    connection = connected(served, warehouse)
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(_post_job(served, connection).status_code))
    waiting.start()
    with pytest.raises(requests.ReadTimeout):
        _post_job(served, connection, seconds=0.1)
    assert (served.jobs(), answers) == ((), []), "it comes before the operation"
    served.advance(6)
    waiting.join(timeout=30)
    assert answers
    assert len(served.jobs()) >= 1


def test_stopping_the_mock_lets_everybody_go_on() -> None:
    with MockAirbyte(clock=HandClock(), auth=Auth(mode="none")) as mock:
        mock.fail(fault(Delay(1e9)))
        mock.app.exchange.close()
        assert _get(mock).status_code == 200


def test_a_body_that_trickles_comes_whole_in_the_end(served: MockAirbyte) -> None:
    whole = _get(served).content
    served.fail(fault(Trickle(chunk_bytes=64, seconds=1)))
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(_get(served).content))
    begun = served.world.clock.now()
    reader.start()
    while reader.is_alive():
        served.advance(1)
        reader.join(0.01)
    assert received == [whole]
    assert (served.world.clock.now() - begun).total_seconds() >= len(whole) / 64, "a second for each piece"


def test_tokens_that_expire_are_refused_until_there_is_a_new_one(mock_airbyte: MockAirbyte) -> None:
    def token() -> str:
        secret = {"client_id": mock_airbyte.client_id, "client_secret": mock_airbyte.client_secret}
        answer = requests.post(f"{mock_airbyte.url}/applications/token", json=secret, timeout=10)
        return str(answer.json()["access_token"])

    def status(bearer: str) -> int:
        headers = {"Authorization": f"Bearer {bearer}"}
        return requests.get(f"{mock_airbyte.url}/jobs", headers=headers, timeout=10).status_code

    first = token()
    mock_airbyte.fail(fault(ExpireTokens(), path="/jobs", calls=2))
    assert [status(first), status(first), status(first), status(token())] == [200, 401, 401, 200]


def test_faults_are_taken_back(served: MockAirbyte) -> None:
    served.fail(fault(Respond(500)))
    assert _get(served).status_code == 500
    served.heal()
    assert _get(served).status_code == 200


def test_without_a_socket_the_error_itself_is_raised() -> None:
    mock = MockAirbyte()
    mock.fail(fault(Reset()))
    with pytest.raises(ConnectionResetError):
        Client(mock.app).get("/v1/health")


def test_calls_are_counted_by_fault_among_those_that_it_concerns() -> None:
    book = FaultBook()
    book.add(fault(Drop(), method="GET", path="/jobs/*", calls=(2, 3)))
    asked = [
        ("GET", "/v1/jobs/1"),
        ("POST", "/v1/jobs/1"),
        ("GET", "/v1/jobs"),
        *[("GET", "/api/public/v1/jobs/1")] * 3,
    ]
    assert [bool(book.due(*one)) for one in asked] == [False, False, False, True, True, False]
    assert book.struck == 2


def test_chance_is_the_same_for_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        book = FaultBook(seed=seed)
        book.add(fault(Drop(), probability=0.3))
        return [bool(book.due("GET", "/")) for _ in range(500)]

    assert struck(1) == struck(1) != struck(2)
    assert 100 < sum(struck(1)) < 200


effects = st.one_of(
    st.builds(Respond, st.integers(200, 599), st.none() | st.just({"a": 1}), st.just({"X": "y"}), st.booleans()),
    st.builds(Delay, st.floats(0, 100), st.booleans()),
    st.builds(Drop, st.booleans()),
    st.builds(Reset, st.booleans()),
    st.builds(Truncate, st.floats(0, 1), st.booleans()),
    st.builds(Trickle, st.integers(1, 100), st.floats(0, 100)),
    st.builds(Change, st.just({"status": "x"})),
    st.builds(Remove, st.just(("a", "b"))),
    st.just(ExpireTokens()),
)


@given(
    st.builds(
        Fault,
        st.lists(effects, min_size=1, max_size=3).map(tuple),
        st.sampled_from([None, "GET"]),
        st.just("/jobs"),
        st.none() | st.just((1, 3)),
        st.floats(0, 1),
    )
)
def test_a_fault_survives_being_written_as_json(one: Fault) -> None:
    assert from_json(as_json(one)) == one


@pytest.mark.parametrize(
    "given_json",
    [{}, {"effects": []}, {"effects": [{"kind": "teapot"}]}, {"effects": [{"kind": "delay"}]}, {"effects": ["x"]}],
)
def test_a_fault_that_makes_no_sense_is_refused(given_json: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="fault"):
        from_json(given_json)


@pytest.mark.parametrize("options", [{"calls": 0}, {"probability": 2}])
def test_a_fault_that_can_never_strike_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="probability from 0 to 1"):
        fault(Drop(), **options)  # type: ignore[arg-type]  # mypy takes each option for each keyword
