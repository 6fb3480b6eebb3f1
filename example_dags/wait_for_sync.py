"""Profile what somebody else's sync wrote: Airbyte's own schedule runs it, this DAG only waits for it.

The run of 10:00 waits for a sync that has succeeded at 10:00 or later; the one of 9:40 is no answer. It needs two
Airflow connections: `airbyte_default` (an Airbyte server) and `warehouse` (the database that the sync writes to).
"""

from airflow.sdk import dag
from pendulum import datetime

from taskflow_profilemesh import AirbyteSyncSensor, profile_tables


@dag(
    schedule="@hourly",
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"connection": "Shop → Warehouse", "since": None},
    tags=["profilemesh"],
)
def wait_for_sync():
    """Wait for the hour's sync without holding a worker, then profile the tables that it wrote."""
    synced = AirbyteSyncSensor(
        task_id="synced",
        connection="{{ params.connection }}",
        since="{{ params.since or '' }}",  # nothing: the end of the run's data interval
        deferrable=True,
        timeout=50 * 60,
    )

    @profile_tables(conn_id="warehouse")
    def profile(result):
        return result  # its "tables" are the tables that the sync wrote

    profile(synced.output)


wait_for_sync()
