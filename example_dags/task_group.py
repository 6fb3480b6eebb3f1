"""One task for each table: they run beside each other, are retried one by one, and each is green or red by itself.

Trigger it by hand once `sync_then_profile` has run: it profiles the tables that that one writes. The first group has a
task called after each table; the second finds its tables when it runs, and profiles two of them at a time.
"""

from airflow.sdk import dag
from pendulum import datetime

from taskflow_profilemesh import create_profiling_task_group


@dag(schedule=None, start_date=datetime(2026, 1, 1, tz="UTC"), catchup=False, tags=["profilemesh"])
def task_group():
    """Profile two tables by name, then whatever else there is."""
    named = create_profiling_task_group(["users", "products"], group_id="named", conn_id="warehouse", retries=2)
    found = create_profiling_task_group(
        {"table": "*", "exclude": ["users", "products"]},
        group_id="found",
        conn_id="warehouse",
        max_active_tis_per_dag=2,
    )
    named >> found


task_group()
