from __future__ import annotations

import json
import logging

import pytest
from werkzeug import Response

from taskflow_profilemesh.airbyte.running import RunningSync
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.airbyte.sync import sync
from taskflow_profilemesh.errors import (
    AirbyteError,
    ConnectionInactive,
    InvalidOption,
    SyncCancelled,
    SyncFailed,
    SyncStalled,
    SyncTimeout,
    SyncTooFewRows,
)
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import CONFIG, CONFLICT, MAIN, PUBLIC, SHOP, Airbyte

JOBS = f"{PUBLIC}/jobs"
DETAILS = f"{CONFIG}/jobs/get"
FORBIDDEN = (403, {"message": "Forbidden"})
RUNNING = answers.job(status="running")


@pytest.fixture
def shop(airbyte: Airbyte) -> Airbyte:
    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)
    airbyte.on("POST", DETAILS, FORBIDDEN)
    return airbyte


def test_a_sync_ends_in_its_result(shop: Airbyte, clock: HandClock, caplog: pytest.LogCaptureFixture) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING, answers.job())
    with caplog.at_level(logging.INFO):
        result = sync(shop.client(clock), SyncSpec(connection="Shop")).as_dict()
    stream = {"namespace": None, "rows_synced": None, "bytes_synced": None, "rows_last_attempt": None}
    assert result == {
        "schema_version": 1,
        "job_id": 7,
        "status": "succeeded",
        "connection_id": SHOP,
        "connection_name": "Shop",
        "started_at": "2026-01-01T12:00:00+00:00",
        "finished_at": "2026-01-01T12:01:06+00:00",
        "duration_seconds": 66,
        "attempts": None,
        "rows_synced": 30,
        "bytes_synced": 900,
        "streams": [
            stream | {"name": "users", "table": "public.users", "sync_mode": "incremental_append"},
            stream | {"name": "orders", "table": "public.orders", "sync_mode": None},
        ],
        "tables": ["public.users", "public.orders"],
        "url": f"{shop.url}/workspaces/{MAIN}/connections/{SHOP}/timeline?jobId=7&openLogs=true",
    }
    assert json.loads(json.dumps(result)) == result
    assert "Shop: job 7 succeeded in 66 s with 30 rows in 2 tables." in caplog.messages


def test_the_config_api_adds_attempts_and_counts(
    shop: Airbyte, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    def stats(name: str, rows: int) -> dict[str, object]:
        return {"streamName": name, "streamNamespace": None, "stats": {"recordsCommitted": rows, "bytesCommitted": 9}}

    shop.server.clear()
    shop.shop()
    shop.paged(JOBS)
    shop.on("POST", JOBS, RUNNING)
    shop.on("GET", f"{JOBS}/7", answers.job())
    last = answers.attempt(1, streamStats=[stats("users", 10), stats("orders", 19)])
    shop.on("POST", DETAILS, answers.details(answers.attempt(0, "failed"), last))
    result = sync(shop.client(clock), SyncSpec(connection=SHOP))
    assert result.attempts == 2
    assert [(stream.name, stream.rows_synced) for stream in result.streams] == [("users", 10), ("orders", 19)]
    assert "Airbyte counts 30 rows in job 7 but 29 in its streams." in caplog.messages


def test_nothing_is_started_for_an_inactive_connection(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.shop(status="inactive")
    with pytest.raises(ConnectionInactive):
        sync(airbyte.client(clock), SyncSpec(connection="Shop"))
    assert "POST /jobs" not in airbyte.asked


@pytest.mark.parametrize(("least", "passes"), [(30, True), (31, False)])
def test_too_few_rows_are_a_failure(shop: Airbyte, clock: HandClock, least: int, *, passes: bool) -> None:
    shop.on("GET", f"{JOBS}/7", answers.job())
    spec = SyncSpec(connection="Shop", min_rows=least)
    if passes:
        assert sync(shop.client(clock), spec).rows_synced == 30
    else:
        with pytest.raises(SyncTooFewRows):
            sync(shop.client(clock), spec)


def test_rows_that_nobody_counted_are_too_few(shop: Airbyte, clock: HandClock) -> None:
    shop.on("GET", f"{JOBS}/7", answers.job(rowsSynced=None))
    with pytest.raises(SyncTooFewRows):
        sync(shop.client(clock), SyncSpec(connection="Shop", min_rows=0))


def test_a_failed_job_is_an_error_and_its_log_goes_to_ours_with_secrets_masked(
    airbyte: Airbyte, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    from taskflow_profilemesh.airbyte.auth import Bearer

    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)
    airbyte.on("GET", f"{JOBS}/7", answers.job(status="failed"))
    attempt = answers.attempt(0, "failed", failureSummary=answers.failure(message="No login for canary!pw"))
    logs = {"logs": {"logLines": [f"line {number} canary!pw" for number in range(9)]}}
    airbyte.on("POST", DETAILS, {"attempts": [{"attempt": attempt, **logs}]})
    with caplog.at_level(logging.INFO), pytest.raises(SyncFailed, match=r"No login for \*\*\*") as caught:
        sync(airbyte.client(clock, Bearer("canary!pw")), SyncSpec(connection="Shop"))
    assert caught.value.url is not None
    assert caught.value.connection == "Shop"
    assert [line for line in caplog.messages if line.startswith("airbyte |")][-1] == "airbyte | line 8 ***"
    assert "canary" not in caplog.text


@pytest.mark.parametrize(("cancels", "deletes"), [(True, 1), (False, 0)])
def test_time_that_is_up_cancels_the_job_unless_told_not_to(
    shop: Airbyte, clock: HandClock, deletes: int, *, cancels: bool
) -> None:
    def now(_: object) -> Response:
        return answers.respond(answers.job(status="cancelled" if "DELETE /jobs/7" in shop.asked else "running"))

    shop.on("GET", f"{JOBS}/7", now)
    shop.on("DELETE", f"{JOBS}/7", RUNNING)
    with pytest.raises(SyncTimeout) as caught:
        sync(shop.client(clock), SyncSpec(connection="Shop", timeout_seconds=20, cancel_on_kill=cancels))
    assert shop.asked.count("DELETE /jobs/7") == deletes
    assert caught.value.cancelled is cancels
    assert caught.value.timeout_seconds == 20


def test_time_that_is_up_is_not_called_cancelled_by_hand_where_airbyte_tells_it_so(
    airbyte: Airbyte, clock: HandClock
) -> None:
    def now(_: object) -> Response:
        return answers.respond(answers.job(status="cancelled" if "DELETE /jobs/7" in airbyte.asked else "running"))

    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)
    airbyte.on("GET", f"{JOBS}/7", now)
    airbyte.on("DELETE", f"{JOBS}/7", RUNNING)
    by_hand = answers.failure("manual_cancellation", "The sync was cancelled.")
    airbyte.on("POST", DETAILS, answers.details(answers.attempt(0, "failed", failureSummary=by_hand)))
    with pytest.raises(SyncTimeout) as caught:
        sync(airbyte.client(clock), SyncSpec(connection="Shop", timeout_seconds=20))
    assert caught.value.cancelled
    assert caught.value.retryable


def test_time_that_is_up_is_said_even_where_the_job_may_not_be_cancelled(
    shop: Airbyte, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING)
    shop.on("DELETE", f"{JOBS}/7", FORBIDDEN)
    with pytest.raises(SyncTimeout) as caught:
        sync(shop.client(clock), SyncSpec(connection="Shop", timeout_seconds=20))
    assert not caught.value.cancelled
    assert "Shop: job 7 could not be cancelled: Airbyte does not allow this" in caplog.text


def test_a_job_that_succeeds_while_it_is_cancelled_has_succeeded(shop: Airbyte, clock: HandClock) -> None:
    def now(_: object) -> Response:
        return answers.respond(answers.job() if "DELETE /jobs/7" in shop.asked else RUNNING)

    shop.on("GET", f"{JOBS}/7", now)
    shop.on("DELETE", f"{JOBS}/7", RUNNING)
    assert sync(shop.client(clock), SyncSpec(connection="Shop", timeout_seconds=20)).status == "succeeded"


def test_a_job_that_somebody_else_cancels_is_a_cancelled_sync(shop: Airbyte, clock: HandClock) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING, answers.job(status="cancelled"))
    with pytest.raises(SyncCancelled):
        sync(shop.client(clock), SyncSpec(connection="Shop"))


def test_another_ones_job_is_never_cancelled(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.shop()
    airbyte.on("GET", JOBS, answers.page(RUNNING))
    airbyte.on("POST", JOBS, CONFLICT)
    airbyte.on("POST", DETAILS, FORBIDDEN)
    airbyte.on("GET", f"{JOBS}/7", RUNNING)
    with pytest.raises(SyncTimeout) as caught:
        sync(airbyte.client(clock), SyncSpec(connection="Shop", timeout_seconds=20))
    assert not caught.value.cancelled
    assert "DELETE /jobs/7" not in airbyte.asked


def test_waiting_for_another_ones_job_then_starts_our_own(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.shop()
    airbyte.on("GET", JOBS, answers.page(answers.job(5, "running")))
    airbyte.on("POST", JOBS, CONFLICT, RUNNING)
    airbyte.on("POST", DETAILS, FORBIDDEN)
    airbyte.on("GET", f"{JOBS}/5", answers.job(5, "running"), answers.job(5, "failed"))
    airbyte.on("GET", f"{JOBS}/7", RUNNING, answers.job())
    seen: list[RunningSync] = []
    result = sync(airbyte.client(clock), SyncSpec(connection="Shop", on_conflict="wait"), on_start=seen.append)
    assert result.job_id == 7
    assert [(running.job_id, running.role) for running in seen] == [(5, "blocking"), (7, "own")]
    assert seen[0].deadline == seen[1].deadline


def test_a_job_that_makes_no_progress_is_cancelled(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)

    def now(_: object) -> Response:
        return answers.respond(answers.job(status="cancelled") if "DELETE /jobs/7" in airbyte.asked else RUNNING)

    airbyte.on("GET", f"{JOBS}/7", now)
    airbyte.on("DELETE", f"{JOBS}/7", RUNNING)
    moving = [answers.details(answers.attempt(0, "running", emitted=rows)) for rows in (1, 2, 3)]
    airbyte.on("POST", DETAILS, *moving)
    with pytest.raises(SyncStalled) as caught:
        sync(airbyte.client(clock), SyncSpec(connection="Shop", stall_timeout_seconds=100))
    assert caught.value.cancelled
    assert caught.value.timeout_seconds == 100
    assert 100 < clock.monotonic() < 200


def test_a_job_whose_progress_nobody_tells_is_never_called_stalled(shop: Airbyte, clock: HandClock) -> None:
    shop.on("GET", f"{JOBS}/7", *[RUNNING] * 30, answers.job())
    assert sync(shop.client(clock), SyncSpec(connection="Shop", stall_timeout_seconds=5)).status == "succeeded"


@pytest.mark.parametrize("answer", [answers.html(), {"jobId": 7}, Response("busy", status=503)])
def test_a_job_that_nobody_can_look_at_is_waited_for_until_its_deadline(
    shop: Airbyte, clock: HandClock, caplog: pytest.LogCaptureFixture, answer: answers.Answer
) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING, answer)
    with pytest.raises(AirbyteError) as caught:
        sync(shop.client(clock), SyncSpec(connection="Shop", timeout_seconds=1000))
    assert caught.value.retryable
    assert 1000 <= sum(clock.slept) <= 1000 + 2 * 120
    assert "Shop: no good look at job 7: " in caplog.text


def test_a_job_that_can_be_looked_at_again_has_its_result(shop: Airbyte, clock: HandClock) -> None:
    shop.on("GET", f"{JOBS}/7", *[answers.html()] * 30, answers.job())
    assert sync(shop.client(clock), SyncSpec(connection="Shop")).job_id == 7


def running(**more: object) -> RunningSync:
    facts: dict[str, object] = {
        "spec": SyncSpec(connection="Shop"),
        "connection_id": SHOP,
        "connection_name": "Shop",
        "workspace_id": MAIN,
        "job_id": 7,
        "role": "own",
        "since": 1.5,
        "deadline": 9.5,
    }
    return RunningSync(**facts | more)  # type: ignore[arg-type] # written by hand


def test_a_running_sync_survives_json() -> None:
    assert RunningSync.from_dict(json.loads(json.dumps(running().as_dict()))) == running()


@pytest.mark.parametrize(
    ("name", "value"),
    [("job_id", "7"), ("job_id", True), ("role", "thief"), ("deadline", None), ("connection_id", ""), ("spec", "Shop")],
)
def test_a_running_sync_that_was_tampered_with_is_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidOption, match=f"sync.{name}"):
        RunningSync.from_dict(running().as_dict() | {name: value})


@pytest.mark.parametrize("value", [None, [], "x", {}])
def test_what_is_no_running_sync_is_refused(value: object) -> None:
    with pytest.raises(InvalidOption):
        RunningSync.from_dict(value)
