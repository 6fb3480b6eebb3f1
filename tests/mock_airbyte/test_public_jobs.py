"""Jobs of the public API: their states, filters, order, pages and refusals, as Airbyte has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_airbyte import MockAirbyte
from tests.mock_airbyte.api import Api, Json, reason
from tests.mock_airbyte.shops import connected, select


def _start(api: Api, connection_id: str, *, job_type: str = "sync", expect: int = 200) -> Json:
    return api.post("/jobs", {"connectionId": connection_id, "jobType": job_type}, expect=expect)


@pytest.fixture
def connection_id(mock: MockAirbyte, warehouse: Path) -> str:
    return connected(mock, warehouse)


@pytest.fixture
def slow_connection_id(slow_mock: MockAirbyte, warehouse: Path) -> str:
    return connected(slow_mock, warehouse)


def test_a_new_job_is_pending_and_succeeded_at_the_next_look(api: Api, connection_id: str, warehouse: Path) -> None:
    created = _start(api, connection_id)
    assert created == {
        "jobId": 1,
        "status": "pending",
        "jobType": "sync",
        "startTime": "2026-01-01T12:00Z",
        "connectionId": connection_id,
    }
    finished = api.get("/jobs/1")
    assert (finished["status"], finished["rowsSynced"]) == ("succeeded", 2)
    assert select(warehouse, "select count(*) from people") == [(2,)]


def test_a_job_by_the_clock_waits_runs_and_then_moves_its_rows(
    slow_api: Api, slow_mock: MockAirbyte, slow_connection_id: str, warehouse: Path
) -> None:
    _start(slow_api, slow_connection_id)
    slow_mock.advance(9)
    assert slow_api.get("/jobs/1")["status"] == "pending"
    slow_mock.advance(10)
    running = slow_api.get("/jobs/1")
    assert (running["status"], running["duration"], running["startTime"]) == ("running", "PT19S", "2026-01-01T12:00Z")
    assert not warehouse.exists(), "nothing has moved yet"
    slow_mock.advance(41)
    finished = slow_api.get("/jobs/1")
    assert finished == {
        "jobId": 1,
        "status": "succeeded",
        "jobType": "sync",
        "startTime": "2026-01-01T12:00Z",
        "connectionId": slow_connection_id,
        "lastUpdatedAt": "2026-01-01T12:01Z",
        "duration": "PT1M",
        "bytesSynced": finished["bytesSynced"],
        "rowsSynced": 2,
    }
    assert select(warehouse, "select count(*) from people") == [(2,)]


def test_a_job_ends_when_its_timeline_says_however_late_one_looks(
    slow_api: Api, slow_mock: MockAirbyte, slow_connection_id: str
) -> None:
    _start(slow_api, slow_connection_id)
    slow_mock.advance(3600)
    assert slow_api.get("/jobs/1")["lastUpdatedAt"] == "2026-01-01T12:01Z"


@pytest.mark.parametrize("field", ["lastUpdatedAt", "duration", "rowsSynced", "bytesSynced"])
def test_what_is_not_known_yet_is_left_out(slow_api: Api, slow_connection_id: str, field: str) -> None:
    assert field not in _start(slow_api, slow_connection_id)


def test_seconds_are_printed_unless_they_are_zero(mock: MockAirbyte, api: Api, connection_id: str) -> None:
    mock.advance(4)
    assert _start(api, connection_id)["startTime"] == "2026-01-01T12:00:04Z"


def test_rows_move_exactly_once_however_often_one_looks(api: Api, mock: MockAirbyte, connection_id: str) -> None:
    _start(api, connection_id)
    for _ in range(5):
        api.get("/jobs/1")
    assert mock.world.states(connection_id)["people", None].generation == 1


def test_a_second_sync_while_one_runs_is_to_try_again_later(slow_api: Api, slow_connection_id: str) -> None:
    _start(slow_api, slow_connection_id)
    refused = _start(slow_api, slow_connection_id, expect=409)
    assert refused == {
        "status": 409,
        "type": "https://reference.airbyte.com/reference/errors#try-again-later",
        "title": "try-again-later",
        "detail": "Please try again later.",
        "documentationUrl": None,
        "data": {"message": f"A sync is already running for: {slow_connection_id}"},
    }


def test_another_connection_may_run_at_the_same_time(
    slow_api: Api, slow_mock: MockAirbyte, slow_connection_id: str, tmp_path: Path
) -> None:
    _start(slow_api, slow_connection_id)
    assert _start(slow_api, connected(slow_mock, tmp_path / "other.db"))["jobId"] == 2


def test_a_switched_off_connection_does_not_sync(api: Api, mock: MockAirbyte, connection_id: str) -> None:
    mock.deactivate(connection_id)
    refused = _start(api, connection_id, expect=409)
    assert (refused["title"], refused["type"].partition("#")[2]) == ("state-conflict", "409-state-conflict")
    assert refused["data"] == {"message": "Could not fulfill request"}
    assert mock.jobs() == ()
    assert _start(api, connection_id, job_type="clear")["jobType"] == "reset"


def test_a_reset_cancels_what_runs(slow_api: Api, slow_connection_id: str) -> None:
    _start(slow_api, slow_connection_id)
    assert _start(slow_api, slow_connection_id, job_type="reset")["jobId"] == 2
    assert slow_api.get("/jobs/1")["status"] == "cancelled"


def test_a_refresh_is_not_possible_here(api: Api, connection_id: str) -> None:
    refused = _start(api, connection_id, job_type="refresh", expect=422)
    assert refused["detail"] == "The body of the request was not understood"
    assert refused["data"] == {"message": "Refreshes are not supported in the public API"}


def test_a_refresh_is_shown_as_one_and_listed_when_it_is_asked_for(
    api: Api, mock: MockAirbyte, connection_id: str
) -> None:
    mock.refresh(connection_id, "truncate")
    assert api.get("/jobs/1")["jobType"] == "refresh"
    assert (_ids(api.get("/jobs")), _ids(api.get("/jobs", jobType="refresh"))) == ([], [1])


@pytest.mark.parametrize("job_type", ["reset", "clear"])
def test_reset_and_clear_are_one_thing(api: Api, connection_id: str, warehouse: Path, job_type: str) -> None:
    _start(api, connection_id)
    api.get("/jobs/1")
    assert _start(api, connection_id, job_type=job_type)["jobType"] == "reset"
    assert api.get("/jobs/2")["status"] == "succeeded"
    assert select(warehouse, "select count(*) from people") == [(0,)]


def test_a_job_type_that_does_not_exist_is_a_bad_request(api: Api, connection_id: str) -> None:
    assert "jobType: Unexpected value 'copy'" in reason(_start(api, connection_id, job_type="copy", expect=400))


def test_an_unknown_connection_is_not_found(api: Api) -> None:
    unknown = "11111111-1111-4111-8111-111111111111"
    answer = _start(api, unknown, expect=404)
    assert answer["title"] == "resource-not-found"
    assert answer["data"] == {"resourceType": "STANDARD_SYNC", "resourceId": unknown}


@pytest.mark.parametrize("body", [{}, {"connectionId": "nope", "jobType": "sync"}, {"jobType": "sync"}])
def test_a_body_that_makes_no_sense_is_a_bad_request(api: Api, body: dict[str, Any]) -> None:
    assert reason(api.post("/jobs", body, expect=400)).startswith("Failed to convert argument [body]")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_of_an_unknown_job_it_is_said_that_it_does_not_run(api: Api, method: str) -> None:
    assert reason(api.call(method, "/jobs/77", expect=409)) == "Job is not currently running"
    expected = 'Failed to convert argument [jobId] for value [x] due to: For input string: "x"'
    assert reason(api.call(method, "/jobs/x", expect=400)) == expected


def test_a_cancelled_job_moves_nothing(
    slow_api: Api, slow_mock: MockAirbyte, slow_connection_id: str, warehouse: Path
) -> None:
    _start(slow_api, slow_connection_id)
    slow_mock.advance(30)
    cancelled = slow_api.delete("/jobs/1")
    assert (cancelled["status"], cancelled["duration"]) == ("cancelled", "PT30S")
    slow_mock.advance(1000)
    assert slow_api.get("/jobs/1")["status"] == "cancelled"
    assert not warehouse.exists()
    assert _start(slow_api, slow_connection_id)["status"] == "pending", "the connection is free again"


def test_cancelling_an_old_job_cancels_what_its_connection_runs_now(
    slow_api: Api, slow_mock: MockAirbyte, slow_connection_id: str
) -> None:
    _start(slow_api, slow_connection_id)
    slow_mock.advance(60)
    assert slow_api.get("/jobs/1")["status"] == "succeeded"
    _start(slow_api, slow_connection_id)
    assert slow_api.delete("/jobs/1")["status"] == "succeeded"
    assert slow_api.get("/jobs/2")["status"] == "cancelled"


def test_cancelling_a_finished_job_answers_with_its_end(api: Api, connection_id: str) -> None:
    _start(api, connection_id)
    api.get("/jobs/1")
    assert api.delete("/jobs/1")["status"] == "succeeded"


def test_a_failed_job_says_nothing_about_why(api: Api, mock: MockAirbyte, connection_id: str, tmp_path: Path) -> None:
    destination = mock.world.connection(connection_id).destination_id
    (tmp_path / "file").touch()
    mock.configure("destination", destination, destination_path=str(tmp_path / "file" / "x.db"))
    _start(api, connection_id)
    failed = api.get("/jobs/1")
    assert failed["status"] == "failed"
    assert failed["rowsSynced"] == 0
    assert not {"message", "error", "failureReason"} & set(failed)


@pytest.fixture
def history(api: Api, mock: MockAirbyte, connection_id: str, tmp_path: Path) -> dict[str, str]:
    """Four jobs a minute apart: three of one connection (the last a reset), one of another."""
    other = connected(mock, tmp_path / "other.db")
    for connection, job_type in (
        (connection_id, "sync"),
        (other, "sync"),
        (connection_id, "sync"),
        (connection_id, "reset"),
    ):
        job = _start(api, connection, job_type=job_type)
        api.get(f"/jobs/{job['jobId']}")
        mock.advance(60)
    return {"first": connection_id, "other": other}


def _ids(page: dict[str, Any]) -> list[int]:
    return [job["jobId"] for job in page["data"]]


def test_jobs_are_listed_oldest_first_unless_told_otherwise(api: Api, history: dict[str, str]) -> None:
    assert _ids(api.get("/jobs")) == [1, 2, 3, 4]
    assert _ids(api.get("/jobs", orderBy="createdAt|DESC")) == [4, 3, 2, 1]
    assert _ids(api.get("/jobs", orderBy="updatedAt|ASC")) == [1, 2, 3, 4]


@pytest.mark.parametrize("order", ["createdAt", "createdAt|down", "name|ASC", "|"])
def test_an_order_that_does_not_exist_is_a_bad_request(api: Api, order: str) -> None:
    assert api.get("/jobs", orderBy=order, expect=400)["title"] == "bad-request"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"jobType": "sync"}, [1, 2, 3]),
        ({"jobType": "reset"}, [4]),
        ({"jobType": "clear"}, []),
        ({"status": "succeeded"}, [1, 2, 3, 4]),
        ({"status": "running"}, []),
        ({"createdAtStart": "2026-01-01T12:01:00Z"}, [2, 3, 4]),
        ({"createdAtEnd": "2026-01-01T14:01:00+02:00"}, [1, 2]),
        ({"createdAtStart": "2026-01-01T12:01:00", "createdAtEnd": "2026-01-01T12:02:00Z"}, [2, 3]),
        ({"updatedAtStart": "2026-01-01T12:03:00Z"}, [4]),
        ({"workspaceIds": "11111111-1111-4111-8111-111111111111"}, []),
    ],
)
def test_jobs_are_filtered(api: Api, history: dict[str, str], query: dict[str, Any], expected: list[int]) -> None:
    assert _ids(api.get("/jobs", **query)) == expected


def test_jobs_are_filtered_by_connection_and_workspace(api: Api, mock: MockAirbyte, history: dict[str, str]) -> None:
    assert _ids(api.get("/jobs", connectionId=history["other"])) == [2]
    assert _ids(api.get("/jobs", workspaceIds=[mock.workspace_id, mock.world.new_id()])) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "done"), ("createdAtStart", "yesterday"), ("limit", "x"), ("limit", 10**10), ("connectionId", "x")],
)
def test_a_filter_that_makes_no_sense_is_a_bad_request(api: Api, name: str, value: object) -> None:
    answer = api.get("/jobs", expect=400, **{name: value})
    assert reason(answer).startswith(f"Failed to convert argument [{name}] for value [{value}] due to: ")
    assert answer["_embedded"]["errors"][0]["path"] == f"/{name}"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("limit", 0, "listJobs.limit: must be greater than or equal to 1"),
        ("limit", 101, "listJobs.limit: must be less than or equal to 100"),
        ("offset", -1, "listJobs.offset: must be greater than or equal to 0"),
    ],
)
def test_a_page_out_of_bounds_is_invalid_input(api: Api, name: str, value: int, message: str) -> None:
    answer = api.get("/jobs", expect=400, **{name: value})
    assert (answer["message"], reason(answer)) == ("Some properties contained invalid input.", message)
    assert answer["validationErrors"][0]["invalidValue"] == str(value)


def test_next_is_set_on_the_last_page_too_and_empty_only_on_an_empty_one(api: Api, history: dict[str, str]) -> None:
    first = api.get("/jobs", limit=3, jobType="sync")
    assert (first["previous"], _ids(first)) == ("", [1, 2, 3])
    assert first["next"] == "http://localhost/api/public/v1/jobs?jobType=sync&limit=3&offset=3"
    beyond = api.get("/jobs", limit=3, offset=3, jobType="sync")
    assert (beyond["next"], beyond["data"]) == ("", [])
    assert beyond["previous"].endswith("limit=3&offset=0")


def test_links_begin_with_the_configured_address_not_the_requests(warehouse: Path) -> None:
    mock = MockAirbyte(public_url="https://airbyte.example/api/public/v1")
    page = Api(mock).get("/workspaces")
    assert page["next"] == "https://airbyte.example/api/public/v1/workspaces?limit=20&offset=20"


def test_the_same_seed_and_the_same_calls_give_the_same_ids(tmp_path: Path) -> None:
    first, second = (connected(MockAirbyte(seed=7), tmp_path / f"{name}.db") for name in "ab")
    assert first == second != connected(MockAirbyte(seed=8), tmp_path / "c.db")


def test_a_list_shows_a_small_sync_finished_too(api: Api, connection_id: str) -> None:
    _start(api, connection_id)
    assert [job["status"] for job in api.get("/jobs")["data"]] == ["succeeded"]


def test_a_small_sync_is_over_before_the_next_one_is_asked_for(api: Api, connection_id: str) -> None:
    assert [_start(api, connection_id)["jobId"] for _ in range(5)] == [1, 2, 3, 4, 5]
