"""What importing costs: DAG files are parsed again and again, and a command line should answer at once."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"connectorx", "httpx", "numpy", "polars", "psycopg", "pyarrow", "pydantic", "requests", "sqlalchemy", "yaml"}

DECORATORS = """
import json, sys, time
from airflow.sdk import dag, task
before = set(sys.modules)
started = time.process_time()
from taskflow_profilemesh import airbyte_sync, profile_tables
spent = time.process_time() - started
print(json.dumps({"seconds": spent, "modules": sorted(set(sys.modules) - before)}))
"""

SENSOR = """
import json, sys
import airflow.sdk
from airflow.sdk import BaseSensorOperator
before = set(sys.modules)
from taskflow_profilemesh import AirbyteSyncSensor
AirbyteSyncSensor(task_id="wait", connection="Shop", since="{{ data_interval_start }}")
print(json.dumps({"modules": sorted(set(sys.modules) - before)}))
"""

COMMAND_LINE = """
import json, sys
import taskflow_profilemesh.cli, mock_airbyte.pytest_plugin
print(json.dumps({"modules": sorted(sys.modules)}))
"""


def _answer(code: str) -> dict[str, object]:
    process = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    answer: dict[str, object] = json.loads(process.stdout.splitlines()[-1])
    return answer


def _roots(answer: dict[str, object]) -> set[str]:
    modules = answer["modules"]
    assert isinstance(modules, list)
    return {str(module).partition(".")[0] for module in modules}


def test_decorators_add_at_most_5_ms_of_cpu_and_no_library_to_what_airflow_loads() -> None:
    answers = [_answer(DECORATORS) for _ in range(5)]
    assert _roots(answers[0]) & HEAVY == set()
    assert _roots(answers[0]) <= {"taskflow_profilemesh", "airflow"}
    assert min(float(str(answer["seconds"])) for answer in answers) <= 0.005


def test_a_sensor_in_a_dag_file_adds_no_library_to_what_airflow_loads() -> None:
    assert _roots(_answer(SENSOR)) & HEAVY == set()


def test_the_command_line_and_the_pytest_plugin_load_neither_airflow_nor_a_heavy_library() -> None:
    assert _roots(_answer(COMMAND_LINE)) & (HEAVY | {"airflow"}) == set()
