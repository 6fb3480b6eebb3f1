"""One intent is one job, too, where the triggerer or a sensor waits for it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import PokeReturnValue, TaskDeferred

from mock_airbyte.faults import fault, html
from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.sensors.airbyte import AirbyteSyncSensor
from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger
from tests.flows.tries import Tries, crash, end, start_as_another, statuses, succeed

# In the triggerer


def deferred(tries: Tries) -> AirbyteSyncTrigger:
    with pytest.raises(TaskDeferred) as caught:
        tries.run(deferrable=True, poll_interval_seconds=0.05)
    trigger = caught.value.trigger
    assert isinstance(trigger, AirbyteSyncTrigger)
    return trigger


async def _ended_by_a_restart(trigger: AirbyteSyncTrigger) -> None:
    """Run the trigger in a triggerer that shuts down while it waits."""
    waiting = asyncio.ensure_future(anext(trigger.run()))
    await asyncio.sleep(0.2)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting


async def _event(trigger: AirbyteSyncTrigger) -> Any:
    return (await anext(trigger.run())).payload


def test_a_triggerer_that_restarts_loses_and_doubles_nothing(tries: Tries, known: MockAirbyte) -> None:
    trigger = deferred(tries)
    asyncio.run(_ended_by_a_restart(trigger))
    assert statuses(known) == ["pending"]
    succeed(known)
    _, kwargs = trigger.serialize()
    event = asyncio.run(_event(AirbyteSyncTrigger(**json.loads(json.dumps(kwargs)))))
    assert tries.task(deferrable=True).execute_complete(tries.context(), event)["status"] == "succeeded"
    assert statuses(known) == ["succeeded"]


def test_a_deferred_task_that_is_killed_cancels_its_job(tries: Tries, known: MockAirbyte) -> None:
    asyncio.run(deferred(tries).on_kill())
    assert statuses(known) == ["cancelled"]


def test_a_deferred_task_that_is_killed_after_a_crash_cancels_its_job(tries: Tries, known: MockAirbyte) -> None:
    crash(tries)
    test_a_deferred_task_that_is_killed_cancels_its_job(tries, known)


def test_a_deferred_task_that_is_cleared_starts_a_new_sync(tries: Tries, known: MockAirbyte) -> None:
    asyncio.run(deferred(tries).on_kill())
    tries.clear()
    assert tries.run(meanwhile=lambda: succeed(known))["status"] == "succeeded"
    assert statuses(known) == ["cancelled", "succeeded"]


def test_a_task_that_crashed_after_it_was_woken_has_its_result_in_the_next_try(
    tries: Tries, known: MockAirbyte
) -> None:
    trigger = deferred(tries)
    succeed(known)
    event = asyncio.run(_event(trigger))
    tries.task(deferrable=True).execute_complete(tries.context(), event)
    tries.retry()
    assert tries.run(deferrable=True)["status"] == "succeeded"
    assert statuses(known) == ["succeeded"]


def test_a_try_that_airflow_runs_a_second_time_takes_the_job_of_the_first(tries: Tries, airbyte: MockAirbyte) -> None:
    with pytest.raises(TaskDeferred):
        tries.run(deferrable=True)
    succeed(airbyte)
    assert tries.run(deferrable=True)["job_id"] == airbyte.jobs()[0].job.job_id
    assert statuses(airbyte) == ["succeeded"]


def test_a_page_in_place_of_the_first_look_after_the_triggerer_is_no_reason_to_fail(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    with pytest.raises(TaskDeferred) as deferred:
        tries.run(deferrable=True)
    airbyte.fail(fault(html(), path="/jobs/*", calls=1))
    event = {"why": "succeeded", "sync": deferred.value.trigger.sync}
    with pytest.raises(TaskDeferred):
        tries.task(deferrable=True).execute_complete(tries.context(), event)


# Asynchronous


def test_an_asynchronous_task_returns_the_id_at_once_and_once(tries: Tries, airbyte: MockAirbyte) -> None:
    job_id = tries.run(asynchronous=True)
    assert job_id == airbyte.jobs()[0].job.job_id
    tries.retry()
    assert tries.run(asynchronous=True) == job_id
    tries.clear()
    end(airbyte, "succeeded")
    assert tries.run(asynchronous=True) != job_id
    assert statuses(airbyte) == ["succeeded", "pending"]


def test_an_asynchronous_task_waits_for_another_ones_job_where_it_is_told_to(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    start_as_another(airbyte)
    job_id = tries.run(asynchronous=True, on_conflict="wait", meanwhile=lambda: succeed(airbyte))
    assert job_id == airbyte.jobs()[1].job.job_id
    assert statuses(airbyte) == ["succeeded", "pending"]


def test_a_sensor_picks_an_asynchronous_job_up_the_stock_one_or_ours(tries: Tries, known: MockAirbyte) -> None:
    from airflow.providers.airbyte.sensors.airbyte import AirbyteJobSensor

    before = datetime.now(UTC) - timedelta(seconds=2)
    job_id = tries.run(asynchronous=True)
    stock = AirbyteJobSensor(task_id="stock", airbyte_job_id=job_id, deferrable=False)
    ours = AirbyteSyncSensor(task_id="ours", connection="Shop", since=before, deferrable=False)
    assert not stock.poke({})
    assert not ours.poke({})
    succeed(known)
    assert stock.poke({})
    found = ours.poke({})
    assert isinstance(found, PokeReturnValue)
    assert found.xcom_value
    assert found.xcom_value["job_id"] == job_id
