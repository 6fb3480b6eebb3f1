"""Run when Airbyte says that a sync has succeeded, whoever started it.

Airbyte posts its notification to Airflow (`docs/events.md` says how to set that up), and this DAG starts a second
later. It needs the Airflow connection `warehouse`, and nothing that polls.
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_asset, profile_tables


@dag(
    schedule=[airbyte_asset("Shop → Warehouse")],  # a connection's name or id, as Airbyte shows it
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    tags=["profilemesh"],
)
def event_driven_by_webhook():
    """Profile what arrived, as soon as it has."""

    @task
    def arrived(triggering_asset_events=None):
        events = [event for found in (triggering_asset_events or {}).values() for event in found]
        jobs = [event.extra["job_id"] for event in events if "job_id" in event.extra]
        print(f"Syncs that have ended: {jobs or 'none, somebody started this by hand'}")

    @profile_tables(conn_id="warehouse")
    def profile():
        return "*"  # or the tables that the connection writes

    arrived() >> profile()


event_driven_by_webhook()
