"""Running the matrix outside of pytest: the cells of one process, then, on a stack of its own, all others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from taskflow_profilemesh.demo.postgres import postgres_server
from tests.databases import POSTGRES_VARIABLE
from tests.fault_matrix.alone import run_all
from tests.fault_matrix.cells import Cell, cells
from tests.fault_matrix.processes import run_on
from tests.fault_matrix.verdict import Seen
from tests.stack.stack import running

_SETTINGS = {
    "AIRFLOW__CORE__PARALLELISM": "16",  # tasks at a time; most of them wait
    "AIRFLOW__OPENLINEAGE__DISABLED": "True",  # it costs each task a second
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "90",  # so many tasks at once keep each other waiting
}


def run(folder: Path, *, with_processes: bool, only: str = "") -> Iterator[dict[Cell, Seen]]:
    """Run the cells whose fault or scenario has `only` in its name; yield all that is known, after each batch.

    `folder`: for the stack and its logs.
    """
    chosen = [cell for cell in cells() if only in cell.wrong]
    found = run_all([cell for cell in chosen if not cell.needs_processes])
    yield found
    if not with_processes:
        return
    for name in ("postgres", "stack"):
        (folder / name).mkdir()
    with (
        postgres_server(folder / "postgres", variable=POSTGRES_VARIABLE) as url,
        running(url, folder / "stack", with_celery=False, **_SETTINGS) as stack,
    ):
        for batch in run_on(stack, [cell for cell in chosen if cell.needs_processes], _tell):
            found = {cell: seen for cell in chosen if (seen := batch.get(cell) or found.get(cell))}
            yield found


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 -- a program's word to whoever waits for it
