"""The job outlives a try in Airflow's own task state store, and a cleared task syncs anew."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG

from mock_airbyte.lifecycle import Stage
from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh import AirbyteSyncOperator
from taskflow_profilemesh.operators.memory import KEY
from tests.flows.running import run_dag
from tests.flows.tries import add_connection, statuses
from tests.taskflow_profilemesh.airflow_connections import connect

pytestmark = pytest.mark.airflow_db
pytest.importorskip("airflow.models.task_state_store", reason="Airflow has no task state store before 3.3")

BRIEF = (Stage("pending", 0.1), Stage("running", 0.2), Stage("succeeded"))


class CrashesOnce(AirbyteSyncOperator):
    """Its first try dies as soon as the job is written down."""

    def _wait(self, *arguments: Any, **options: Any) -> Any:
        if _tries_left.pop():
            message = "the worker is gone"
            raise RuntimeError(message)
        return super()._wait(*arguments, **options)


_tries_left: list[bool] = []


def test_a_retry_finds_its_job_in_airflows_own_store_and_a_cleared_task_syncs_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MockAirbyte(timeline=BRIEF) as airbyte:
        add_connection(airbyte, tmp_path, "Shop")
        credentials = {"login": airbyte.client_id, "password": airbyte.client_secret}
        connect(monkeypatch, "airbyte_default", host=airbyte.root_url, **credentials)
        with DAG("remembers", schedule=None, start_date=datetime(2026, 1, 1)) as dag:  # noqa: DTZ001 -- Airflow adds UTC
            CrashesOnce(task_id="sync", connection="Shop", retries=2, retry_delay=0.0, deferrable=False)
        _tries_left[:] = [False, False, True]
        finished = run_dag(dag)
        assert finished.state == "success"
        assert len(statuses(airbyte)) == 1
        assert _stored()["sync"]["job_id"] == finished.returned["sync"]["job_id"]
        _clear_and_run(dag)
        assert statuses(airbyte) == ["succeeded", "succeeded"]
        assert _stored()["sync"]["job_id"] == airbyte.jobs()[1].job.job_id


def _stored() -> dict[str, Any]:
    """Return what the task has written into Airflow's database."""
    import json

    from airflow.models.task_state_store import TaskStateStoreModel
    from airflow.utils.session import create_session

    with create_session() as session:
        (row,) = session.query(TaskStateStoreModel).filter_by(dag_id="remembers", key=KEY).all()
        value: dict[str, Any] = json.loads(row.value)
    return value


def _clear_and_run(dag: DAG) -> None:
    """Clear the task as the UI does, and run it."""
    from airflow.models.taskinstance import TaskInstance, clear_task_instances
    from airflow.sdk.definitions.dag import _run_task
    from airflow.utils.session import create_session

    with create_session() as session:
        (instance,) = session.query(TaskInstance).filter_by(dag_id="remembers").all()
        clear_task_instances([instance], session)
        session.commit()
        (instance,) = session.query(TaskInstance).filter_by(dag_id="remembers").all()
        instance.try_number += 1  # as the scheduler does when it queues it
        session.commit()
        _run_task(ti=instance, task=dag.get_task("sync"))
