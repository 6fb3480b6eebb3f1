"""Sync → profile, once for each executor of the stack and each way of waiting: `flow_local_blocking` and so on.

Each is there a second time, as `lineage_local_blocking` and so on, with OpenLineage's events.

Params: `connection` (of the mock), `table` (None: those that the sync wrote), `airbyte` and `warehouse` (Airflow
connections).
"""

from datetime import timedelta

from airflow.providers.common.compat.sdk import conf
from airflow.providers.openlineage.utils.selective_enable import enable_lineage
from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_sync, profile_tables

EXECUTORS = {"LocalExecutor": "local", "CeleryExecutor": "celery"}


def flow(kind, executor, *, deferrable):
    """Make the DAG of one executor and one way of waiting; `kind`: what its name begins with."""
    waiting = "deferrable" if deferrable else "blocking"

    @dag(
        dag_id=f"{kind}_{EXECUTORS[executor]}_{waiting}",
        schedule=None,
        is_paused_upon_creation=False,
        start_date=datetime(2026, 1, 1, tz="UTC"),
        params={"connection": "", "table": None, "airbyte": "airbyte_default", "warehouse": "warehouse"},
        default_args={"executor": executor, "retries": 1, "retry_delay": timedelta(seconds=1)},
        render_template_as_native_obj=False,
    )
    def sync_then_profile():
        @airbyte_sync(
            conn_id="{{ params.airbyte }}", deferrable=deferrable, poll_interval_seconds=1, timeout_seconds=120
        )
        def sync(params):
            return params["connection"]

        @profile_tables(conn_id="{{ params.warehouse }}")
        def profile(synced, params):
            return params["table"] or synced

        @task
        def tell(result):
            return result["drift"]["summary"]

        tell(profile(sync()))

    return sync_then_profile()


for name in conf.get("core", "executor").split(","):
    for is_deferrable in (False, True):
        flow("flow", name, deferrable=is_deferrable)
        enable_lineage(flow("lineage", name, deferrable=is_deferrable))
