"""Profile each table in a mapped task of its own: one that fails, or is slow, holds up no other.

Needs the Airflow connection `warehouse`.
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import profile_tables


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    params={"tables": ["users", "orders"]},
    tags=["profilemesh"],
)
def mapped_over_tables():
    """List tables, profile each in a task of its own, and name those that drifted."""

    @task
    def tables(params=None):
        return params["tables"]

    @profile_tables(conn_id="warehouse", max_active_tis_per_dag=4)
    def profile(table):
        return table

    @task(trigger_rule="all_done")
    def drifted(results):
        return [one["table"] for result in results for one in result["tables"] if one["drift"]["detected"]]

    drifted(profile.expand(table=tables()))


mapped_over_tables()
