"""The moving of a job's rows, in a thread of its own, so that looking at the job never waits for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mock_airbyte.sync.progress import Progress


class Movement:
    """Runs `work` once; it can be asked to stop (`progress.stopping`) and waited for."""

    def __init__(self, progress: Progress, work: Callable[[Progress], None]) -> None:
        """Take what is to be done; nothing happens before `start`."""
        self.progress = progress
        self._work = work
        self._thread = threading.Thread(target=self._run, name="mock-airbyte-sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.progress.started_at = self.progress.now()
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end at the next batch; what is not committed by then is taken back."""
        self.progress.stopping = True

    @property
    def is_moving(self) -> bool:
        """Whether it has not ended yet."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait at most `seconds` for it to end."""
        self._thread.join(seconds)

    def _run(self) -> None:
        self._work(self.progress)
        self.progress.finished_at = self.progress.now()


class Movements:
    """The movement of each job's latest attempt, and which of them a look has waited for."""

    def __init__(self) -> None:
        """Know none yet."""
        self._latest: dict[int, Movement] = {}
        self._waited_for: set[int] = set()

    def begin(self, job_id: int, movement: Movement) -> None:
        """Start the movement of a job's next attempt."""
        movement.start()
        self._latest[job_id] = movement
        self._waited_for.discard(job_id)

    def of(self, job_ids: Iterable[int]) -> list[Movement]:
        """Return the movements of those of the jobs whose rows have begun to move."""
        return [self._latest[job_id] for job_id in job_ids if job_id in self._latest]

    def not_waited_for(self, job_ids: Iterable[int]) -> list[Movement]:
        """Return likewise those that nobody has waited for; they are waited for now."""
        new = [job_id for job_id in job_ids if job_id in self._latest and job_id not in self._waited_for]
        self._waited_for.update(new)
        return self.of(new)

    def clear(self) -> None:
        """Forget all of them."""
        self._latest.clear()
        self._waited_for.clear()
