"""One sync per intent, whoever dies in the middle of it: a task, its worker, the triggerer, Airbyte.

Each test holds its job in the state `running` until the crash is over, so that nothing depends on who is quicker.
"""

from __future__ import annotations

import pytest

from tests.stack.airbyte import ROWS, Synced
from tests.stack.conftest import needs_redis
from tests.stack.rest import Airflow, Run
from tests.stack.stack import Stack


def held_sync(airflow: Airflow, shop: Synced, flow: str) -> tuple[Run, int]:
    """Start a run and return it with its job once Airbyte runs it and the task waits for it."""
    shop.hold()
    run = airflow.trigger(f"flow_{flow}", connection=shop.name)
    job_id = shop.running_job()
    assert run.task("sync").wait_for_xcom("job_id") == job_id
    run.task("sync").wait_for("deferred" if flow.endswith("deferrable") else "running")
    return run, job_id


def is_taken_up(run: Run, job_id: int) -> None:
    """Wait for the second try, which must wait for the job of the first."""
    run.task("sync").wait_for("running", try_number=2)
    assert run.task("sync").wait_for_xcom("job_id") == job_id


def ends_well(run: Run, shop: Synced, job_id: int) -> None:
    """Let the job succeed; it must be the only one there ever was, and its result the task's."""
    shop.finish(job_id)
    run.wait_for("success")
    assert shop.jobs() == {job_id: "succeeded"}
    result = run.task("sync").result()
    assert (result["job_id"], result["rows_synced"]) == (job_id, ROWS)


@pytest.mark.parametrize("flow", ["local_blocking", pytest.param("celery_blocking", marks=needs_redis)])
def test_the_retry_of_a_task_that_was_killed_waits_for_the_job_that_runs(
    airflow: Airflow, shop: Synced, flow: str
) -> None:
    run, job_id = held_sync(airflow, shop, flow)
    run.task("sync").kill()
    is_taken_up(run, job_id)
    ends_well(run, shop, job_id)


def test_the_retry_of_a_task_whose_worker_was_killed_waits_for_the_job_that_runs(
    airflow: Airflow, shop: Synced
) -> None:
    run, job_id = held_sync(airflow, shop, "local_blocking")
    run.task("sync").kill(with_worker=True)
    is_taken_up(run, job_id)
    ends_well(run, shop, job_id)


def test_the_retry_of_a_task_whose_job_ended_before_it_began_takes_its_result(airflow: Airflow, shop: Synced) -> None:
    run, job_id = held_sync(airflow, shop, "local_blocking")
    shop.let_go()
    run.task("sync").kill()
    shop.finish(job_id)
    run.wait_for("success")
    assert shop.jobs() == {job_id: "succeeded"}


@needs_redis
def test_another_machine_takes_over_the_sync_of_one_that_died(stack: Stack, shop: Synced) -> None:
    run, job_id = held_sync(stack.airflow, shop, "celery_blocking")
    dead = stack.service_of(run.task("sync").pid())
    assert dead.name in {"worker-1", "worker-2"}
    dead.kill()
    try:
        is_taken_up(run, job_id)
        assert stack.service_of(run.task("sync").pid()).name == ({"worker-1", "worker-2"} - {dead.name}).pop()
        ends_well(run, shop, job_id)
    finally:
        dead.start()


def test_a_triggerer_that_restarts_goes_on_waiting_for_the_same_job(stack: Stack, shop: Synced) -> None:
    run, job_id = held_sync(stack.airflow, shop, "local_deferrable")
    stack.restart("triggerer")
    assert shop.jobs() == {job_id: "running"}  # nobody cancelled it for the triggerer's sake
    ends_well(run, shop, job_id)
    assert run.task("sync").seen()["try_number"] == 1


def test_a_job_that_ends_while_no_triggerer_runs_is_seen_by_the_next_one(stack: Stack, shop: Synced) -> None:
    run, job_id = held_sync(stack.airflow, shop, "local_deferrable")
    stack.services["triggerer"].kill()
    shop.finish(job_id)
    shop.wait_for_jobs("succeeded")
    stack.services["triggerer"].start()
    run.wait_for("success")
    assert list(shop.jobs()) == [job_id]
    assert run.task("sync").result()["job_id"] == job_id


@pytest.mark.parametrize("flow", ["local_blocking", "local_deferrable"])
def test_airbyte_restarts_in_the_middle_of_a_sync(stack: Stack, shop: Synced, flow: str) -> None:
    run, job_id = held_sync(stack.airflow, shop, flow)
    stack.airbyte.restart()
    assert shop.jobs() == {job_id: "running"}
    ends_well(run, shop, job_id)
