"""Each of our services starts with the compose file's command and environment, and its own healthcheck succeeds.

They run at once, as processes, on databases of their own. Together they are the stack that `docker compose up` brings
up, so the last tests log in and watch DAGs run on a Celery worker.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.compose import redis_database
from tests.compose.composition import ROOT, read
from tests.compose.here import Here
from tests.compose.stack import Stack, answer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.timeout(300),  # whoever comes first starts the stack
    pytest.mark.xdist_group("compose"),  # one stack, not one per test process
]
needs_redis = pytest.mark.skipif(not redis_database.answers(), reason="no Redis server answers on 127.0.0.1:6379")
_RUN_SECONDS = 180


@pytest.mark.parametrize(
    "name",
    [
        "mock-airbyte",
        "api-server",
        "scheduler",
        "dag-processor",
        "triggerer",
        pytest.param("worker", marks=needs_redis),
    ],
)
def test_the_healthcheck_of_the_service_succeeds(stack: Stack, name: str) -> None:
    stack.wait_until_well(name)


def test_every_lasting_service_of_ours_is_checked_here() -> None:
    ours = {service.name for service in read().services.values() if service.is_ours and not service.is_one_shot}
    assert ours == {"mock-airbyte", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}


@pytest.mark.parametrize("name", ["mock-airbyte", "api-server", "scheduler"])
def test_a_healthcheck_fails_where_nothing_listens(name: str, tmp_path: Path, postgres_server_url: str) -> None:
    composition = read()
    databases = dict.fromkeys(composition.created_databases, "postgres")
    nowhere = Here(composition, tmp_path, postgres_server_url, databases, 0)
    assert not nowhere.check(name).succeeds(tmp_path / "log", within_seconds=20)
    assert "Connection refused" in (tmp_path / "log").read_text()


def test_admin_logs_in_and_nobody_else(stack: Stack) -> None:
    stack.wait_until_well("api-server")
    with stack.log_in("admin", "admin") as client:
        assert answer(client, "/monitor/health")["metadatabase"]["status"] == "healthy"
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        stack.log_in("admin", "another")


def test_the_seeded_connection_moves_rows_into_the_warehouse(stack: Stack) -> None:
    stack.wait_until_well("mock-airbyte")
    with stack.airbyte() as client:
        (connection,) = answer(client, "/connections")["data"]
        assert connection["name"] == "Shop → Warehouse"
        newest = f"/jobs?connectionId={connection['connectionId']}&orderBy=createdAt%7CDESC&limit=1"
        started = client.post("/jobs", json={"connectionId": connection["connectionId"], "jobType": "sync"})
        assert started.status_code in {200, 409}  # 409: the example's own sync runs, and is watched instead
        stack.processes["mock-airbyte"].wait_until(
            lambda: answer(client, newest)["data"][0]["status"] == "succeeded",
            within_seconds=_RUN_SECONDS,
        )
    assert stack.query("warehouse", "select count(*) from users") == [(2000,)]


@needs_redis
def test_a_task_on_a_worker_sees_the_connections_and_variables(stack: Stack) -> None:
    stack.wait_until_well("api-server")
    with stack.log_in("admin", "admin") as client:
        stack.wait_for_runs(client, {"wiring"}, within_seconds=_RUN_SECONDS)
        (run,) = answer(client, "/dags/wiring/dagRuns")["dag_runs"]
        task = f"/dags/wiring/dagRuns/{quote(run['dag_run_id'])}/taskInstances/look"
        seen = answer(client, f"{task}/xcomEntries/return_value?stringify=false")["value"]
    airbyte_url = f"http://127.0.0.1:{stack.here.ports[8000]}/api/public/v1"
    assert seen == {
        "airbyte": f"airbyte {airbyte_url} local-only-client",
        "warehouse": f"postgres {stack.here.databases['warehouse']}",
        "variable": airbyte_url,
    }
    assert "Task execute_workload" in stack.processes["worker"].log.read_text()  # Celery's own line


@needs_redis
def test_every_scheduled_example_runs_by_itself_and_succeeds(stack: Stack) -> None:
    for name in ("mock-airbyte", "api-server", "dag-processor"):
        stack.wait_until_well(name)
    with stack.log_in("admin", "admin") as client:
        stack.wait_for_runs(client, _scheduled_examples(), within_seconds=_RUN_SECONDS)
    assert stack.query("profiles", "select count(*) > 0 from profilemesh_runs") == [(True,)]


def _scheduled_examples() -> set[str]:
    """Return the ids of the example DAGs that the clock starts; those that assets start wait for their events."""
    from airflow.dag_processing.dagbag import DagBag

    found = DagBag(str(ROOT / "example_dags"), load_op_links=False)
    assert not found.import_errors
    return {dag.dag_id for dag in found.dags.values() if isinstance(dag.schedule, str)}
