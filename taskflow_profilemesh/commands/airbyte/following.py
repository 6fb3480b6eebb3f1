"""Runs syncs in threads, in their order and so many at a time, and ends well when somebody interrupts.

An interrupt (Ctrl-C, or SIGTERM) lets no further sync begin. Every thread hears of it in its next pause, and cancels
the job that it started, unless it was told not to; a job that somebody else started is left alone. A start that is on
its way is waited for, so that no job is left behind that nobody knows of. A second interrupt waits for nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread, current_thread, main_thread
from typing import TYPE_CHECKING

from taskflow_profilemesh.airbyte.batching import State, hopeless, next_to_begin
from taskflow_profilemesh.airbyte.calls import JobsWanted
from taskflow_profilemesh.airbyte.ordering import OrderedSync
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.airbyte.statuses import CANCELLED
from taskflow_profilemesh.airbyte.sync import page_of, sync
from taskflow_profilemesh.commands.airbyte.followed import Followed, StartNote, StoppableClock, Stopped
from taskflow_profilemesh.commands.airbyte.login import client_of
from taskflow_profilemesh.errors import AirbyteError, ProfileMeshError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.models import Job
    from taskflow_profilemesh.airbyte.running import RunningSync

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
_LOOKED_AT = 20  # of a connection's newest jobs, for one whose start was not answered


@dataclass(frozen=True, slots=True)
class _End:
    """How a thread ended. `crash`: with what it did not foresee, which the main thread raises."""

    one: Followed
    state: State
    told: str | None = None
    crash: BaseException | None = None


@dataclass(slots=True)
class Follower:
    """Follows the syncs of one batch.

    `on_change` hears of each new state, in the main thread. `count_rows`: ask Airbyte at each look how many rows a job
    has emitted, for whoever shows it.
    """

    settings: AirbyteSettings
    batch: Sequence[OrderedSync]
    max_parallel: int | None = None
    on_change: Callable[[Followed], None] = lambda _: None
    count_rows: bool = False
    syncs: dict[str, Followed] = field(init=False)
    _stop: Event = field(init=False, default_factory=Event)
    _ended: SimpleQueue[_End | None] = field(init=False, default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        """Begin nothing yet."""
        self.syncs = {one.spec.connection: Followed(one) for one in self.batch}

    def run(self) -> bool:
        """Sync all, and return whether that was interrupted. A second interrupt raises `KeyboardInterrupt`."""
        with client_of(self.settings, clock=StoppableClock(self._stop)) as client, self._hearing_of_interrupts():
            self._begin(client)
            while any(one.state == "running" for one in self.syncs.values()):
                self._take_over(self._ended.get())
                self._begin(client)
        for one in self.syncs.values():
            if one.state == "waiting":  # somebody interrupted
                self._becomes(one, "interrupted", "It was not begun.")
        return any(one.state == "interrupted" for one in self.syncs.values())

    def _begin(self, client: AirbyteClient) -> None:
        """Begin what may begin now, and skip what never will."""
        if self._stop.is_set():
            return
        states = {name: one.state for name, one in self.syncs.items()}
        for name, lost in hopeless(self.batch, states).items():
            self._becomes(self.syncs[name], "skipped", f"{lost} did not succeed.")
        for name in next_to_begin(self.batch, states, max_parallel=self.max_parallel):
            self._becomes(self.syncs[name], "running")
            Thread(target=self._in_thread, args=(client, self.syncs[name]), daemon=True).start()

    def _take_over(self, end: _End | None) -> None:
        if end is None:  # an interrupt: each thread puts its own end after it
            return
        if end.crash is not None:
            raise end.crash
        self._becomes(end.one, end.state, end.told)

    def _becomes(self, one: Followed, state: State, told: str | None = None) -> None:
        one.state, one.told = state, told
        self.on_change(one)

    @contextmanager
    def _hearing_of_interrupts(self) -> Iterator[None]:
        """Take note of Ctrl-C and SIGTERM while this lasts.

        As an exception an interrupt could come between a thread and the note that it runs.
        """
        if current_thread() is not main_thread():  # where no signal arrives
            yield
            return
        heard = [one for one in _INTERRUPTS if signal.getsignal(one) is not signal.SIG_IGN]
        before = [signal.signal(one, self._interrupted) for one in heard]
        try:
            yield
        finally:
            for one, handler in zip(heard, before, strict=True):
                signal.signal(one, handler)

    def _interrupted(self, *_: object) -> None:
        if self._stop.is_set():
            raise KeyboardInterrupt
        self._stop.set()
        self._ended.put(None)  # which a handler of signals may do, with this queue

    # In a thread of its own ---------------------------------------------------------------------------------------

    def _in_thread(self, client: AirbyteClient, one: Followed) -> None:
        try:
            end = self._followed(client, one)
        except BaseException as error:  # noqa: BLE001 -- the main thread raises it
            end = _End(one, "failed", crash=error)
        self._ended.put(end)

    def _followed(self, client: AirbyteClient, one: Followed) -> _End:
        note = StartNote()

        def on_start(running: RunningSync) -> None:
            one.running, one.url = running, page_of(client, running)

        def on_look(job: Job) -> None:
            one.job = job
            details = client.sync_metadata(job.job_id) if self.count_rows else None
            one.rows = details.attempts[-1].rows_emitted if details and details.attempts else one.rows

        try:
            one.result = sync(client, one.sync.spec, on_start=on_start, on_look=on_look, memory=note)
        except ProfileMeshError as error:
            return _End(one, "failed", str(error))
        except Stopped:
            return _End(one, "interrupted", self._left(one, note))
        return _End(one, "succeeded")

    def _left(self, one: Followed, note: StartNote) -> str:
        """End what the sync has begun, and say what was done; with a client whose pauses nobody ends."""
        with client_of(self.settings) as client:
            try:
                job_id = one.running.job_id if one.running else _unanswered(client, note)
                if job_id is None:
                    return "No job was started."
                if one.running and one.running.role != "own":
                    return f"Job {job_id} goes on: somebody else started it."
                if not one.sync.spec.cancel_on_kill:
                    return f"Job {job_id} goes on."
                one.job = client.cancel(job_id)
            except AirbyteError as error:
                return f"Its job could not be cancelled: {error}"
        return _cancelled(one.job)


def _cancelled(job: Job) -> str:
    if job.status == CANCELLED:
        return f"Job {job.job_id} was cancelled."
    if job.is_terminal:
        return f"Job {job.job_id} had {job.status} before it could be cancelled."
    return f"Job {job.job_id} was asked to end, and is still {job.status}."


def _unanswered(client: AirbyteClient, note: StartNote) -> int | None:
    """Return the job of a start whose answer nobody heard, or None."""
    if note.start is None:
        return None
    jobs = client.jobs(JobsWanted(note.start.connection_id), most=_LOOKED_AT)
    job = note.start.job_of_lost_start(jobs)
    return job.job_id if job else None
