"""Reading one batch ahead: while a batch is being written, the next one is made in another thread.

A source works in NumPy and Polars, a destination waits for its database; both let other threads run meanwhile. The
order of the batches, and so the rows, stay the same.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

Item = TypeVar("Item")
_AHEAD = 1  # batches that are ready and wait to be written
_LOOK_SECONDS = 0.1  # how often a reader whose writer gave up looks whether it is still wanted


class _End:
    """What a reader puts last: nothing more comes, or `error` ended it."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(items: Iterator[Item]) -> Generator[Item]:
    """Yield the items, made in a thread of their own; an error of theirs is raised here.

    Closing this generator closes theirs, in the thread that made it run.
    """
    reader = _Reader(items)
    reader.start()
    try:
        while not isinstance(item := reader.ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        reader.stop()


class _Reader(Generic[Item]):
    def __init__(self, items: Iterator[Item]) -> None:
        self.ready: queue.Queue[Item | _End] = queue.Queue(maxsize=_AHEAD)
        self._items = items
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mock-airbyte-read", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._unwanted.set()
        self._thread.join()

    def _run(self) -> None:
        end = _End()
        try:
            for item in self._items:
                if not self._put(item):
                    break
        except BaseException as error:  # noqa: BLE001 -- it is raised where the items are wanted
            end = _End(error)
        finally:
            if (close := getattr(self._items, "close", None)) is not None:
                close()
        self._put(end)

    def _put(self, item: Item | _End) -> bool:
        """Hand the item over; False: nobody wants it any more."""
        while not self._unwanted.is_set():
            try:
                self.ready.put(item, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False
