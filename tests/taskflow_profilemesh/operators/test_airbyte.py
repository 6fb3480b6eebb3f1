from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException, TaskDeferred
from werkzeug import Response

from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.errors import InvalidOption, SyncFailed, SyncKilled, SyncTimeout
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import CONFIG, CONFLICT, PUBLIC, SHOP, Airbyte
from tests.taskflow_profilemesh.airflow_connections import TaskInstance, connect

JOBS = f"{PUBLIC}/jobs"
DETAILS = f"{CONFIG}/jobs/get"
RUNNING = answers.job(status="running")


class HandOperator(AirbyteSyncOperator):
    """An operator on a clock that is moved by hand."""

    server: Airbyte
    clock: HandClock

    def _connect(self) -> AirbyteClient:
        return self.server.client(self.clock)


@pytest.fixture
def shop(airbyte: Airbyte, clock: HandClock) -> Airbyte:
    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)
    airbyte.on("POST", DETAILS, (403, {}))
    HandOperator.server, HandOperator.clock = airbyte, clock
    return airbyte


def operator(**options: Any) -> HandOperator:
    chosen: dict[str, Any] = {"task_id": "sync", "connection": "Shop", "deferrable": False, **options}
    return HandOperator(**chosen)


def run(task: AirbyteSyncOperator, ti: TaskInstance | None = None) -> Any:
    return task.execute({"ti": ti})  # type: ignore[typeddict-item] # a context made by hand


def deferred(task: AirbyteSyncOperator) -> AirbyteSyncTrigger:
    with pytest.raises(TaskDeferred) as caught:
        run(task)
    assert caught.value.method_name == "execute_complete"
    assert not caught.value.kwargs
    trigger = caught.value.trigger
    assert isinstance(trigger, AirbyteSyncTrigger)
    return trigger


def woken(trigger: AirbyteSyncTrigger, why: str = "succeeded", **options: Any) -> Any:
    event = {"version": 1, "why": why, "conn_id": trigger.conn_id, "sync": trigger.sync}
    return operator(deferrable=True, **options).execute_complete({}, event)


def test_both_modes_return_the_same(shop: Airbyte) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING, answers.job())
    blocking = run(operator())
    shop.server.clear()
    shop.shop()
    shop.paged(JOBS)
    shop.on("POST", JOBS, RUNNING)
    shop.on("POST", DETAILS, (403, {}))
    shop.on("GET", f"{JOBS}/7", RUNNING, answers.job())
    assert woken(deferred(operator(deferrable=True))) == blocking
    assert blocking["tables"] == ["public.users", "public.orders"]


def test_a_task_that_was_woken_tells_lineage_which_tables_were_written(shop: Airbyte) -> None:
    pytest.importorskip("airflow.providers.openlineage", reason="the extra [openlineage] is not installed")
    shop.on("GET", f"{JOBS}/7", RUNNING, answers.job())
    trigger = deferred(operator(deferrable=True))
    task = operator(deferrable=True)
    assert _outputs(task) == []
    task.execute_complete({}, {"version": 1, "why": "succeeded", "conn_id": trigger.conn_id, "sync": trigger.sync})
    assert _outputs(task) == [f"{SHOP}.public.users", f"{SHOP}.public.orders"]


def _outputs(task: AirbyteSyncOperator) -> list[str]:
    lineage = task.get_openlineage_facets_on_complete(None)
    assert lineage is not None
    return [table.name for table in lineage.outputs]


def test_a_job_that_has_ended_at_the_first_look_is_not_deferred(shop: Airbyte) -> None:
    shop.on("GET", f"{JOBS}/7", answers.job())
    assert run(operator(deferrable=True))["status"] == "succeeded"


def test_the_job_is_pushed_before_the_waiting(shop: Airbyte) -> None:
    ti = TaskInstance()

    def already_pushed(_: object) -> Response:
        assert ti.pushed["job_id"] == 7
        return answers.respond(answers.job())

    shop.on("GET", f"{JOBS}/7", already_pushed)
    run(operator(), ti)
    assert str(ti.pushed["job_url"]).endswith(f"/connections/{SHOP}/timeline?jobId=7&openLogs=true")


def test_the_trigger_carries_all_that_the_task_needs(shop: Airbyte) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING)
    trigger = deferred(operator(deferrable=True, min_rows=5, conn_id="shop"))
    assert trigger.conn_id == "shop"
    assert (trigger.sync["job_id"], trigger.sync["spec"]["min_rows"]) == (7, 5)
    assert trigger.sync["deadline"] - trigger.sync["since"] == 3600


def test_an_event_that_claims_success_is_not_believed(shop: Airbyte) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING, answers.job(status="failed"))
    trigger = deferred(operator(deferrable=True))
    with pytest.raises(SyncFailed):
        woken(trigger, "succeeded")


def test_a_task_that_was_woken_too_early_defers_again(shop: Airbyte) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING)
    trigger = deferred(operator(deferrable=True))
    with pytest.raises(TaskDeferred) as caught:
        woken(trigger, "succeeded")
    assert isinstance(caught.value.trigger, AirbyteSyncTrigger)
    assert caught.value.trigger.sync == trigger.sync


def test_a_task_whose_triggerer_cannot_look_waits_on_the_worker(shop: Airbyte, clock: HandClock) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING, RUNNING, RUNNING, answers.job())
    trigger = deferred(operator(deferrable=True))
    assert woken(trigger, "unknown")["status"] == "succeeded"
    assert clock.slept


@pytest.mark.parametrize("event", [None, "done", {}, {"sync": {"job_id": 7}}, {"sync": None, "why": "succeeded"}])
def test_an_event_that_is_none_of_ours_ends_the_task(shop: Airbyte, event: Any) -> None:
    with pytest.raises(AirflowFailException, match=r"sync\."):
        operator(deferrable=True).execute_complete({}, event)


def test_a_job_that_stalled_in_the_triggerer_is_cancelled(shop: Airbyte) -> None:
    def now(_: object) -> Response:
        return answers.respond(answers.job(status="cancelled") if "DELETE /jobs/7" in shop.asked else RUNNING)

    shop.on("GET", f"{JOBS}/7", now)
    shop.on("DELETE", f"{JOBS}/7", RUNNING)
    trigger = deferred(operator(deferrable=True, stall_timeout_seconds=60))
    with pytest.raises(SyncTimeout, match="makes no progress"):
        woken(trigger, "stalled")
    assert "DELETE /jobs/7" in shop.asked


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_time_limit_of_airflow_is_a_deadline_in_both_modes(
    shop: Airbyte, clock: HandClock, *, deferrable: bool
) -> None:
    shop.on("GET", f"{JOBS}/7", RUNNING)
    shop.on("DELETE", f"{JOBS}/7", RUNNING)
    task = operator(deferrable=deferrable, execution_timeout=timedelta(seconds=30))
    if deferrable:
        sync = deferred(task).sync
        assert sync["deadline"] - sync["since"] == 30
    else:
        with pytest.raises(SyncTimeout):
            run(task)
        assert "DELETE /jobs/7" in shop.asked


def test_another_ones_job_is_waited_for_in_the_triggerer_too(airbyte: Airbyte, clock: HandClock) -> None:
    HandOperator.server, HandOperator.clock = airbyte, clock
    airbyte.shop()
    airbyte.on("POST", DETAILS, (403, {}))
    airbyte.on("GET", JOBS, answers.page(answers.job(5, "running")))
    airbyte.on("POST", JOBS, CONFLICT, RUNNING)
    airbyte.on("GET", f"{JOBS}/5", answers.job(5, "running"), answers.job(5))
    airbyte.on("GET", f"{JOBS}/7", RUNNING, answers.job())
    first = deferred(operator(deferrable=True, on_conflict="wait"))
    assert (first.sync["job_id"], first.sync["role"]) == (5, "blocking")
    with pytest.raises(TaskDeferred) as caught:
        woken(first, connection="a fresh instance knows nothing")
    second = caught.value.trigger
    assert isinstance(second, AirbyteSyncTrigger)
    assert (second.sync["job_id"], second.sync["role"]) == (7, "own")
    assert second.sync["deadline"] == first.sync["deadline"]
    assert woken(second)["job_id"] == 7


def test_a_conflict_skips_or_fails_as_told(airbyte: Airbyte, clock: HandClock) -> None:
    HandOperator.server, HandOperator.clock = airbyte, clock
    airbyte.shop()
    airbyte.on("GET", JOBS, answers.page(answers.job(5, "running")))
    airbyte.on("POST", JOBS, CONFLICT)
    with pytest.raises(AirflowSkipException):
        run(operator(on_conflict="skip"))
    with pytest.raises(AirflowFailException, match="already runs"):
        run(operator(on_conflict="fail"))


def test_an_unknown_connection_ends_the_task_and_starts_nothing(shop: Airbyte) -> None:
    with pytest.raises(AirflowFailException, match="Did you mean 'Shop'"):
        run(operator(connection="Shpo"))
    assert "POST /jobs" not in shop.asked


# Killing


@contextmanager
def killed_at_the_first_look(task: HandOperator) -> Iterator[None]:
    """Call `on_kill` from a signal handler while the task waits, as Airflow does."""
    before = signal.signal(signal.SIGUSR1, lambda *_: task.on_kill())
    sleep = task.clock.sleep

    def killing_sleep(seconds: float) -> None:
        sleep(seconds)
        if len(task.clock.slept) == 1:
            signal.raise_signal(signal.SIGUSR1)

    task.clock.sleep = killing_sleep  # type: ignore[method-assign] # this test's own clock
    yield
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize(("cancels", "deletes"), [(True, 1), (False, 0)])
def test_a_killed_task_cancels_the_job_it_started(shop: Airbyte, deletes: int, *, cancels: bool) -> None:
    def now(_: object) -> Response:
        if "DELETE /jobs/7" in shop.asked:
            return answers.respond(answers.job(status="cancelled"))
        return answers.respond(answers.job() if shop.asked.count("GET /jobs/7") > 4 else RUNNING)

    shop.on("GET", f"{JOBS}/7", now)
    shop.on("DELETE", f"{JOBS}/7", RUNNING)
    task = operator(cancel_on_kill=cancels)
    with killed_at_the_first_look(task):
        if cancels:
            with pytest.raises(SyncKilled, match="was told to end"):
                run(task)
        else:
            assert run(task)["status"] == "succeeded"
    assert shop.asked.count("DELETE /jobs/7") == deletes


def test_a_task_that_started_nothing_cancels_nothing(shop: Airbyte) -> None:
    operator().on_kill()
    assert shop.asked == []


def test_a_cancel_that_fails_does_not_break_the_task(
    airbyte: Airbyte, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    HandOperator.server, HandOperator.clock = airbyte, clock
    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)
    airbyte.on("GET", f"{JOBS}/7", RUNNING, (403, {}))
    task = operator(deferrable=True)
    deferred(task)
    task.on_kill()
    assert "DELETE /jobs/7" not in airbyte.asked


# Options


@pytest.mark.parametrize(
    "options", [{"on_conflict": "atach"}, {"timeout_seconds": -1}, {"min_rows": "many"}, {"job_type": "reset"}]
)
def test_a_wrong_option_is_an_error_while_the_file_is_parsed(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        AirbyteSyncOperator(task_id="sync", connection="Shop", **options)


def test_the_airflow_connection_is_used(airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", host=airbyte.url)
    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)
    airbyte.on("POST", DETAILS, (403, {}))
    airbyte.on("GET", f"{JOBS}/7", answers.job())
    task = AirbyteSyncOperator(task_id="sync", connection="Shop", conn_id="shop", deferrable=False)
    assert run(task)["rows_synced"] == 30


def test_the_trigger_finds_the_airflow_connection_by_itself(airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", host=airbyte.url)
    airbyte.shop()
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, RUNNING)
    airbyte.on("GET", f"{JOBS}/7", RUNNING, answers.job())
    task = AirbyteSyncOperator(
        task_id="sync", connection="Shop", conn_id="shop", deferrable=True, poll_interval_seconds=0.01
    )
    trigger = deferred(task)

    async def event() -> Any:
        return await anext(trigger.run())

    assert asyncio.run(event()).payload["why"] == "succeeded"
