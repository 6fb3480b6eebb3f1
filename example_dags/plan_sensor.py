"""Profile a table when its declaration changes, or a new one appears: nothing is read while nothing changed.

It needs an Airflow connection `warehouse` (postgres, mysql, snowflake or sqlite).
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import ProfileMeshPlanSensor, profile_tables


@dag(
    schedule=None,  # hourly, say: whoever waits holds no slot with mode="reschedule"
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,  # the run that waits goes on waiting
    tags=["profilemesh"],
)
def plan_sensor():
    """Wait for a change, profile the tables that it is about, and tell which went."""
    change = ProfileMeshPlanSensor(task_id="change", tables="*", conn_id="warehouse", poke_interval=600)

    @task.short_circuit
    def to_profile(told):
        return [*told["added"], *told["changed"]]  # none where a table only went: then nothing is profiled

    @profile_tables(conn_id="warehouse")
    def profile(tables):
        return tables

    @task
    def removed(told):
        return told["removed"]

    profile(to_profile(change.output))
    removed(change.output)


plan_sensor()
