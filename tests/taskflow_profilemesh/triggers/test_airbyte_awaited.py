from __future__ import annotations

import asyncio
from typing import Any

import pytest

from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient
from taskflow_profilemesh.airbyte.awaited import AwaitedSync
from taskflow_profilemesh.triggers.airbyte import client_of
from taskflow_profilemesh.triggers.airbyte_awaited import AirbyteAwaitedTrigger
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import MAIN, PUBLIC, SHOP, Airbyte
from tests.taskflow_profilemesh.airflow_connections import connect
from tests.taskflow_profilemesh.triggers.test_airbyte import hand_client

JOBS = f"{PUBLIC}/jobs"
NONE = answers.page()
SUCCESS = answers.page(answers.job())  # ended a minute after the clock's beginning


class HandTrigger(AirbyteAwaitedTrigger):
    """A trigger on a clock that is moved by hand."""

    def __init__(self, url: str, clock: HandClock, *, draw: float = 0.5, **changes: Any) -> None:
        now = clock.now().timestamp()
        awaited = AwaitedSync(
            connection_id=SHOP,
            connection_name="Shop",
            workspace_id=MAIN,
            **{"since": now, "deadline": now + 600, "poll_interval_seconds": 30, **changes},
        )
        super().__init__("shop", awaited.as_dict())
        self.url, self.clock, self.draw = url, clock, draw

    async def _client(self) -> AsyncAirbyteClient:
        return hand_client(self.url, self.clock, draw=self.draw)


def why(trigger: AirbyteAwaitedTrigger) -> str:
    async def first() -> str:
        return str((await anext(trigger.run())).payload["why"])

    return asyncio.run(first())


def test_it_looks_first_at_a_moment_of_its_own_and_then_as_often_as_told(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, *[NONE] * 4, SUCCESS)
    assert why(HandTrigger(airbyte.url, clock, draw=0.25)) == "succeeded"
    assert clock.slept == [7.5, 30, 30]


def test_a_restart_moves_neither_since_nor_the_deadline(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, NONE)
    trigger = HandTrigger(airbyte.url, clock)
    clock.advance(580)
    assert why(trigger) == "timed_out"
    assert clock.slept == [15, 5]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_failure_wakes_the_task_only_where_it_is_to_end_the_waiting(
    airbyte: Airbyte, clock: HandClock, status: str
) -> None:
    failure = answers.page(answers.job(6, status, lastUpdatedAt="2026-01-01T12:00:30Z"))
    airbyte.on("GET", JOBS, NONE, failure, SUCCESS)
    assert why(HandTrigger(airbyte.url, clock, fail_on_failed_sync=True)) == status
    airbyte.server.clear()
    airbyte.on("GET", JOBS, NONE, failure, SUCCESS)
    assert why(HandTrigger(airbyte.url, HandClock())) == "succeeded"


def test_a_server_that_restarts_is_waited_for(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, *[answers.problem(503, "service-unavailable")] * 6, SUCCESS)
    assert why(HandTrigger(airbyte.url, clock)) == "succeeded"


@pytest.mark.parametrize("answer", [answers.problem(403, "forbidden"), answers.html()])
def test_a_trigger_that_cannot_look_wakes_the_task_which_will(
    airbyte: Airbyte, clock: HandClock, answer: answers.Answer
) -> None:
    airbyte.on("GET", JOBS, answer)
    assert why(HandTrigger(airbyte.url, clock)) == "unknown"


def test_values_that_were_damaged_wake_the_task(clock: HandClock) -> None:
    assert why(AirbyteAwaitedTrigger("shop", {"since": "noon"})) == "unknown"


def test_triggers_of_one_connection_share_the_event_loops_client(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", host="http://localhost:1")

    async def two() -> tuple[object, object]:
        return await client_of("shop"), await AirbyteAwaitedTrigger("shop", {})._client()

    first, second = asyncio.run(two())
    assert first is second
