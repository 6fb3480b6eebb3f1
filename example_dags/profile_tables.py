"""Profile tables on their own, with no sync before it: two whole, one in part. Severe drift fails the task.

Trigger it by hand once `sync_then_profile` has run: it profiles the tables that that one writes.
"""

from airflow.sdk import dag
from pendulum import datetime

from taskflow_profilemesh import profile_tables


@dag(schedule=None, start_date=datetime(2026, 1, 1, tz="UTC"), catchup=False, tags=["profilemesh"])
def profile_shop():
    """Profile what the shop's tables hold today."""

    @profile_tables(conn_id="warehouse", on_drift="fail")
    def profile():
        return [
            "users",
            "products",
            {"table": "purchases", "columns": ["id", "user_id", "product_id"], "where": "id > 10"},
        ]

    profile()


profile_shop()
