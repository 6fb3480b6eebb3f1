"""Profile one large table on many workers: one task plans its ranges, eight profile them, the last one merges.

Workers share nothing but the store of profiles, so `AIRFLOW__PROFILEMESH__STORE` must name a database. Severe drift
fails the last task; a range that fails is tried again alone.
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import profile_table_group


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    params={"table": "public.orders"},
    tags=["profilemesh"],
)
def one_table_on_many_workers():
    """Profile `public.orders` in eight shares and tell what drifted."""

    @task(trigger_rule="all_done")
    def tell(result):
        table = result["tables"][0]
        print(f"{table['table']}: {table['row_count']} rows. {table['plan']} {result['drift']['summary']}")

    group = profile_table_group(
        "{{ params.table }}",
        partitions=8,
        group_id="orders",
        conn_id="warehouse",
        on_drift="fail",
        retries=2,
        retry_delay=10,
    )
    tell(group.output)


one_table_on_many_workers()
