"""What a user does to a task on its page reaches Airbyte: a sync that nobody waits for any more is cancelled."""

from __future__ import annotations

import pytest

from tests.stack.airbyte import Synced
from tests.stack.rest import Airflow
from tests.stack.test_crashes import held_sync

FLOWS = ["local_blocking", "local_deferrable"]


@pytest.mark.parametrize("flow", FLOWS)
def test_the_job_of_a_task_that_is_marked_failed_is_cancelled(airflow: Airflow, shop: Synced, flow: str) -> None:
    run, job_id = held_sync(airflow, shop, flow)
    run.task("sync").mark("failed")
    shop.wait_for_jobs("cancelled")
    run.wait_for("failed")
    assert list(shop.jobs()) == [job_id]


@pytest.mark.parametrize("flow", FLOWS)
def test_a_task_that_is_cleared_while_it_waits_cancels_its_job_and_starts_anew(
    airflow: Airflow, shop: Synced, flow: str
) -> None:
    run, _ = held_sync(airflow, shop, flow)
    shop.let_go()
    run.task("sync").clear()
    shop.wait_for_jobs("cancelled", "succeeded")
    run.wait_for("success")


@pytest.mark.parametrize("flow", FLOWS)
def test_a_task_that_succeeded_and_is_cleared_starts_a_new_sync(airflow: Airflow, shop: Synced, flow: str) -> None:
    run = airflow.trigger(f"flow_{flow}", connection=shop.name)
    run.wait_for("success")
    run.task("sync").clear()
    shop.wait_for_jobs("succeeded", "succeeded")
    run.wait_for("success")
    assert run.task("sync").result()["job_id"] == max(shop.jobs())
