"""Sync, build the models with dbt, and profile exactly those that this run of dbt built.

A model that failed is not profiled, and neither is one that nothing was done about. `since` keeps results that an
earlier run left in the folder from being taken for this one's.
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_sync, profile_tables, tables_from_dbt


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"connection": "Shop → Warehouse", "project": "/opt/dbt/shop", "target": "/opt/dbt/shop/target"},
    tags=["profilemesh"],
)
def dbt_then_profile():
    """Sync the shop, build its models, profile them; severe drift fails the last task."""

    @airbyte_sync(deferrable=True)
    def sync(params=None):
        return params["connection"]

    @task.bash
    def build(params=None):
        return f"dbt build --project-dir '{params['project']}' --target-path '{params['target']}'"

    @profile_tables(conn_id="warehouse", on_drift="fail")
    def profile_models(params=None, dag_run=None):
        return tables_from_dbt(params["target"], since=dag_run.start_date)

    sync() >> build() >> profile_models()


dbt_then_profile()
