"""Reading ahead in worker threads while the caller works on what is there.

The caller's thread only ever waits in `queue.get()`, which a signal interrupts, unlike a native call. At most `depth`
results exist that the caller has not yet taken, however slow it is. They arrive in order, so that the same rows
always make the same batches.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
_LAST_CALL_SECONDS: Final = 2.0  # how long a caller that stops early waits for statements that are under way
_PARTING_SECONDS: Final = 0.05  # for threads that have only to see that there is nothing left to do
_BETWEEN_CALLS_SECONDS: Final = 0.2


class Stop:
    """Tells every read of one source to end, from another thread or from a signal's handler."""

    def __init__(self) -> None:
        """Let everything run."""
        self._error: BaseException | None = None
        self._listeners: list[Callable[[BaseException], None]] = []

    @property
    def error(self) -> BaseException | None:
        """What reads end with, or None while they may go on."""
        return self._error

    def now(self, error: BaseException) -> None:
        """End what is being read, and what will be, with the error."""
        self._error = error
        for listener in tuple(self._listeners):
            listener(error)

    @contextmanager
    def heard_by(self, listener: Callable[[BaseException], None]) -> Iterator[None]:
        """Call the listener when everything is to end."""
        self._listeners.append(listener)
        try:
            if self._error is not None:
                raise self._error
            yield
        finally:
            self._listeners.remove(listener)


@dataclass(frozen=True, slots=True)
class Ending:
    """How reads end before their time: who may say so, and how what runs elsewhere is ended."""

    stop: Stop = field(default_factory=Stop)
    cancel: Callable[[], None] = lambda: None

    def follow(self, threads: Sequence[threading.Thread]) -> None:
        """Wait two seconds at most for the threads, and cancel again and again what they wait for.

        Again, because a statement that was not there yet when it was cancelled runs on.
        """
        deadline = time.monotonic() + _LAST_CALL_SECONDS
        for thread in threads:
            thread.join(_PARTING_SECONDS)
        while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
            call = threading.Thread(target=self.cancel, name="profilemesh-cancel", daemon=True)
            call.start()
            for thread in (*threads, call):
                thread.join(_BETWEEN_CALLS_SECONDS)


def read_ahead(
    jobs: Sequence[Callable[[], T]], *, workers: int, depth: int, ending: Ending | None = None
) -> Iterator[T]:
    """Yield the results of the jobs in order, run by up to `workers` threads; a job's exception is raised here.

    Closing the iterator, or an exception at the caller's, starts no further job, cancels those under way and waits two
    seconds at most for them.
    """
    ending = ending or Ending()
    state = _Work(jobs=jobs, permits=threading.Semaphore(depth))
    threads = [
        threading.Thread(target=state.work, name=f"profilemesh-reader-{number}", daemon=True)
        for number in range(min(workers, len(jobs)))
    ]
    with ending.stop.heard_by(state.interrupt):
        for thread in threads:
            thread.start()
        try:
            yield from state.results()
        finally:
            state.stop(len(threads))
            ending.follow(threads)


def stream_ahead(items: Callable[[], Iterator[T]], *, depth: int, ending: Ending | None = None) -> Iterator[T]:
    """Yield the items, made by a thread of their own, at most `depth` of them ahead; it ends as `read_ahead` does."""
    ending = ending or Ending()
    state = _Work[T](jobs=(), permits=threading.Semaphore(depth))
    thread = threading.Thread(target=state.drain, args=(items,), name="profilemesh-reader-0", daemon=True)
    with ending.stop.heard_by(state.interrupt):
        thread.start()
        try:
            yield from state.stream()
        finally:
            state.stop(1)
            ending.follow([thread])


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

    def drain(self, items: Callable[[], Iterator[T]]) -> None:
        """Hand over the items one by one; a number below zero says that there are no more."""
        error: BaseException | None = None
        made = items()
        try:
            while self._may_go_on() and (item := next(made, None)) is not None:
                self.done.put((0, item, None))
        except BaseException as caught:  # noqa: BLE001 -- raised again where the items are taken
            error = caught
        finally:
            close = getattr(made, "close", None)  # here, in the thread that ran it
            if close is not None:
                close()
            self.done.put((-1, None, error))

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

    def stream(self) -> Iterator[T]:
        """Yield items as they come."""
        while True:
            number, item, error = self.done.get()
            if error is not None:
                raise error
            if number < 0:
                return
            self.permits.release()
            yield item  # type: ignore[misc]  # without an error there is an item

    def interrupt(self, error: BaseException) -> None:
        """Raise the error where the results are taken, ahead of nothing that was put before."""
        self.stopped = True
        self.done.put((-1, None, error))

    def stop(self, workers: int) -> None:
        """Start no further job."""
        self.stopped = True
        self.permits.release(max(1, workers))

    def _may_go_on(self) -> bool:
        self.permits.acquire()
        return not self.stopped

    def _next(self) -> int | None:
        self.permits.acquire()
        with self.lock:
            if self.stopped or self.started == len(self.jobs):
                self.permits.release()  # for the next worker, which will see the same
                return None
            self.started += 1
            return self.started - 1
