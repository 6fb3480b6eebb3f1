"""Two DAGs that know nothing of each other but an asset: one syncs and profiles, the other transforms what passed.

The asset's event is sent when the profile is stored and drift did not stop the task, so the second DAG never works on
data that was found broken. Its `extra` has the rows, the worst severity and the profile's id.
"""

from airflow.sdk import Asset, dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_sync, profile_tables

users = Asset("users")  # a table of the profiling task is told apart by its name, or by its whole URI


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"connection": "Shop → Warehouse"},
    tags=["profilemesh"],
)
def land_and_check():
    """Sync, then profile; drift fails the task and holds the asset back."""

    @airbyte_sync
    def sync(params):
        return params["connection"]

    @profile_tables(conn_id="warehouse", on_drift="fail", outlets=[users])
    def profile(synced):
        return synced

    profile(sync())


@dag(schedule=[users], start_date=datetime(2026, 1, 1, tz="UTC"), catchup=False, tags=["profilemesh"])
def transform():
    """Run dbt on what arrived whole."""

    @task
    def rows(triggering_asset_events=None):
        events = [event for found in (triggering_asset_events or {}).values() for event in found]
        return [event.extra.get("row_count") for event in events]

    @task.bash
    def dbt(found):
        return f"echo 'dbt build, for {found} rows'"

    dbt(rows())


land_and_check()
transform()
