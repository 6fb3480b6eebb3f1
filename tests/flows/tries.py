"""A task over its tries, by hand: its state store, its numbers, and workers that die at a chosen moment.

The store keeps what Airflow's does, JSON values by key; `test_task_state_store.py` proves the same on Airflow's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from tests.taskflow_profilemesh.airflow_connections import TaskInstance

USERS: dict[str, Any] = {"name": "users", "rows": [{"id": 1}, {"id": 2}]}


class WorkerDied(BaseException):
    """The worker is gone: nothing that the task would do after this is done."""


class Store:
    """A state store of JSON values.

    `dies_at`, `dies_before`: the worker dies when a value of this phase has been written, or before it is. `when`: what
    happens once a value of a phase has been written.
    """

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.dies_at: str | None = None
        self.dies_before: str | None = None
        self.when: dict[str, Callable[[], Any]] = {}

    def get(self, key: str) -> Any:
        return json.loads(self.values[key]) if key in self.values else None

    def set(self, key: str, value: Any) -> None:
        if value["phase"] == self.dies_before:
            self.dies_before = None
            raise WorkerDied
        self.values[key] = json.dumps(value)
        if value["phase"] == self.dies_at:
            self.dies_at = None
            raise WorkerDied
        self.when.pop(value["phase"], lambda: None)()

    def change(self, how: Callable[[Any], Any]) -> None:
        """Change the one value that is kept."""
        ((key, text),) = self.values.items()
        value = json.loads(text)
        how(value)
        self.values[key] = json.dumps(value)

    def delete(self, key: str) -> None:
        self.values.pop(key, None)


class WorkerClock(SystemClock):
    """Does something in the first pause; the pauses after it are a moment, in which the mock moves its rows."""

    def __init__(self, instead: Callable[[], Any]) -> None:
        self.instead: Callable[[], Any] | None = instead

    def sleep(self, seconds: float) -> None:
        instead, self.instead = self.instead, None
        if instead:
            instead()
        super().sleep(min(seconds, 0.01))


def die() -> None:
    raise WorkerDied


@dataclass
class Tries:
    """One task of one DAG run. `meanwhile`: what happens in the first pause of a try; later pauses take no time."""

    airbyte: MockAirbyte
    store: Store | None = field(default_factory=Store)
    retries: int = 2
    try_number: int = 1
    max_tries: int = 2
    run_start: datetime = field(default_factory=lambda: datetime.now(UTC))

    def run(self, *, meanwhile: Callable[[], Any] | None = None, **options: Any) -> Any:
        """Run one try to its end."""
        return self.task(meanwhile=meanwhile, **options).execute(self.context())

    def retry(self) -> None:
        self.try_number += 1

    def clear(self) -> None:
        """Do what Airflow does when a task that does not run is cleared: it may be tried as often again."""
        self.max_tries = self.try_number + self.retries
        self.try_number += 1

    def task(self, *, meanwhile: Callable[[], Any] | None = None, **options: Any) -> HandOperator:
        chosen = {"task_id": "sync", "connection": "Shop", "deferrable": False, "timeout_seconds": 60, **options}
        return HandOperator(airbyte=self.airbyte, meanwhile=meanwhile or die, **chosen)

    def context(self) -> Any:
        ti = TaskInstance()
        ti.__dict__.update(try_number=self.try_number, max_tries=self.max_tries)
        return {
            "ti": ti,
            "dag_run": SimpleNamespace(start_date=self.run_start),
            **({"task_state_store": self.store} if self.store is not None else {}),
        }


class HandOperator(AirbyteSyncOperator):
    """The operator on a worker whose first pause is the test's."""

    def __init__(self, *, airbyte: MockAirbyte, meanwhile: Callable[[], Any], **options: Any) -> None:
        super().__init__(**options)
        self._airbyte = airbyte
        self._clock = WorkerClock(meanwhile)

    def clock_does(self, instead: Callable[[], Any]) -> None:
        """Do this in the next pause."""
        self._clock.instead = instead

    def _connect(self) -> AirbyteClient:
        settings = AirbyteSettings.of(
            host=self._airbyte.root_url, login=self._airbyte.client_id, password=self._airbyte.client_secret
        )
        return AirbyteClient.from_settings(settings, clock=self._clock)


def add_connection(airbyte: MockAirbyte, folder: Path, name: str) -> str:
    """Make a connection into a SQLite file of its own and return its id."""
    source = airbyte.create_source(name, "mock-inline", streams=[USERS])
    destination = airbyte.create_destination(name, "sqlite", destination_path=str(folder / f"{name}.db"))
    return airbyte.create_connection(source, destination, name=name)


def start_as_another(airbyte: MockAirbyte) -> int:
    """Start a sync as somebody else would, and return the job's id."""
    (connection,) = airbyte.world.connections()
    return airbyte.sync(connection.connection_id)


def succeed(airbyte: MockAirbyte) -> None:
    """Let the newest job run and succeed."""
    end(airbyte, "succeeded")


def end(airbyte: MockAirbyte, status: str) -> None:
    """Let the newest job run and end so."""
    job_id = airbyte.jobs()[-1].job.job_id
    airbyte.transition(job_id, "running")
    airbyte.transition(job_id, status)


def statuses(airbyte: MockAirbyte) -> list[str]:
    """Return the statuses of all jobs, oldest first."""
    return [state.status for state in airbyte.jobs()]


def crash(tries: Tries, **options: Any) -> None:
    """Run a try whose worker dies in its first pause, or where the store says."""
    with pytest.raises(WorkerDied):
        tries.run(**options)
    tries.retry()


def killed_while_its_job_succeeds(tries: Tries, airbyte: MockAirbyte, **options: Any) -> HandOperator:
    """Return a task that is told to end in its first pause; then the newest job succeeds, if it still can."""

    def killed() -> None:
        task.on_kill()
        if statuses(airbyte)[-1] != "cancelled":
            succeed(airbyte)

    task = tries.task(meanwhile=killed, **options)
    return task
