"""One intent is one job: a killed task cancels the job that is its own, and leaves the one that is another's."""

from __future__ import annotations

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.errors import SyncKilled
from tests.flows.tries import Tries, crash, killed_while_its_job_succeeds, start_as_another, statuses, succeed

# Killed


def test_a_killed_task_cancels_its_job(tries: Tries, airbyte: MockAirbyte) -> None:
    task = tries.task()
    task.clock_does(task.on_kill)
    with pytest.raises(SyncKilled):
        task.execute(tries.context())
    assert statuses(airbyte) == ["cancelled"]


def test_a_killed_task_cancels_the_job_that_an_earlier_try_started(tries: Tries, airbyte: MockAirbyte) -> None:
    crash(tries)
    test_a_killed_task_cancels_its_job(tries, airbyte)


def test_a_killed_task_cancels_the_job_that_it_found_again(tries: Tries, airbyte: MockAirbyte) -> None:
    assert tries.store
    tries.store.dies_before = "running"
    crash(tries)
    test_a_killed_task_cancels_its_job(tries, airbyte)


def test_a_task_that_is_killed_while_its_job_is_being_made_cancels_it(tries: Tries, airbyte: MockAirbyte) -> None:
    task = tries.task(meanwhile=lambda: None)
    task.on_kill()  # nothing is known yet
    with pytest.raises(SyncKilled):
        task.execute(tries.context())
    assert statuses(airbyte) == ["cancelled"]


def test_the_try_after_a_killed_one_starts_a_new_sync(tries: Tries, airbyte: MockAirbyte) -> None:
    test_a_killed_task_cancels_its_job(tries, airbyte)
    tries.retry()
    assert tries.run(meanwhile=lambda: succeed(airbyte))["status"] == "succeeded"
    assert statuses(airbyte) == ["cancelled", "succeeded"]


def test_a_job_that_is_still_being_cancelled_for_a_killed_try_is_waited_for_and_replaced(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    crash(tries)
    first = airbyte.jobs()[0].job.job_id

    def cancelled_then_succeeds() -> None:
        airbyte.cancel(first)
        task.clock_does(lambda: succeed(airbyte))

    task = tries.task(meanwhile=cancelled_then_succeeds)
    assert task.execute(tries.context())["job_id"] != first
    assert statuses(airbyte) == ["cancelled", "succeeded"]


# Another's job


def test_a_killed_task_leaves_the_job_that_it_joined(tries: Tries, airbyte: MockAirbyte) -> None:
    start_as_another(airbyte)
    task = killed_while_its_job_succeeds(tries, airbyte)
    assert task.execute(tries.context())["status"] == "succeeded"
    assert statuses(airbyte) == ["succeeded"]


def test_a_retry_that_goes_on_with_a_job_that_was_joined_still_leaves_it(tries: Tries, airbyte: MockAirbyte) -> None:
    start_as_another(airbyte)
    crash(tries)
    task = killed_while_its_job_succeeds(tries, airbyte)
    task.execute(tries.context())
    assert statuses(airbyte) == ["succeeded"]


@pytest.mark.parametrize("on_conflict", ["skip", "fail"])
def test_a_retry_does_not_take_its_own_job_for_a_conflict(tries: Tries, airbyte: MockAirbyte, on_conflict: str) -> None:
    crash(tries, on_conflict=on_conflict)
    assert tries.run(on_conflict=on_conflict, meanwhile=lambda: succeed(airbyte))["status"] == "succeeded"
    assert statuses(airbyte) == ["succeeded"]


def test_a_job_that_another_started_in_that_very_moment_is_not_found_as_ones_own(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    assert tries.store
    tries.store.when["starting"] = lambda: start_as_another(airbyte)
    tries.store.dies_before = "running"
    crash(tries)
    task = killed_while_its_job_succeeds(tries, airbyte)
    task.execute(tries.context())
    assert statuses(airbyte) == ["succeeded"]


def test_a_conflict_leaves_nothing_to_find_for_a_later_try(tries: Tries, airbyte: MockAirbyte) -> None:
    start_as_another(airbyte)
    with pytest.raises(AirflowFailException, match="already runs"):
        tries.run(on_conflict="fail")
    succeed(airbyte)
    tries.clear()
    tries.run(meanwhile=lambda: succeed(airbyte), on_conflict="fail")
    assert statuses(airbyte) == ["succeeded", "succeeded"]


def test_another_ones_job_is_waited_for_over_a_crash(tries: Tries, airbyte: MockAirbyte) -> None:
    start_as_another(airbyte)
    crash(tries, on_conflict="wait")
    succeed(airbyte)
    assert tries.run(on_conflict="wait", meanwhile=lambda: succeed(airbyte))["job_id"] == airbyte.jobs()[1].job.job_id
    assert statuses(airbyte) == ["succeeded", "succeeded"]


def test_a_task_that_is_killed_while_it_waits_for_another_ones_job_starts_none(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    start_as_another(airbyte)
    task = killed_while_its_job_succeeds(tries, airbyte, on_conflict="wait")
    with pytest.raises(SyncKilled):
        task.execute(tries.context())
    assert statuses(airbyte) == ["succeeded"]
