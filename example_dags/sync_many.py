"""Sync several Airbyte connections, one mapped task each, without holding a worker while they run."""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_sync


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    params={"connections": ["Shop → Warehouse"]},
    tags=["profilemesh"],
)
def sync_many():
    """List connections, sync each in a task of its own, and add up the rows."""

    @task
    def connections(params=None):
        return params["connections"]

    @airbyte_sync(deferrable=True)
    def sync(name):
        return name

    @task
    def total(results):
        return sum(result["rows_synced"] or 0 for result in results)

    total(sync.expand(name=connections()))


sync_many()
