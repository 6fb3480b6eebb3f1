"""Reading ahead in worker threads while the caller works on what is there.

The caller's thread only ever waits in `queue.get()`, which a signal interrupts, unlike a native call. At most `depth`
results exist that the caller has not yet taken, however slow it is. They arrive in order, so that the same rows
always make the same batches.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
_LAST_CALL_SECONDS = 2.0  # how long a caller that stops early waits for statements that are under way


def read_ahead(jobs: Sequence[Callable[[], T]], *, workers: int, depth: int) -> Iterator[T]:
    """Yield the results of the jobs in order, run by up to `workers` threads; a job's exception is raised here.

    Closing the iterator, or an exception at the caller's, starts no further job and waits two seconds at most for
    those under way; they end by themselves.
    """
    state = _Work(jobs=jobs, permits=threading.Semaphore(depth))
    threads = [
        threading.Thread(target=state.work, name=f"profilemesh-reader-{number}", daemon=True)
        for number in range(min(workers, len(jobs)))
    ]
    for thread in threads:
        thread.start()
    try:
        yield from state.results()
    finally:
        state.stop(len(threads))
        for thread in threads:
            thread.join(_LAST_CALL_SECONDS)


@dataclass
class _Work(Generic[T]):
    """What the workers share."""

    jobs: Sequence[Callable[[], T]]
    permits: threading.Semaphore
    started: int = 0
    stopped: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: SimpleQueue[tuple[int, T | None, BaseException | None]] = field(default_factory=SimpleQueue)

    def work(self) -> None:
        """Run jobs until none is left."""
        while (number := self._next()) is not None:
            try:
                result, error = self.jobs[number](), None
            except BaseException as caught:  # noqa: BLE001 -- raised again where the results are taken
                result, error = None, caught
            self.done.put((number, result, error))

    def results(self) -> Iterator[T]:
        """Yield results in the jobs' order."""
        early: dict[int, T] = {}
        for wanted in range(len(self.jobs)):
            while wanted not in early:
                number, result, error = self.done.get()
                if error is not None:
                    raise error
                early[number] = result  # type: ignore[assignment]  # without an error there is a result
            self.permits.release()
            yield early.pop(wanted)

    def stop(self, workers: int) -> None:
        """Start no further job."""
        self.stopped = True
        self.permits.release(max(1, workers))

    def _next(self) -> int | None:
        self.permits.acquire()
        with self.lock:
            if self.stopped or self.started == len(self.jobs):
                self.permits.release()  # for the next worker, which will see the same
                return None
            self.started += 1
            return self.started - 1
