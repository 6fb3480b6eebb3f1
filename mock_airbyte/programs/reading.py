"""One reading by a connector: its rows, stream by stream, and where each goes on afterwards.

The connector is read only as fast as its rows are wanted: a full pipe makes it wait. Rows of other streams that come
in between are put aside on disk. A stream is over when the connector says so, or has ended well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.failures import SyncFailure
from mock_airbyte.programs.messages import (
    Record,
    StreamState,
    StreamStatus,
    TraceError,
    read_message,
)
from mock_airbyte.programs.process import TookTooLong
from mock_airbyte.programs.spool import Spool
from mock_airbyte.sources.fitting import fit_rows
from mock_airbyte.sources.protocol import SharedState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.programs.listening import Listener
    from mock_airbyte.programs.messages import Key, Message
    from mock_airbyte.programs.process import Run
    from mock_airbyte.sources.protocol import Batch, Stream, Wanted

_ROWS_AT_ONCE = 16_384  # Python objects are an order larger than a frame's values
_BYTES_AT_ONCE = 1 << 25


class ProgramRead:
    """What a connector says while it reads."""

    def __init__(self, run: Run, wanted: Sequence[Wanted], listener: Listener, *, silence_seconds: float) -> None:
        """Take the running connector, the streams that it was told to read, and who hears the rest of what it says."""
        self._run = run
        self._listener = listener
        self._silence_seconds = silence_seconds
        self._lines = run.lines(silence_seconds=silence_seconds)
        self._spools: dict[Key, Spool] = {(one.stream.name, one.stream.namespace): Spool() for one in wanted}
        self._unknown: set[Key] = set()
        self._shared: SharedState | None = None
        self._error: TraceError | None = None  # of no stream in particular
        self._exit_code: int | None = None

    def batches(self, stream: Stream) -> Iterator[Batch]:
        """Yield the stream's rows."""
        rows: list[Mapping[str, Any]] = []
        size = 0
        for record, length in self._records((stream.name, stream.namespace)):
            rows.append(record.data)
            size += length
            if len(rows) >= _ROWS_AT_ONCE or size >= _BYTES_AT_ONCE:
                yield fit_rows(rows, stream.columns)
                rows, size = [], 0
        if rows:
            yield fit_rows(rows, stream.columns)

    def state(self, stream: Stream) -> Any | None:  # noqa: ANN401 -- JSON that the connector made
        """Return the last state that it gave of a stream."""
        return self._spools[stream.name, stream.namespace].state

    def shared_state(self) -> SharedState | None:
        """Return the last state that it gave of all streams together."""
        return self._shared

    def finish(self) -> None:
        """Hear the connector out; raises `SyncFailure` where it failed, or had more rows of what it had completed."""
        while (message := self._next()) is not None:
            self._take(*message)
        if self._error is not None or self._exit_code:
            raise self._failure(None)

    def close(self) -> None:
        """Forget rows that nobody asked for."""
        for spool in self._spools.values():
            spool.close()

    def _records(self, key: Key) -> Iterator[tuple[Record, int]]:
        spool = self._spools[key]
        for line in spool.take():
            message = read_message(line)
            if isinstance(message, Record):
                yield message, len(line)
        while not spool.is_complete and (said := self._next()) is not None:
            message, line = said
            if type(message) is Record and message.key == key:
                yield message, len(line)
            else:
                self._take(message, line)
        while spool.is_incomplete and spool.error is None and (said := self._next()) is not None:
            self._take(*said)  # why it was given up comes after it
        failed = spool.error is not None or spool.is_incomplete
        if failed or (not spool.is_complete and (self._error is not None or self._exit_code)):
            raise self._failure(key)

    def _next(self) -> tuple[Message, bytes] | None:
        """Return what the connector says next; None: it has ended."""
        try:
            for line in self._lines:
                if line:
                    return read_message(line), line
        except TookTooLong as error:
            message = f"The source has said nothing for {self._silence_seconds:g} seconds."
            raise SyncFailure(message, origin="source", kind="heartbeat_timeout") from error
        if self._exit_code is None:
            self._exit_code = self._run.exit_code()
        return None

    def _take(self, message: Message, line: bytes) -> None:
        match message:
            case Record(key, _):
                self._put_aside(key, line)
            case StreamState(key, _) | StreamStatus(key, _):
                if key in self._spools:
                    self._spools[key].note(message)
            case SharedState():
                self._shared = message
            case TraceError():
                self._note(message)
            case _:
                self._listener.hear(message)

    def _note(self, error: TraceError) -> None:
        """Keep the first error: what comes later follows from it."""
        self._listener.hear(error)
        spool = self._spools.get(error.key) if error.key else None
        if spool is not None:
            spool.error = spool.error or error
        self._error = self._error or error

    def _put_aside(self, key: Key, line: bytes) -> None:
        spool = self._spools.get(key)
        if spool is None:
            if key not in self._unknown:
                self._unknown.add(key)
                self._listener.say(f"Rows of stream {key[0]!r} are left out, which was not asked for.")
        elif spool.is_complete:
            message = f"The connector sent rows of stream {key[0]!r} after it had said that there were no more."
            raise SyncFailure(message, origin="source", kind="system_error", stream=key[0])
        else:
            spool.put(line)

    def _failure(self, key: Key | None) -> SyncFailure:
        spool = self._spools[key] if key else None
        error = (spool.error if spool else None) or self._error
        if error is not None:
            return self._listener.failure(error, stream=key[0] if key else None)
        stream = key[0] if key else None
        return self._listener.ended(self._exit_code, self._run.last_words(), stream=stream)
