"""A source's schema that is no longer what it was, whatever kind of source: columns gone, new, or of another type.

A `Drift` is a value that an actor carries; the source itself knows nothing of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from mock_airbyte.sources.protocol import Column, ResumingSource
from mock_airbyte.types import POLARS_TYPES, AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.sources.protocol import Batch, Read, SharedState, Since, Source, Stream, Wanted


@dataclass(frozen=True, slots=True)
class Drift:
    """What changes in each stream: a new text column, and the last column, which is no key and no cursor."""

    adds: str | None = "drifted"  # its values are all "new"; None: none is added
    removes_last: bool = False
    last_becomes_text: bool = False


class DriftedSource:
    """Another source, with a drift."""

    def __init__(self, source: Source, drift: Drift) -> None:
        """Take both."""
        self._source = source
        self._drift = drift
        self._originals: dict[tuple[str, str | None], Stream] = {}

    def check(self) -> None:
        """Check the other source."""
        self._source.check()

    def streams(self) -> tuple[Stream, ...]:
        """Describe its streams as they are now."""
        self._originals = {(stream.name, stream.namespace): stream for stream in self._source.streams()}
        return tuple(_drifted(stream, self._drift) for stream in self._originals.values())

    def batches(self, stream: Stream, since: Since | None = None) -> Iterator[Batch]:
        """Yield its rows with exactly the columns that are asked for."""
        for batch in self._source.batches(self._original(stream), since):
            yield _fitted(batch, stream)

    def _original(self, stream: Stream) -> Stream:
        if not self._originals:
            self.streams()
        original = self._originals[stream.name, stream.namespace]
        asked = {column.name for column in stream.columns}
        return replace(original, columns=tuple(column for column in original.columns if column.name in asked))


class DriftedResumingSource(DriftedSource):
    """Another source that keeps its own place, with a drift."""

    def __init__(self, source: ResumingSource, drift: Drift) -> None:
        """Take both."""
        super().__init__(source, drift)
        self._resuming = source

    @contextmanager
    def reading(self, wanted: Sequence[Wanted], shared: SharedState | None) -> Iterator[DriftedRead]:
        """Read streams as the other source does."""
        originals = [replace(one, stream=self._original(one.stream)) for one in wanted]
        with self._resuming.reading(originals, shared) as read:
            yield DriftedRead(read, {(one.stream.name, one.stream.namespace): one.stream for one in originals})


class DriftedRead:
    """Another source's reading, with the columns that are asked for."""

    def __init__(self, read: Read, originals: Mapping[tuple[str, str | None], Stream]) -> None:
        """Take it, and the streams without the drift."""
        self._read = read
        self._originals = originals
        self.state = read.state
        self.shared_state = read.shared_state
        self.finish = read.finish

    def batches(self, stream: Stream) -> Iterator[Batch]:
        """Yield the stream's rows."""
        for batch in self._read.batches(self._originals[stream.name, stream.namespace]):
            yield _fitted(batch, stream)


def drifted(source: Source, drift: Drift) -> DriftedSource:
    """Return the source with a drift."""
    return DriftedResumingSource(source, drift) if isinstance(source, ResumingSource) else DriftedSource(source, drift)


def _drifted(stream: Stream, drift: Drift) -> Stream:
    columns = list(stream.columns)
    last = next((one for one in reversed(columns) if one.name not in {*stream.primary_key, stream.cursor}), None)
    if last is not None and drift.last_becomes_text:
        columns[columns.index(last)] = Column(last.name, AirbyteType.STRING)
    if last is not None and drift.removes_last:
        columns = [column for column in columns if column.name != last.name]
    if drift.adds is not None:
        columns.append(Column(drift.adds, AirbyteType.STRING))
    return replace(stream, columns=tuple(columns))


def _fitted(batch: Batch, stream: Stream) -> Batch:
    frame = batch.frame.select(
        pl.col(column.name).cast(POLARS_TYPES[column.type])
        if column.name in batch.frame.columns
        else pl.lit("new").alias(column.name)
        for column in stream.columns
    )
    return replace(batch, frame=frame)
