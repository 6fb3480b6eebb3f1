"""Sync with Airbyte, then profile exactly the tables that the sync wrote.

Needs two Airflow connections: `airbyte_default` (an Airbyte server) and `warehouse` (the database it writes to).
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_sync, profile_tables


@dag(
    schedule="@hourly",
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"connection": "Shop → Warehouse"},
    tags=["profilemesh"],
)
def sync_then_profile():
    """Sync, profile what arrived, and read the verdict."""

    @airbyte_sync
    def sync(params):
        return params["connection"]  # a connection's name or id, as Airbyte shows it

    @profile_tables(conn_id="warehouse")
    def profile(synced):
        return synced  # its "tables" are the tables that the sync wrote

    @task
    def tell(result):
        print(result["drift"]["summary"])

    tell(profile(sync()))


sync_then_profile()
