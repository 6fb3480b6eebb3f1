"""Every guard has a test that is red without it: the guard is taken away, and the named test must then fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.airbyte import starting, sync
from taskflow_profilemesh.airbyte.remembered import Remembered
from taskflow_profilemesh.airbyte.starting import Started
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from taskflow_profilemesh.operators.memory import TaskMemory
from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger
from tests.flows import test_exactly_once as retried
from tests.flows import test_exactly_once_deferred as deferred
from tests.flows import test_exactly_once_killed as killed
from tests.flows.tries import Tries

Scenario = Callable[[Tries, MockAirbyte], None]


def nothing(*_: Any, **__: Any) -> None:
    """Do nothing, in place of a guard."""


async def nothing_later(*_: Any) -> None:
    """Do nothing, in place of a coroutine."""


def says_no(*_: Any, **__: Any) -> bool:
    """Say no to everything."""
    return False


def says_yes(*_: Any, **__: Any) -> bool:
    """Say yes to everything."""
    return True


def without_a_store(_: Tries, mock: MockAirbyte) -> None:
    """Run the test of Airflow 2.11, which makes a task of its own."""
    retried.test_without_a_store_a_retry_takes_the_running_job_of_its_run_for_its_own(mock)


def taken_for_its_own(running: Any, *_: Any) -> Started:
    """Take whatever runs for a job of this task's."""
    return Started(running, "own")


def taken_for_ended(*_: Any) -> None:
    """Take the job that runs for one that has ended: start again."""


GUARDS: dict[str, tuple[object, str, object, Scenario]] = {
    "persistence: nothing is read back": (
        TaskMemory,
        "recall",
        nothing,
        retried.test_a_retry_takes_the_result_of_its_job_that_has_ended_meanwhile,
    ),
    "persistence: the job's id is not written down": (
        TaskMemory,
        "running",
        nothing,
        retried.test_a_retry_finds_its_job_however_far_the_clocks_are_apart,
    ),
    "persistence: a start is not noted": (
        TaskMemory,
        "starting",
        nothing,
        retried.test_a_job_whose_id_was_never_written_down_is_found_by_the_next_try,
    ),
    "persistence: a bad end is not forgotten": (
        TaskMemory,
        "forget",
        nothing,
        retried.test_a_job_with_too_few_rows_is_not_taken_again,
    ),
    "persistence: the note of a refused start is not taken back": (
        TaskMemory,
        "forget",
        nothing,
        killed.test_a_job_that_another_started_in_that_very_moment_is_not_found_as_ones_own,
    ),
    "clearing: a cleared task is taken for a retry": (
        Remembered,
        "is_of_another_intent",
        says_no,
        retried.test_a_cleared_task_starts_a_new_sync,
    ),
    "clearing: a retry is taken for a cleared task": (
        Remembered,
        "is_of_another_intent",
        says_yes,
        retried.test_a_retry_takes_the_result_of_its_job_that_has_ended_meanwhile,
    ),
    "adoption: a lost answer is an error": (
        starting,
        "_adopt",
        nothing,
        retried.test_the_job_of_a_start_whose_answer_was_lost_is_adopted,
    ),
    "adoption: a noted start finds no job": (
        Remembered,
        "job_of_lost_start",
        nothing,
        killed.test_a_killed_task_cancels_the_job_that_it_found_again,
    ),
    "adoption: without a store nothing is ours": (
        TaskMemory,
        "is_ours",
        says_no,
        without_a_store,
    ),
    "on_kill: the worker's": (
        AirbyteSyncOperator,
        "on_kill",
        nothing,
        killed.test_a_killed_task_cancels_the_job_that_an_earlier_try_started,
    ),
    "on_kill: the triggerer's": (
        AirbyteSyncTrigger,
        "on_kill",
        nothing_later,
        deferred.test_a_deferred_task_that_is_killed_cancels_its_job,
    ),
    "on_kill: a killed try's job is an error for the next": (
        sync,
        "is_in_the_way",
        says_no,
        killed.test_a_job_that_is_still_being_cancelled_for_a_killed_try_is_waited_for_and_replaced,
    ),
    "conflicts: another's job is taken for one's own": (
        starting,
        "_settle",
        taken_for_its_own,
        killed.test_a_killed_task_leaves_the_job_that_it_joined,
    ),
    "conflicts: fail is not heeded": (
        starting,
        "_settle",
        taken_for_its_own,
        killed.test_a_conflict_leaves_nothing_to_find_for_a_later_try,
    ),
    "conflicts: another's job is taken for ended": (
        starting,
        "_conflict",
        taken_for_ended,
        killed.test_another_ones_job_is_waited_for_over_a_crash,
    ),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.usefixtures("known")
def test_without_a_guard_its_test_is_red(
    guard: str,
    tries: Tries,
    airbyte: MockAirbyte,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner, name, instead, scenario = GUARDS[guard]
    monkeypatch.setattr(owner, name, instead)
    with pytest.raises(BaseException) as red:  # noqa: PT011 -- an assertion, or what the task ends in
        scenario(tries, airbyte)
    assert not isinstance(red.value, KeyboardInterrupt | pytest.skip.Exception)


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.usefixtures("known")
def test_with_its_guard_the_same_test_is_green(
    guard: str,
    tries: Tries,
    airbyte: MockAirbyte,
) -> None:
    _, _, _, scenario = GUARDS[guard]
    scenario(tries, airbyte)
