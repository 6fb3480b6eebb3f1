"""A config is read when its task runs: a DAG file that names one is parsed without the room that reads it."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import json, sys
from airflow.sdk import dag
before = set(sys.modules)
from taskflow_profilemesh import profile_tables
@dag(schedule=None)
def shop():
    @profile_tables(config="/nowhere/profilemesh.yml", on_drift="fail")
    def profile(): ...
    profile()
shop()
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_naming_a_config_loads_nothing_that_reads_it() -> None:
    output = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    loaded = json.loads(output.splitlines()[-1])
    assert "taskflow_profilemesh.operators.profile" in loaded
    assert not [name for name in loaded if name.startswith("taskflow_profilemesh.config")]
    assert not {name.partition(".")[0] for name in loaded} & {"yaml", "pydantic", "polars", "connectorx"}
