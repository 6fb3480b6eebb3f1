"""How a sync reads its streams: from cursors that the mock keeps, or from states that a source keeps itself.

Most sources are told a cursor's value to go on from, or hand out all rows and the sync leaves out those before it. A
real connector goes on from a state of its own, which is kept as it came.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from mock_airbyte.records import SHARED, StreamState
from mock_airbyte.sources.protocol import ResumingSource, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mock_airbyte.sources.cursors import Cursor
    from mock_airbyte.sources.protocol import Batch, Read, Source
    from mock_airbyte.sync.plan import StreamKey, StreamPlan


class Reading(Protocol):
    """The reading of one sync's streams, one after another."""

    @property
    def ends_by_stream(self) -> bool:
        """Whether a stream whose rows are committed is over, whatever becomes of the others."""

    def batches(self, plan: StreamPlan) -> Iterator[Batch]:
        """Yield the rows that the plan wants; raises `SyncFailure`."""

    def state(self, plan: StreamPlan, cursor: Cursor) -> StreamState:
        """Return what is to be kept of a stream whose rows are committed; `cursor`: where a read by cursor goes on."""

    def finish(self, remember: Callable[[StreamKey, StreamState], None]) -> None:
        """Keep what is of no stream in particular, now that all rows are committed; raises `SyncFailure`."""


@contextmanager
def reading(
    source: Source, plans: Sequence[StreamPlan], states: Mapping[StreamKey, StreamState], *, sync_id: int
) -> Iterator[Reading]:
    """Read as the source does."""
    if not isinstance(source, ResumingSource) or not plans:
        yield _ByCursor(source)
        return
    shared = states.get(SHARED, StreamState()).shared
    wanted = [_wanted(plan, states.get(plan.key, StreamState()), sync_id) for plan in plans]
    with source.reading(wanted, shared) as read:
        yield _ByState(read, states)


class _ByCursor:
    ends_by_stream = True

    def __init__(self, source: Source) -> None:
        self._source = source

    def batches(self, plan: StreamPlan) -> Iterator[Batch]:
        return self._source.batches(plan.stream, plan.since)

    def state(self, plan: StreamPlan, cursor: Cursor) -> StreamState:
        return StreamState(cursor, plan.generation)

    def finish(self, remember: Callable[[StreamKey, StreamState], None]) -> None:
        """Keep nothing: cursors are of their streams."""


class _ByState:
    ends_by_stream = False  # a connector that fails at last may have meant all of them

    def __init__(self, read: Read, states: Mapping[StreamKey, StreamState]) -> None:
        self._read = read
        self._states = states
        self._has_stream_states = False

    def batches(self, plan: StreamPlan) -> Iterator[Batch]:
        return self._read.batches(plan.stream)

    def state(self, plan: StreamPlan, cursor: Cursor) -> StreamState:  # noqa: ARG002 -- the connector has its own
        said = self._read.state(plan.stream) if plan.mode.is_incremental else None
        self._has_stream_states |= said is not None
        before = self._states.get(plan.key, StreamState()).own if plan.resumes else None
        return StreamState(generation=plan.generation, own=before if said is None else said)

    def finish(self, remember: Callable[[StreamKey, StreamState], None]) -> None:
        try:
            self._read.finish()
        finally:
            said = self._read.shared_state()
            if said is not None or (self._has_stream_states and SHARED in self._states):
                remember(SHARED, StreamState(shared=said))


def _wanted(plan: StreamPlan, state: StreamState, sync_id: int) -> Wanted:
    config, target = plan.config, plan.target.mode
    own_key = tuple((name,) for name in plan.stream.primary_key)
    return Wanted(
        stream=plan.stream,
        is_incremental=plan.mode.is_incremental,
        destination_mode="overwrite" if target.replaces else "append_dedup" if target.is_deduped else "append",
        cursor_field=config.cursor_field,
        primary_key=config.primary_key or own_key,
        generation=plan.generation,
        least_generation=plan.generation if target.replaces else 0,
        sync_id=sync_id,
        state=state.own,
        resumes=plan.resumes,
    )
