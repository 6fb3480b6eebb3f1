"""Where a task keeps its sync from one try to the next: Airflow's task state store (3.3 and later).

XCom cannot carry it, Airflow empties a task's XComs at each try. The store is per DAG run, task and map index; a retry
finds what the last try wrote, and so does a task that was cleared: `airbyte/remembered.py` tells the two apart.

Reading and noting a start fail loudly: nothing was started then, and a retry can help. Once the job runs, a store that
does not answer is only a warning: the note of the start is still there, and the next try finds the job by it.

Before 3.3 there is no store. There a retry takes a running job of its connection for its own if it was started since
the DAG run began; one that has ended between two tries is not found, and is started again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.airbyte.models import Job
    from taskflow_profilemesh.airbyte.remembered import Remembered
    from taskflow_profilemesh.airbyte.running import RunningSync
    from taskflow_profilemesh.airbyte.spec import JobType

KEY = "profilemesh_sync"  # renaming it would forget every running job
_LOG = logging.getLogger(__name__)


class StateStore(Protocol):
    """What is needed of Airflow's `task_state_store`."""

    def get(self, key: str) -> Any:  # noqa: ANN401 -- any JSON value
        """Return the value, or None."""

    def set(self, key: str, value: Any) -> None:  # noqa: ANN401 -- any JSON value
        """Write the value."""

    def delete(self, key: str) -> None:
        """Delete the value, if there is one."""


@dataclass(frozen=True, slots=True)
class TaskMemory:
    """One task's memory; see `airbyte.remembered.Memory`. `run_start`: when its DAG run began, None where unknown."""

    store: StateStore | None
    try_number: int
    max_tries: int
    run_start: datetime | None = None

    @classmethod
    def of(cls, context: Context) -> Self:
        """Return the memory of the task that runs in this context."""
        task_instance, run = context.get("ti"), context.get("dag_run")
        store: Any = context.get("task_state_store")
        return cls(
            store=store,
            try_number=int(getattr(task_instance, "try_number", 0) or 0),
            max_tries=int(getattr(task_instance, "max_tries", 0) or 0),
            run_start=getattr(run, "start_date", None),
        )

    def recall(self) -> Remembered | None:
        """Return what an earlier try wrote down, or None."""
        from taskflow_profilemesh.airbyte.remembered import Remembered
        from taskflow_profilemesh.errors import InvalidOption

        if self.store is None:
            return None
        try:
            return Remembered.from_value(self.store.get(KEY))
        except InvalidOption as error:  # of another version, or damaged: no retry would mend it, so go on without
            _LOG.warning("What the last try wrote down cannot be read: %s", error)
            return None

    def is_new_intent(self, past: Remembered) -> bool:
        """Return whether the task has been cleared since it wrote this down, or is run anew."""
        return past.is_of_another_intent(try_number=self.try_number, max_tries=self.max_tries)

    def starting(self, connection_id: str, job_type: JobType, *, last_job_id: int, at: float) -> None:
        """Write down that a start is about to be sent."""
        from taskflow_profilemesh.airbyte.remembered import Remembered

        if self.store is not None:
            past = Remembered(
                phase="starting",
                connection_id=connection_id,
                job_type=job_type,
                at=at,
                try_number=self.try_number,
                max_tries=self.max_tries,
                last_job_id=last_job_id,
            )
            self.store.set(KEY, past.as_dict())

    def forget(self) -> None:
        """Remember nothing."""
        if self.store is not None:
            self._warned(self.store.delete, KEY)

    def running(self, sync: RunningSync, *, overtime: bool = False) -> None:
        """Write down the job that is waited for."""
        from taskflow_profilemesh.airbyte.remembered import Remembered

        if self.store is None:
            return
        past = Remembered(
            phase="running",
            connection_id=sync.connection_id,
            job_type=sync.spec.job_type,
            at=sync.since,
            try_number=self.try_number,
            max_tries=self.max_tries,
            sync=sync,
            overtime=overtime,
        )
        self._warned(self.store.set, KEY, past.as_dict())

    def is_ours(self, job: Job) -> bool:
        """Return whether a running job is an earlier try's, where nothing can be written down (before Airflow 3.3)."""
        if self.store is not None or self.try_number <= 1 or self.run_start is None or job.started_at is None:
            return False
        return job.started_at >= self.run_start.replace(microsecond=0)  # Airbyte tells whole seconds

    def _warned(self, write: Any, *values: Any) -> None:  # noqa: ANN401 -- one of the store's own
        try:
            write(*values)
        except Exception as error:  # noqa: BLE001 -- whatever the store's backend raises, the job runs already
            _LOG.warning("Airflow's task state store did not take what was to be remembered: %s", type(error).__name__)
