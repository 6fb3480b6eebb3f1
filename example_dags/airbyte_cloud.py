"""Airbyte Cloud: the same decorator, another Airflow connection.

Make an application in Airbyte Cloud (Settings, Applications), and give its client id and secret to Airflow:

    airflow connections add airbyte_cloud --conn-type airbyte --conn-host https://api.airbyte.com \
        --conn-login CLIENT_ID --conn-password CLIENT_SECRET

Access tokens live for minutes there and are renewed in the middle of a sync, which nobody notices.
"""

from airflow.sdk import dag
from pendulum import datetime

from taskflow_profilemesh import airbyte_sync, profile_tables


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"connection": "Shop → Warehouse"},
    tags=["profilemesh"],
)
def airbyte_cloud():
    """Sync in Airbyte Cloud without holding a worker, then profile the warehouse."""

    @airbyte_sync(conn_id="airbyte_cloud", deferrable=True, timeout_seconds=2 * 3600)
    def sync(params):
        return params["connection"]

    @profile_tables(conn_id="warehouse")
    def profile(synced):
        return synced

    profile(sync())


airbyte_cloud()
