"""What a connector says of one stream, for as long as nobody asks for it: rows on disk, the rest at hand.

A connector reads its streams in an order of its own, several at once if it likes; they are written one after another.
"""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING, Any

from mock_airbyte.programs.messages import StreamState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_airbyte.programs.messages import StreamStatus, TraceError


class Spool:
    """One stream of a reading."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.state: Any = None
        self.is_complete = False
        self.is_incomplete = False  # the connector gave it up
        self.error: TraceError | None = None
        self._lines: IO[bytes] | None = None

    def note(self, message: StreamState | StreamStatus) -> None:
        """Take a state, or how far the stream is."""
        if isinstance(message, StreamState):
            self.state = message.state
        else:
            self.is_incomplete |= message.status == "INCOMPLETE"
            self.is_complete |= message.status in ("COMPLETE", "INCOMPLETE")

    def put(self, line: bytes) -> None:
        """Keep a row's line: in a file without a name, which goes with the process however that ends."""
        if self._lines is None:
            self._lines = tempfile.TemporaryFile(prefix="mock-airbyte-")  # noqa: SIM115 -- `close` closes it
        self._lines.write(line + b"\n")

    def take(self) -> Iterator[bytes]:
        """Yield the lines that were kept, and forget them."""
        if self._lines is None:
            return
        kept, self._lines = self._lines, None
        with kept:
            kept.seek(0)
            for line in kept:
                yield line[:-1]

    def close(self) -> None:
        """Forget what was kept."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None
