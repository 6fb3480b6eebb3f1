"""A process of Airflow's in which OpenLineage listens: it runs one DAG, a sync and then a profiling, to its end.

Airflow decides once per process whether OpenLineage listens, so the test cannot do this in its own.
"""

from __future__ import annotations

import sys

from airflow.providers.common.compat.sdk import dag

from taskflow_profilemesh import airbyte_sync, profile_tables
from tests.flows.running import run_dag


@dag(schedule=None)
def lineage() -> None:
    """Sync the connection, and profile a table of the database."""

    @airbyte_sync(poll_interval_seconds=1)
    def sync() -> str:
        return sys.argv[1]

    @profile_tables(conn_id="people", on_drift="fail")
    def profile() -> str:
        return "public.people"

    sync() >> profile()


if __name__ == "__main__":
    print(sorted(run_dag(lineage()).states.items()))  # noqa: T201 -- a program's word to its test
