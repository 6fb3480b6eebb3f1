"""A DAG that looks at what the compose file wires: connections and variables, seen from a task."""

from __future__ import annotations

from airflow.sdk import BaseHook, Variable, dag, task
from pendulum import datetime


@dag(schedule="@hourly", start_date=datetime(2026, 1, 1, tz="UTC"), catchup=False)
def wiring() -> None:
    """One task, which leaves what it saw in its XCom, without the passwords."""

    @task
    def look() -> dict[str, str]:
        airbyte, warehouse = BaseHook.get_connection("airbyte_default"), BaseHook.get_connection("warehouse")
        return {
            "airbyte": f"{airbyte.conn_type} {airbyte.host} {airbyte.login}",
            "warehouse": f"{warehouse.conn_type} {warehouse.schema}",
            "variable": Variable.get("airbyte_url"),
        }

    look()


wiring()
