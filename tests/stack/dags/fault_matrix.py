"""One sync, blocking or deferred, for the cells of the fault matrix; see `tests/fault_matrix/processes.py`.

Params: `airbyte` (an Airflow connection), `timeout` (seconds), `marker`: a file. While it is there, a task that is
about to be deferred removes it and dies, as one does that is killed between the start of its job and its deferral.
"""

import os
import signal
from datetime import timedelta
from pathlib import Path

from airflow.sdk import dag, get_current_context
from pendulum import datetime

from taskflow_profilemesh import AirbyteSyncOperator


class MatrixSync(AirbyteSyncOperator):
    """A sync whose process can be killed at a moment that nobody could meet from outside."""

    def execute(self, context):
        self.take({"connection": "Shop", "timeout_seconds": context["params"]["timeout"]})
        return super().execute(context)

    def defer(self, **kwargs):
        marker = get_current_context()["params"]["marker"]
        if marker and Path(marker).exists():
            Path(marker).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        super().defer(**kwargs)


def matrix(*, deferrable):
    """Make the DAG of one way of waiting."""

    @dag(
        dag_id=f"matrix_{'deferrable' if deferrable else 'blocking'}",
        schedule=None,
        start_date=datetime(2026, 1, 1, tz="UTC"),
        params={"airbyte": "", "timeout": 3600, "marker": ""},
        is_paused_upon_creation=False,
        max_active_runs=200,
        max_active_tasks=200,
    )
    def fault_matrix():
        MatrixSync(
            task_id="sync",
            connection="Shop",
            conn_id="{{ params.airbyte }}",
            deferrable=deferrable,
            poll_interval_seconds=1,
            retries=4,  # a scheduler that lags may lose a task on its way back from the triggerer, and a try with it
            retry_delay=timedelta(seconds=1),
            executor="LocalExecutor",
        )

    return fault_matrix()


for is_deferrable in (False, True):
    matrix(deferrable=is_deferrable)
