"""The matrix as a page: a row for what goes wrong, a column for how a task waits and which try it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fault_matrix.cells import TRIES, WAITINGS, Cell
from tests.fault_matrix.verdict import Seen, wrongs

_INTRODUCTION = """\
Written by `python -m tests.fault_matrix --write`, from the jobs of each cell's own mock: whatever goes wrong × how a
task waits × which try it is. Where a task or its triggerer is killed, it is a real process, of a whole Airflow. A
cell says how the task ended and with which jobs, and in bold what was wrong. `–`: not run yet."""


def page(runs: Mapping[Cell, Seen]) -> str:
    """Return the page; a cell says how the task ended and with which jobs, then what was wrong."""
    columns = [(waiting, trial) for waiting in WAITINGS for trial in TRIES]
    head = ["what goes wrong", *(f"{waiting}, {trial}" for waiting, trial in columns)]
    names = list(dict.fromkeys(cell.wrong for cell in runs))
    rows = [[name, *(_told(runs, Cell(name, *column)) for column in columns)] for name in names]
    total = sum(bool(wrongs(seen, ends_well=cell.ends_well)) for cell, seen in runs.items())
    summary = f"{len(runs)} cells were run, {total} of them went wrong."
    return "\n".join(["# Fault matrix", "", _INTRODUCTION, "", summary, "", *_table(head, rows), ""])


def _told(runs: Mapping[Cell, Seen], cell: Cell) -> str:
    seen = runs.get(cell)
    if seen is None:
        return "–"
    jobs = ", ".join(f"job {job.job_id} {job.status}" for job in (*seen.own_jobs, *seen.others)) or "no job"
    bad = "".join(f" **{wrong}**" for wrong in wrongs(seen, ends_well=cell.ends_well))
    return f"{seen.task_state}: {jobs}{bad}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
