"""A table that only grows: after the first profile, no row is read a second time.

Airbyte stamps each row with `_airbyte_extracted_at`; an id or a timestamp of the table's own does as well. Where rows
were changed or deleted, that is noticed, the table is read whole, and the result's `plan` says why.
"""

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import profile_tables


@dag(schedule=None, start_date=datetime(2026, 1, 1, tz="UTC"), catchup=False, tags=["profilemesh"])
def only_new_rows():
    """Profile what came since the last run, and say how the table was read."""

    @profile_tables(conn_id="warehouse", incremental="id")
    def profile():
        return "orders"

    @task
    def tell(result):
        return [table["plan"] for table in result["tables"]]

    tell(profile())


only_new_rows()
