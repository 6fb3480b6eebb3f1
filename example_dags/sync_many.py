"""Sync several Airbyte connections at once, one mapped task each, without holding a worker while they run."""

from __future__ import annotations

from typing import Any

from airflow.sdk import dag, task
from pendulum import datetime

from taskflow_profilemesh import airbyte_sync


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    params={"connections": ["Shop → Warehouse"]},
    tags=["profilemesh"],
)
def sync_many() -> None:
    """List connections, sync each in a task of its own, and add up the rows."""

    @task
    def connections(params: dict[str, Any]) -> list[str]:
        names: list[str] = params["connections"]
        return names

    @airbyte_sync(deferrable=True)
    def sync(name: str) -> str:
        return name

    @task
    def total(results: list[dict[str, Any]]) -> int:
        return sum(result["rows_synced"] or 0 for result in results)

    total(sync.expand(name=connections()))


sync_many()
