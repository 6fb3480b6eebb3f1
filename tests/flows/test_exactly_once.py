"""One intent is one job: tasks that crash, are tried again, cleared and out of time, against the mock's real jobs.

Killed ones are in `test_exactly_once_killed.py`, those that wait elsewhere in `test_exactly_once_deferred.py`. The
guards that they hold are taken away in `test_mutations.py`, and the tests must then fail.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from mock_airbyte.faults import Drop, Respond, fault
from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.errors import SyncFailed, SyncKilled, SyncOutOfSight, SyncTimeout
from tests.flows.tries import (
    Tries,
    WorkerDied,
    add_connection,
    crash,
    end,
    killed_while_its_job_succeeds,
    start_as_another,
    statuses,
    succeed,
)

# Tried again after a crash


def test_a_retry_after_a_crash_goes_on_with_its_job(tries: Tries, airbyte: MockAirbyte) -> None:
    crash(tries)
    assert tries.run(meanwhile=lambda: succeed(airbyte))["job_id"] == airbyte.jobs()[0].job.job_id
    assert statuses(airbyte) == ["succeeded"]


def test_a_retry_takes_the_result_of_its_job_that_has_ended_meanwhile(tries: Tries, airbyte: MockAirbyte) -> None:
    crash(tries)
    succeed(airbyte)
    assert tries.run()["rows_synced"] == 2
    assert statuses(airbyte) == ["succeeded"]


def test_a_retry_finds_its_job_however_far_the_clocks_are_apart(tries: Tries, airbyte: MockAirbyte) -> None:
    assert tries.store
    store = tries.store
    store.when["starting"] = lambda: store.change(lambda value: value.update(at=0.0))  # a clock that is years behind
    crash(tries)
    succeed(airbyte)
    tries.run()
    assert statuses(airbyte) == ["succeeded"]


def test_a_job_whose_id_was_never_written_down_is_found_by_the_next_try(tries: Tries, airbyte: MockAirbyte) -> None:
    assert tries.store
    tries.store.dies_before = "running"
    crash(tries)
    succeed(airbyte)
    assert tries.run()["job_id"] == airbyte.jobs()[0].job.job_id
    assert statuses(airbyte) == ["succeeded"]


def test_a_worker_that_dies_before_the_start_leaves_nothing_to_find(tries: Tries, airbyte: MockAirbyte) -> None:
    assert tries.store
    tries.store.dies_at = "starting"
    crash(tries)
    assert statuses(airbyte) == []
    assert tries.run(meanwhile=lambda: succeed(airbyte))["status"] == "succeeded"
    assert statuses(airbyte) == ["succeeded"]


def test_a_result_that_was_not_told_is_told_by_the_next_try(tries: Tries, airbyte: MockAirbyte) -> None:
    tries.run(meanwhile=lambda: succeed(airbyte))
    tries.retry()  # the worker died before Airflow knew
    assert tries.run()["status"] == "succeeded"
    assert statuses(airbyte) == ["succeeded"]


def test_the_job_of_a_start_whose_answer_was_lost_is_adopted(tries: Tries, airbyte: MockAirbyte) -> None:
    airbyte.fail(fault(Drop(after=True), method="POST", path="/jobs", calls=1))
    assert tries.run(meanwhile=lambda: succeed(airbyte))["status"] == "succeeded"
    assert statuses(airbyte) == ["succeeded"]


def test_a_retry_after_a_failed_job_starts_a_new_one(tries: Tries, airbyte: MockAirbyte) -> None:
    with pytest.raises(SyncFailed):
        tries.run(meanwhile=lambda: end(airbyte, "failed"))
    tries.retry()
    tries.run(meanwhile=lambda: succeed(airbyte))
    assert statuses(airbyte) == ["failed", "succeeded"]


def test_a_retry_after_a_crash_whose_job_failed_meanwhile_starts_a_new_one(tries: Tries, airbyte: MockAirbyte) -> None:
    crash(tries)
    end(airbyte, "failed")
    tries.run(meanwhile=lambda: succeed(airbyte))
    assert statuses(airbyte) == ["failed", "succeeded"]


def test_a_job_with_too_few_rows_is_not_taken_again(tries: Tries, airbyte: MockAirbyte) -> None:
    with pytest.raises(AirflowFailException, match="too few rows"):
        tries.run(meanwhile=lambda: succeed(airbyte), min_rows=3)
    tries.retry()
    tries.run(meanwhile=lambda: succeed(airbyte))
    assert statuses(airbyte) == ["succeeded", "succeeded"]


def test_a_task_that_names_another_connection_when_tried_again_syncs_that_one(
    tries: Tries, airbyte: MockAirbyte, tmp_path: Path
) -> None:
    add_connection(airbyte, tmp_path, "Stock")
    crash(tries)
    assert tries.run(connection="Stock", meanwhile=lambda: succeed(airbyte))["connection_name"] == "Stock"
    assert len(airbyte.jobs()) == 2


# Cleared


def test_a_cleared_task_starts_a_new_sync(tries: Tries, airbyte: MockAirbyte) -> None:
    tries.run(meanwhile=lambda: succeed(airbyte))
    tries.clear()
    tries.run(meanwhile=lambda: succeed(airbyte))
    assert statuses(airbyte) == ["succeeded", "succeeded"]


def test_a_task_that_is_cleared_after_a_crash_goes_on_with_its_running_job(tries: Tries, airbyte: MockAirbyte) -> None:
    with pytest.raises(WorkerDied):
        tries.run()
    tries.clear()
    tries.run(meanwhile=lambda: succeed(airbyte))
    assert statuses(airbyte) == ["succeeded"]


def test_a_task_that_is_cleared_after_a_crash_syncs_anew_where_its_job_has_ended(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    with pytest.raises(WorkerDied):
        tries.run()
    succeed(airbyte)
    tries.clear()
    tries.run(meanwhile=lambda: succeed(airbyte))
    assert statuses(airbyte) == ["succeeded", "succeeded"]


# Out of time


def test_a_retry_has_what_is_left_of_the_time(tries: Tries, airbyte: MockAirbyte) -> None:
    crash(tries, timeout_seconds=0.3)
    task = tries.task(meanwhile=lambda: None, timeout_seconds=60)
    with pytest.raises(SyncTimeout) as caught:
        task.execute(tries.context())
    assert caught.value.timeout_seconds == pytest.approx(0.3)
    assert statuses(airbyte) == ["cancelled"]


def test_a_job_that_ended_well_before_anybody_looked_is_a_success_after_the_deadline(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    assert tries.store
    crash(tries)
    tries.store.change(lambda value: value["sync"].update(deadline=value["sync"]["since"]))
    succeed(airbyte)
    assert tries.run()["status"] == "succeeded"


def test_a_task_that_failed_for_want_of_time_and_let_its_job_run_goes_on_with_it_and_new_time(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    with pytest.raises(SyncTimeout):
        tries.run(meanwhile=lambda: None, timeout_seconds=0.001, cancel_on_kill=False)
    assert statuses(airbyte) == ["pending"]
    tries.retry()
    assert tries.run(meanwhile=lambda: succeed(airbyte), cancel_on_kill=False)["status"] == "succeeded"
    assert statuses(airbyte) == ["succeeded"]


# A job that runs and cannot be looked at


def test_a_job_that_can_no_longer_be_looked_at_is_what_the_retry_goes_on_with(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    forbidden = fault(Respond(403, {"message": "Forbidden"}), path="/jobs/*")
    with pytest.raises(SyncOutOfSight) as caught:
        tries.run(meanwhile=lambda: airbyte.fail(forbidden))
    (job,) = airbyte.jobs()
    assert (caught.value.job_id, caught.value.connection) == (job.job.job_id, "Shop")
    airbyte.heal()
    tries.retry()
    assert tries.run(meanwhile=lambda: succeed(airbyte))["job_id"] == job.job.job_id
    assert statuses(airbyte) == ["succeeded"]


def test_the_retry_too_may_be_retried_where_the_job_still_cannot_be_looked_at(
    tries: Tries, airbyte: MockAirbyte
) -> None:
    crash(tries)
    airbyte.fail(fault(Respond(403, {"message": "Forbidden"})))
    with pytest.raises(SyncOutOfSight):
        tries.run()


def test_what_is_forbidden_before_anything_was_started_ends_the_task(tries: Tries, airbyte: MockAirbyte) -> None:
    airbyte.fail(fault(Respond(403, {"message": "Forbidden"}), path="/connections"))
    with pytest.raises(AirflowFailException, match="does not allow"):
        tries.run()


# Airflow 2.11: no state store


def test_without_a_store_a_retry_takes_the_running_job_of_its_run_for_its_own(airbyte: MockAirbyte) -> None:
    tries = Tries(airbyte, store=None)
    crash(tries, on_conflict="fail")
    task = tries.task(on_conflict="fail")
    task.clock_does(task.on_kill)
    with pytest.raises(SyncKilled):
        task.execute(tries.context())
    assert statuses(airbyte) == ["cancelled"]


@pytest.mark.parametrize("is_retry", [False, True])
def test_without_a_store_a_job_from_before_the_run_stays_another_ones(airbyte: MockAirbyte, *, is_retry: bool) -> None:
    start_as_another(airbyte)
    tries = Tries(airbyte, store=None, run_start=datetime.now(UTC) + timedelta(minutes=1))
    if is_retry:
        tries.retry()
    task = killed_while_its_job_succeeds(tries, airbyte)
    assert task.execute(tries.context())["status"] == "succeeded"
