"""What a running sync has done so far, readable from other threads while it works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from mock_airbyte.failures import SyncFailure

_MOST_LINES = 1_000
Level = Literal["info", "error"]
Say = Callable[[str, Level], None]  # takes a line of a job's log


@dataclass(frozen=True, slots=True)
class StreamCounts:
    """Rows and bytes of one stream: read from the source, and committed to the destination."""

    name: str
    namespace: str | None = None
    records_emitted: int = 0
    bytes_emitted: int = 0
    records_committed: int = 0
    bytes_committed: int = 0
    is_complete: bool = False  # whether all of the stream is committed


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a job's log."""

    at: datetime
    level: Level
    message: str


@dataclass(slots=True)
class Progress:
    """Grows while the rows move; `outcome` is None until they have, or have not."""

    now: Callable[[], datetime]
    outcome: Literal["succeeded", "failed", "cancelled"] | None = None
    failure: SyncFailure | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    stopping: bool = False  # set by whoever wants it to end
    lines: list[LogLine] = field(default_factory=list)
    _counts: dict[tuple[str, str | None], StreamCounts] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def complete(self) -> frozenset[tuple[str, str | None]]:
        """The streams of which nothing is left to do."""
        return frozenset((one.name, one.namespace) for one in self.streams if one.is_complete)

    @property
    def has_committed(self) -> bool:
        """Whether rows of it are in the destination."""
        return any(stream.records_committed for stream in self.streams)

    @property
    def streams(self) -> tuple[StreamCounts, ...]:
        """The counts of every stream, in the order in which they were begun."""
        with self._lock:
            return tuple(self._counts.values())

    def begin(self, name: str, namespace: str | None) -> None:
        """Note that a stream is being worked on."""
        with self._lock:
            self._counts[name, namespace] = StreamCounts(name, namespace)

    def emitted(self, name: str, namespace: str | None, *, records: int, size: int) -> None:
        """Note rows that were read, and their size in bytes."""
        with self._lock:
            before = self._counts[name, namespace]
            self._counts[name, namespace] = replace(
                before, records_emitted=before.records_emitted + records, bytes_emitted=before.bytes_emitted + size
            )

    def committed(self, name: str, namespace: str | None, *, records: int, size: int) -> None:
        """Note rows that are in the destination now, and their size in bytes."""
        with self._lock:
            before = self._counts[name, namespace]
            self._counts[name, namespace] = replace(
                before,
                records_committed=before.records_committed + records,
                bytes_committed=before.bytes_committed + size,
            )

    def completed(self, name: str, namespace: str | None) -> None:
        """Note that nothing is left to do of a stream."""
        with self._lock:
            self._counts[name, namespace] = replace(self._counts[name, namespace], is_complete=True)

    def say(self, message: str, level: Level = "info") -> None:
        """Add a line to the log; the oldest go first when there are too many."""
        self.lines.append(LogLine(self.now(), level, message))
        del self.lines[:-_MOST_LINES]
