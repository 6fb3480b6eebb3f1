"""Two DAGs that start by themselves: one when Airbyte's notice of a sync arrives, one when the watcher sees a sync.

Their tasks return the jobs that they were started for, and whether the watcher says that it gave the job before.
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_asset


def after(dag_id, asset):
    """Make the DAG that an asset starts."""

    @dag(
        dag_id=dag_id,
        schedule=[asset],
        start_date=datetime(2026, 1, 1, tz="UTC"),
        catchup=False,
        is_paused_upon_creation=False,
    )
    def after_syncs():
        @task
        def jobs(triggering_asset_events=None):
            extras = [event.extra for found in triggering_asset_events.values() for event in found]
            told = [extra.get("payload", extra) for extra in extras]
            return [[one["job_id"], one.get("repeated", False)] for one in told]

        jobs()

    return after_syncs()


after("after_notices", airbyte_asset("notified"))
after("after_watched", airbyte_asset("watched", watch=True, poll_interval_seconds=1))
