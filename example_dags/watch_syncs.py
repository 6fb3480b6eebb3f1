"""Run after every sync of a connection, without touching Airbyte's settings: the triggerer watches it.

A triggerer that was down tells what it missed (Airflow 3.3 and later). It needs two Airflow connections:
`airbyte_default` (an Airbyte server) and `warehouse` (the database that the sync writes to).
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_asset, profile_tables


@dag(
    schedule=[airbyte_asset("Shop → Warehouse", watch=True, poll_interval_seconds=30)],
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    tags=["profilemesh"],
)
def watch_syncs():
    """Profile what anybody's sync wrote."""

    @task
    def jobs(triggering_asset_events=None):
        events = [event for found in (triggering_asset_events or {}).values() for event in found]
        return [event.extra["payload"]["job_id"] for event in events if "payload" in event.extra]

    @profile_tables(conn_id="warehouse")
    def profile():
        return "*"

    jobs() >> profile()


watch_syncs()
