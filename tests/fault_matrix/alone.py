"""Running a cell that needs no process but this one: the operator itself, and the trigger in an event loop of its own.

The mock's clock is moved by hand, quickly: a sync of a minute is over in half a second, one that waits for hours soon
after. As Airflow does, a failure that a retry may mend is tried once more.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, TaskDeferred

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.errors import ProfileMeshError
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from tests.fault_matrix import mocks
from tests.fault_matrix.cells import Cell
from tests.fault_matrix.mocks import mock_of, seen
from tests.fault_matrix.verdict import Seen

TIMEOUT_SECONDS = 45  # until the task must have ended by itself
_ALLOWANCE_SECONDS = 30
_AT_A_TIME = 8
_BEAT_SECONDS = 0.1


def run_all(alone: Sequence[Cell]) -> dict[Cell, Seen]:
    """Run cells that need no other process, several at a time: they mostly wait."""
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return dict(zip(alone, pool.map(run_alone, alone, range(len(alone))), strict=True))


def run_alone(cell: Cell, number: int) -> Seen:
    """Run the cell and return what was seen; `number` tells its Airflow connection from others'."""
    with mock_of(cell) as airbyte, _known_to_airflow(airbyte, f"matrix_{number}") as conn_id, _time_passing(airbyte):
        state, result = _in_time(conn_id, is_deferrable=cell.waiting != "blocking", is_stuck=cell.wrong == "stuck")
        return seen(airbyte, state, result)


def _in_time(conn_id: str, *, is_deferrable: bool, is_stuck: bool) -> tuple[str, Any]:
    """Return the task's state and result, or `running` when it is not over in time."""
    task = AirbyteSyncOperator(
        task_id="sync",
        connection="Shop",
        conn_id=conn_id,
        deferrable=is_deferrable,
        poll_interval_seconds=0.2,
        timeout_seconds=5 if is_stuck else TIMEOUT_SECONDS,
    )
    ended: list[tuple[str, Any]] = []
    thread = threading.Thread(target=lambda: ended.append(_tried_twice(task)), daemon=True)
    thread.start()
    thread.join(TIMEOUT_SECONDS + _ALLOWANCE_SECONDS)
    return ended[0] if ended else ("running", None)


def _tried_twice(task: AirbyteSyncOperator) -> tuple[str, Any]:
    for _ in range(2):
        try:
            return "success", _tried(task)
        except AirflowFailException:
            break
        except ProfileMeshError:
            continue
    return "failed", None


def _tried(task: AirbyteSyncOperator) -> Any:
    """Run one try to its end, the triggerer's part of it in an event loop."""
    run: Any = task.execute
    arguments: tuple[Any, ...] = ({},)
    while True:
        try:
            return run(*arguments)
        except TaskDeferred as deferred:
            event = asyncio.run(anext(aiter(deferred.trigger.run())))
            run, arguments = getattr(task, deferred.method_name), ({}, event.payload)


@contextmanager
def _known_to_airflow(airbyte: MockAirbyte, conn_id: str) -> Iterator[str]:
    account = {"login": airbyte.client_id, "password": airbyte.client_secret}
    name = f"AIRFLOW_CONN_{conn_id.upper()}"
    os.environ[name] = json.dumps({"conn_type": "airbyte", "host": airbyte.root_url, **account})
    try:
        yield conn_id
    finally:
        del os.environ[name]


@contextmanager
def _time_passing(airbyte: MockAirbyte) -> Iterator[None]:
    """Move the mock's clock on while the block runs: by hours where a job only waits for them."""
    over = threading.Event()

    def pass_time() -> None:
        while not over.wait(_BEAT_SECONDS):
            mocks.pass_time(airbyte)

    with ThreadPoolExecutor(1) as pool:
        passing = pool.submit(pass_time)
        try:
            yield
        finally:
            over.set()
            passing.result()
