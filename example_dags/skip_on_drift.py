"""Skip what comes after, where the data drifted: nobody reads a dashboard that is made from half a table.

Needs the Airflow connection `warehouse`. With `on_drift="fail"` the task would fail instead, without a retry.
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import profile_tables


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"tables": ["users"]},
    tags=["profilemesh"],
)
def skip_on_drift():
    """Profile, and publish only what is as ever."""

    @profile_tables(conn_id="warehouse", on_drift="skip", drift_severity="medium")
    def profile(params):
        return params["tables"]

    @task
    def publish():
        return "published"

    profile() >> publish()


skip_on_drift()
