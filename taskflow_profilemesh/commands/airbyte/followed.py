"""One sync of a batch: what has become of it by now, and what an interrupt must know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taskflow_profilemesh.airbyte.batching import State
from taskflow_profilemesh.airbyte.models import Job
from taskflow_profilemesh.airbyte.ordering import OrderedSync
from taskflow_profilemesh.airbyte.remembered import NO_MEMORY, Remembered
from taskflow_profilemesh.airbyte.result import SyncResult
from taskflow_profilemesh.airbyte.running import RunningSync
from taskflow_profilemesh.clock import SystemClock

if TYPE_CHECKING:
    from threading import Event

    from taskflow_profilemesh.airbyte.spec import JobType


@dataclass(slots=True)
class Followed:
    """One sync and what has become of it by now; its thread writes, the screen reads.

    `told`: why it failed or was skipped, or what became of its job at an interrupt. `rows`: emitted so far, where
    somebody asked and Airbyte says.
    """

    sync: OrderedSync
    state: State = "waiting"
    running: RunningSync | None = None
    job: Job | None = None
    rows: int | None = None
    result: SyncResult | None = None
    told: str | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """The connection, as it was named."""
        return self.sync.spec.connection


class Stopped(BaseException):
    """The sync's thread was asked to stop, in a pause. No `Exception`: nothing on the way may take it for a failure."""


class StoppableClock(SystemClock):
    """Whose pauses end when somebody asks to stop."""

    def __init__(self, stop: Event) -> None:
        """Listen to this event."""
        self._stop = stop

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` (≥ 0); raises `Stopped`."""
        if self._stop.wait(seconds):
            raise Stopped


class StartNote:
    """Remembers a start from before it is sent, for an interrupt between the two."""

    def __init__(self) -> None:
        """Nothing is on its way yet."""
        self.start: Remembered | None = None

    recall = staticmethod(NO_MEMORY.recall)
    is_new_intent = staticmethod(NO_MEMORY.is_new_intent)
    is_ours = staticmethod(NO_MEMORY.is_ours)

    def starting(self, connection_id: str, job_type: JobType, *, last_job_id: int, at: float) -> None:
        """Remember that a start is about to be sent at `at` (seconds since 1970)."""
        self.start = Remembered(
            phase="starting",
            connection_id=connection_id,
            job_type=job_type,
            at=at,
            try_number=1,
            max_tries=1,
            last_job_id=last_job_id,
        )

    def forget(self) -> None:
        """Remember nothing: the start made no job."""
        self.start = None

    def running(self, sync: RunningSync, *, overtime: bool = False) -> None:  # noqa: ARG002 -- the protocol's signature
        """Forget the start, which was answered."""
        self.start = None
