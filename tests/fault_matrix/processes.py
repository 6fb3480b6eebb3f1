"""Running the cells that need processes: many DAG runs on one real stack, each with a mock of its own.

The clock of a cell's mock stands still until what the cell is about has happened: a job cannot end before its task was
killed, or before its triggerer was. Who is killed, and when:

- *retry after a crash*: the task's process, with SIGKILL, once it waits for its job; a deferrable one when its job
  runs and it is about to be deferred.
- *triggerer restarted*: the triggerer with all that it started, once, when every task of the batch is deferred, or back
  on a worker because its triggerer could not look.

A cell whose moment did not come is told and left out: nothing was tried.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from mock_airbyte.mock import MockAirbyte
from tests.fault_matrix.cells import Cell
from tests.fault_matrix.mocks import mock_of, pass_time, seen
from tests.fault_matrix.verdict import Seen, wrongs
from tests.stack.rest import Run
from tests.stack.stack import Stack

Tell = Callable[[str], None]
_LOOK_SECONDS, _BEAT_SECONDS = 1.0, 0.1
_READY_SECONDS = 900.0  # until all tasks of a batch must wait for their jobs
_END_SECONDS = 900.0  # until they must have ended after that
_STUCK_SECONDS = 40  # timeout of a job that never ends
_TIMEOUT_SECONDS = 1200
_LOOKS_OF_ITS_TRIGGERER = 4  # at most, and of the task before it, where the triggerer gives up at once
_ENDS = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})


@dataclass
class _Trial:
    """One cell while it runs."""

    cell: Cell
    airbyte: MockAirbyte
    run: Run
    marker: Path
    must_crash: bool
    is_going: bool = False  # whether time passes for its mock
    state: str = ""
    ready: bool = False  # whether it waits for its job, after its crash where it has one
    was_tried: bool = False  # whether what the cell is about has happened

    @property
    def is_over(self) -> bool:
        return self.state in _ENDS

    @property
    def waits_for_an_answer(self) -> bool:
        """Whether its job was made and the answer that says so is kept back, by the mock's clock."""
        is_known = any(request.started_job for request in self.airbyte.requests)
        return self.cell.wrong != "already-running" and not is_known and bool(self.airbyte.jobs())

    def look(self, task: dict[str, Any]) -> None:
        """Kill the task, if it is to be, or take note that it is ready."""
        self.state = str(task["state"])
        if self.must_crash and self.cell.waiting != "blocking":
            self.must_crash = self.marker.exists()
        elif self.must_crash and self._waits_here():
            with suppress(psutil.NoSuchProcess):
                psutil.Process(int(task["pid"])).kill()
                self.must_crash = False
        elif not self.must_crash:
            is_back = self.state == "running" and self._looks() > _LOOKS_OF_ITS_TRIGGERER
            waits = self.state == "deferred" or is_back or (self.cell.waiting == "blocking" and task["try_number"] > 1)
            self.ready = self.ready or waits

    def _waits_here(self) -> bool:
        """Return whether the task has started a job, or joined one, and looked at it."""
        return self.state == "running" and self._looks() > 0

    def _looks(self) -> int:
        return len([one for one in self.airbyte.requests if one.method == "GET" and "/jobs/" in one.path])


def run_on(stack: Stack, cells: Sequence[Cell], tell: Tell = print) -> Iterator[dict[Cell, Seen]]:
    """Run the cells, those whose triggerer restarts together; yield what was seen of each, a batch at a time."""
    restarted = [cell for cell in cells if cell.waiting == "deferrable, triggerer restarted"]
    others = [cell for cell in cells if cell not in restarted]
    for batch, kills in ((others, False), (restarted, True)):
        if batch:
            yield _batch(stack, batch, kills_triggerer=kills, tell=tell)


def _batch(stack: Stack, cells: Sequence[Cell], *, kills_triggerer: bool, tell: Tell) -> dict[Cell, Seen]:
    with ExitStack() as opened:
        trials = [opened.enter_context(_begun(stack, cell, number)) for number, cell in enumerate(cells)]
        opened.enter_context(_time_passing(trials))
        tell(f"{len(trials)} runs begun")
        _watch(
            stack, trials, until=lambda one: one.ready or one.is_over, seconds=_READY_SECONDS, go=not kills_triggerer
        )
        tell(f"{sum(one.ready for one in trials)} of {len(trials)} wait for their jobs")
        for one in trials:
            one.was_tried = one.ready and not one.must_crash
        if kills_triggerer:
            stack.restart("triggerer")
        for one in trials:
            one.is_going = True
        _watch(stack, trials, until=lambda one: one.is_over, seconds=_END_SECONDS, go=True)
        tell(f"{sum(one.is_over for one in trials)} of {len(trials)} are over")
        for one in trials:
            if not one.was_tried:
                tell(f"its moment did not come: {one.cell}")
        found = {one.cell: _seen(one) for one in trials if one.was_tried}
        for one in trials:
            if one.cell in found and wrongs(found[one.cell], ends_well=one.cell.ends_well):
                tell(f"{one.cell}: {found[one.cell]}\n{_logged(stack, one)}")
        return found


def _watch(
    stack: Stack, trials: Sequence[_Trial], *, until: Callable[[_Trial], bool], seconds: float, go: bool
) -> None:
    """Look at all tasks together until each is so far, or time is up; `go`: time passes for those that are ready."""
    deadline = time.monotonic() + seconds
    while not all(map(until, trials)) and time.monotonic() < deadline:
        tasks = _tasks(stack)
        for one in trials:
            if one.run.run_id in tasks:
                one.look(tasks[one.run.run_id])
            one.is_going = one.is_going or (go and one.ready)
        time.sleep(_LOOK_SECONDS)


def _tasks(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return what Airflow says of every run's one task, by the run's id."""
    found: dict[str, dict[str, Any]] = {}
    for dag_id in ("matrix_blocking", "matrix_deferrable"):
        path, page = f"/dags/{dag_id}/dagRuns/~/taskInstances?limit=100", 0
        while listed := stack.airflow.ask("GET", f"{path}&offset={100 * page}")["task_instances"]:
            found |= {one["dag_run_id"]: one for one in listed}
            page += 1
    return found


@contextmanager
def _begun(stack: Stack, cell: Cell, number: int) -> Iterator[_Trial]:
    """Start the cell's mock and its DAG run."""
    waiting = "blocking" if cell.waiting == "blocking" else "deferrable"
    must_crash = cell.trial == "retry after a crash"
    with mock_of(cell) as airbyte:
        name = f"matrix_{waiting}_{number}_{airbyte.root_url.rpartition(':')[2]}"
        account = {"login": airbyte.client_id, "password": airbyte.client_secret}
        stack.airflow.connect(name, {"conn_type": "airbyte", "host": airbyte.root_url, **account})
        marker = stack.folder / f"{name}.marker"
        if must_crash and waiting == "deferrable":
            marker.touch()
        timeout = _STUCK_SECONDS if cell.wrong == "stuck" else _TIMEOUT_SECONDS
        conf = {"airbyte": name, "timeout": timeout, "marker": str(marker)}
        yield _Trial(cell, airbyte, stack.airflow.trigger(f"matrix_{waiting}", **conf), marker, must_crash)


@contextmanager
def _time_passing(trials: Sequence[_Trial]) -> Iterator[None]:
    """Move the clocks of the mocks of all that are going while the block runs."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_BEAT_SECONDS):
            for one in trials:
                if (one.is_going or one.waits_for_an_answer) and not one.is_over:
                    pass_time(one.airbyte)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _seen(trial: _Trial) -> Seen:
    result = trial.run.task("sync").result() if trial.state == "success" else None
    return seen(trial.airbyte, trial.state, result)


def _logged(stack: Stack, trial: _Trial) -> str:
    """Return the end of what each try of the task logged."""
    folder = stack.folder / "logs" / f"dag_id={trial.run.dag_id}" / f"run_id={trial.run.run_id}"
    logs = sorted(folder.rglob("*.log"))
    return "\n".join(line for log in logs for line in (log.name, *log.read_text(errors="replace").splitlines()[-8:]))
