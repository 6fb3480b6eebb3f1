"""Drift decides what happens next: publish what is as ever, or stop and tell people.

Needs the Airflow connection `warehouse`, and `alerts` (type `http` or `slackwebhook`) for the message. Whoever is
scheduled on the alias `profiled` runs after each table, with its numbers in the event's `extra`.
"""

from airflow.sdk import AssetAlias, dag, task
from pendulum import datetime

from taskflow_profilemesh import DriftNotifier, profile_tables


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"tables": ["users"]},
    tags=["profilemesh"],
)
def drift_alert():
    """Profile, then branch on what drifted."""

    @profile_tables(
        conn_id="warehouse",
        outlets=[AssetAlias("profiled")],
        on_success_callback=DriftNotifier(http_conn_id="alerts", severity="medium"),
    )
    def profile(params):
        return params["tables"]

    @task.branch
    def drifted(result):
        return "hold_back" if result["drift"]["severity"] == "high" else "publish"

    @task
    def publish():
        print("The data is as ever.")

    @task
    def hold_back(result):
        print(result["drift"]["summary"])

    result = profile()
    drifted(result) >> [publish(), hold_back(result)]


drift_alert()
