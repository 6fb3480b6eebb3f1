"""`@airbyte_sync` in the real Airflow, against the mock: both modes, mapped, and with a `dict` annotation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import dag, task

from mock_airbyte.lifecycle import Stage
from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.decorators.airbyte_sync import airbyte_sync
from tests.flows.running import run_dag
from tests.flows.shop import CONNECTION, Shop
from tests.taskflow_profilemesh.airflow_connections import connect

pytestmark = pytest.mark.airflow_db

USERS: dict[str, Any] = {"name": "users", "rows": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}]}
BRIEF = (Stage("pending", 0.2), Stage("running", 0.6), Stage("succeeded"))


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_dag_syncs_and_hands_on_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, deferrable: bool
) -> None:
    with MockAirbyte(timeline=BRIEF) as airbyte:
        source = airbyte.create_source("Shop", "mock-inline", streams=[USERS])
        for name in ("Shop", "Stock"):
            file = str(tmp_path / f"{name}.db")
            destination = airbyte.create_destination(name, "sqlite", destination_path=file)
            airbyte.create_connection(source, destination, name=name)
        connect(
            monkeypatch,
            "airbyte_default",
            host=airbyte.root_url,
            login=airbyte.client_id,
            password=airbyte.client_secret,
        )

        @dag(schedule=None, start_date=datetime(2026, 1, 1), dag_id=f"syncs_{deferrable}")  # noqa: DTZ001 -- Airflow adds UTC
        def syncs() -> None:
            @airbyte_sync(deferrable=deferrable, poll_interval_seconds=0.1, min_rows=2)
            def sync() -> dict[str, Any]:
                return {"connection": "Shop"}

            @airbyte_sync(deferrable=deferrable, poll_interval_seconds=0.1)
            def mapped(name: str) -> str:
                return name

            @task
            def tell(result: Any) -> list[str]:
                return list(result["tables"])

            tell(sync()) >> mapped.expand(name=["Stock"])

        finished = run_dag(syncs())
        assert finished.state == "success"
        assert finished.returned["tell"] == ["users"]
        assert finished.returned["sync"]["rows_synced"] == 2
        assert [state.status for state in airbyte.jobs()] == ["succeeded", "succeeded"]


def test_an_asynchronous_task_hands_on_a_number_whatever_its_function_returns(shop: Shop) -> None:
    @dag(schedule=None, start_date=datetime(2026, 1, 1), dag_id="asynchronous")  # noqa: DTZ001 -- Airflow adds UTC
    def starts() -> None:
        @airbyte_sync(asynchronous=True)
        def start() -> dict[str, Any]:
            return {"connection": CONNECTION}

        @task
        def tell(job_id: int) -> int:
            return job_id

        tell(start())  # type: ignore[arg-type] # the number of the job, not what the function returns

    finished = run_dag(starts())
    assert (finished.state, finished.returned["tell"]) == ("success", 1)
    assert len(shop.airbyte.jobs()) == 1
