"""Importing and using a decorator must load no library: DAG files are parsed again and again.

How long the import takes is measured in `tests/architecture/test_imports.py`, as CPU time, the best of five.
"""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("polars", "connectorx", "pyarrow", "numpy", "requests", "pandas")

PROGRAM = """
import json, sys
from airflow.providers.common.compat.sdk import dag, task
before = set(sys.modules)
from taskflow_profilemesh.decorators.airbyte_sync import airbyte_sync
imported = set(sys.modules) - before
@dag(schedule=None)
def shop():
    @airbyte_sync(connection="Shop", min_rows=1)
    def sync(): ...
    sync()
shop()
used = sorted(set(sys.modules) - before)
print(json.dumps({"imported": sorted(imported), "used": used}))
"""


def test_a_decorator_loads_next_to_nothing_and_using_it_no_library() -> None:
    output = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    seen = json.loads(output.splitlines()[-1])
    assert all(name.startswith("taskflow_profilemesh") for name in seen["imported"])
    assert not [name for name in seen["used"] if name.partition(".")[0] in HEAVY]
    assert not [name for name in seen["used"] if name.startswith("taskflow_profilemesh.errors")]
