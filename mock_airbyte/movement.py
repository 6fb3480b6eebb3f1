"""The moving of one job's rows, in a thread of its own, so that looking at the job never waits for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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
