"""One table profiled in eight shares by Celery's workers, and by one task: both profiles must be the same.

Params: `table`. The runs differ in nothing but who does the work, so that their profiles have one history.
"""

from datetime import timedelta

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import dag
from pendulum import datetime

from taskflow_profilemesh import profile_table_group, profile_tables

BEGIN = datetime(2026, 1, 1, tz="UTC")
PARAMS = {"table": ""}
ARGUMENTS = {"executor": "CeleryExecutor", "retries": 2, "retry_delay": timedelta(seconds=1)}


@dag(
    dag_id="table_in_shares",
    schedule=None,
    start_date=BEGIN,
    params=PARAMS,
    default_args=ARGUMENTS,
    is_paused_upon_creation=False,
)
def table_in_shares():
    """Plan, eight ranges, merge."""
    profile_table_group("{{ params.table }}", partitions=8, group_id="large", conn_id="warehouse")


@dag(
    dag_id="table_in_one_task",
    schedule=None,
    start_date=BEGIN,
    params=PARAMS,
    default_args=ARGUMENTS,
    is_paused_upon_creation=False,
)
def table_in_one_task():
    """Do the same in one task."""

    @profile_tables(conn_id="warehouse")
    def profile(params):
        return params["table"]

    profile()


if "CeleryExecutor" in conf.get("core", "executor"):
    table_in_shares()
    table_in_one_task()
