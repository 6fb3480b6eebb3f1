"""A worker of its own: a process with its own Airflow home, which runs one example DAG in the real Airflow.

Arguments: the name of the example, the task whose result is wanted, the DAG run's conf as JSON. Run with `python -m`;
the last line that it prints is JSON: the run's state and the task's result.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.airflow_versions import IS_AIRFLOW_2, loaded
from tests.flows.running import run_dag

EXAMPLES = Path(__file__).parents[2] / "example_dags"


def main(example: str, task_id: str, conf: str) -> None:
    """Run the example."""
    (dag,) = loaded(_file(f"{example}.py")).dags.values()
    finished = run_dag(dag, json.loads(conf))
    told = {"state": finished.state, "states": dict(finished.states), "result": finished.returned[task_id]}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


def _file(name: str) -> Path:
    """Return the example; in Airflow 2 a copy in the DAGs folder with the import changed, as people would do it."""
    if not IS_AIRFLOW_2:
        return EXAMPLES / name
    copy = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]) / name
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    copy.write_text(text.replace("from airflow.sdk import", "from airflow.decorators import"), encoding="utf-8")
    return copy


if __name__ == "__main__":
    main(*sys.argv[1:])
