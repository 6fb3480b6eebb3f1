"""Sync connections that depend on each other, two at a time, and profile what the last one wrote."""

from airflow.sdk import dag
from pendulum import datetime

from taskflow_profilemesh import profile_tables, sync_group


@dag(schedule=None, start_date=datetime(2026, 1, 1, tz="UTC"), tags=["profilemesh"])
def syncs_with_dependencies():
    """Users and products first, in any order; then the orders that refer to both."""
    group = sync_group(
        [
            "Users → Warehouse",
            {"connection": "Products → Warehouse", "min_rows": 1},
            {"connection": "Orders → Warehouse", "depends_on": ["Users → Warehouse", "Products → Warehouse"]},
        ],
        max_parallel=2,
        deferrable=True,
        retries=2,
    )

    @profile_tables(conn_id="warehouse")
    def profile(synced):
        return synced

    profile(group.syncs["Orders → Warehouse"].output)


syncs_with_dependencies()
