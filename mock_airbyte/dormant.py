"""Which jobs need no look for a while, so that a mock with a thousand running jobs answers as one with a few does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.job_state import next_change

if TYPE_CHECKING:
    from datetime import datetime

    from mock_airbyte.job_state import Rows
    from mock_airbyte.records import Job


class Dormant:
    """Jobs that only a moment to come, or somebody's hand, can bring on: no rows of theirs are due or moving."""

    def __init__(self) -> None:
        """Know none yet."""
        self._until: dict[int, tuple[Job, datetime | None]] = {}

    def add(self, job: Job, rows: Rows, now: datetime) -> None:
        """Let a job sleep that has been looked at, until the clock brings it on; it must have no rows due or moving."""
        self._until[job.job_id] = job, next_change(job, rows, now)

    def has(self, job: Job, now: datetime) -> bool:
        """Return whether the job, which nobody has changed since, still sleeps."""
        known = self._until.get(job.job_id)
        return known is not None and known[0] is job and (known[1] is None or now < known[1])

    def wake(self, job_id: int) -> None:
        """Forget a job, so that it is looked at again."""
        self._until.pop(job_id, None)

    def clear(self) -> None:
        """Forget all jobs."""
        self._until.clear()
