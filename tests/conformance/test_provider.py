"""The stock provider 6.2.0 in an Airflow of its own, against a served mock."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conformance.environments import ROOT, Client
from tests.conformance.served import CONNECTION_ID, Served, served, shop_seed

pytestmark = [pytest.mark.conformance, pytest.mark.postgres, pytest.mark.timeout(1200)]  # the first one installs
_DAG = ROOT / "tests" / "conformance" / "clients" / "stock_dag.py"
_TASKS = ("blocking", "deferred", "begin", "wait")


def test_the_hook_tests_syncs_and_cancels(provider: Client, slow_mock: Served) -> None:
    seen = provider.answer("airflow_provider", "use_hook", **slow_mock.arguments())
    assert seen == {"tested": [True, "Connection successfully tested"], "before": "running", "after": "cancelled"}


def test_the_operator_is_told_that_its_secret_is_wrong(provider: Client, mock: Served) -> None:
    said = provider.answer("airflow_provider", "sync_with_a_wrong_secret", **mock.arguments())
    assert "Unexpected status code 400 from token endpoint" in said


def test_a_dag_syncs_blocking_deferred_and_with_the_sensor(
    provider: Client, destination: dict[str, Any], postgres_url: str, tmp_path: Path
) -> None:
    with served(tmp_path, shop_seed(destination)) as mock:  # at once: the stock trigger looks only every 60 seconds
        output = _run_dag(provider, mock)
    assert [output.count(f"end task task_id={task} ") for task in _TASKS] == [1] * len(_TASKS)
    assert [output.count(f"new_state={state} ") for state in ("deferred", "success")] == [1, len(_TASKS)]
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("select count(*), max(_airbyte_generation_id) from users").fetchone() == (50, 3)


def _run_dag(provider: Client, mock: Served) -> str:
    dags = provider.work / "dags"
    dags.mkdir()
    shutil.copy(_DAG, dags)
    server = mock.arguments()
    connection = {"conn_type": "airbyte", "host": server["url"]}
    connection |= {"login": server["client_id"], "password": server["client_secret"]}
    variables = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW_CONN_AIRBYTE_DEFAULT": json.dumps(connection),
        "CONFORMANCE_CONNECTION_ID": CONNECTION_ID,
    }
    provider.run(["airflow", "db", "migrate"], **variables)
    return provider.run(["airflow", "dags", "test", "stock"], **variables)
