"""Moving the rows of one stream: a transaction for all of it, or one after another as it comes.

An incremental stream whose source says on the way where it could go on from is committed every `CHECKPOINT_ROWS` rows,
and that place is remembered right after: what comes after a failure, a cancel or a kill goes on from there. If the
process ends between a commit and its remembering, the rows of that commit come again. A deduped stream then has each
of them once all the same; an appended one has them twice: at least once is what Airbyte promises, too.

Every other stream is committed as a whole at its end, or not at all, and the next attempt reads it from its beginning:
an overwrite, whose rows stay in a table of their own until then; an append of everything (where Airbyte may leave the
rows of a failed attempt and add all of them again); an incremental read of files, inline rows or generated ones, which
come in no order.
"""

from __future__ import annotations

import json
import zlib
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mock_airbyte.destinations.loading import load
from mock_airbyte.failures import SyncCancelled
from mock_airbyte.records import StreamState
from mock_airbyte.sources.cursors import Cursor, from_state, latest, to_state
from mock_airbyte.sources.protocol import Batch
from mock_airbyte.sync.ahead import read_ahead
from mock_airbyte.sync.metadata import Stamp, limited, stamped
from mock_airbyte.types import POLARS_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_airbyte.destinations.protocol import Destination
    from mock_airbyte.sync.errand import Errand
    from mock_airbyte.sync.plan import StreamPlan
    from mock_airbyte.sync.progress import Progress
    from mock_airbyte.sync.reading import Reading


def move(errand: Errand, plan: StreamPlan, reading: Reading, destination: Destination, progress: Progress) -> None:
    """Move a stream's rows; raises `SyncFailure`, or `SyncCancelled` when it is told to stop."""
    progress.begin(*plan.key)
    rows = _Rows(errand, plan, progress)
    pieces = read_ahead(rows.pieces(reading, destination.largest_number))
    with closing(pieces):
        for portion in portions(pieces, every=plan.since.every if plan.since and plan.commits_on_the_way else None):
            with destination.transaction() as transaction:
                load(transaction, plan.target, portion.frames())
                if progress.stopping:
                    raise SyncCancelled
            if portion.state is not None:
                errand.remember(plan.key, StreamState(portion.state, plan.generation, errand.job.job_id))
            progress.committed(*plan.key, records=portion.rows, size=portion.size)
            progress.say(f"destination > Committed {portion.rows} records of stream {plan.stream.name!r}.")
    errand.remember(plan.key, replace(reading.state(plan, rows.state), job_id=errand.job.job_id))
    if reading.ends_by_stream:
        progress.completed(*plan.key)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows on their way to the destination."""

    frame: pl.DataFrame  # as it is stored
    size: int  # bytes, as they were read
    state: Cursor = None  # JSON: where a read goes on after these rows; None: nowhere


class Portion:
    """The rows of one commit; what they were is known once all frames were taken."""

    def __init__(self, first: Piece | None, others: Iterator[Piece], every: int | None) -> None:
        """Take the first piece (None: there is none) and where others come from."""
        self.rows = self.size = 0
        self.state: Cursor = None
        self._first, self._others, self._every = first, others, every

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the frames, up to the first state after `every` rows."""
        piece = self._first
        while piece is not None:
            self.rows += piece.frame.height
            self.size += piece.size
            yield piece.frame
            if self._every is not None and piece.state is not None and self.rows >= self._every:
                self.state = piece.state
                return
            piece = next(self._others, None)


def portions(pieces: Iterator[Piece], *, every: int | None) -> Iterator[Portion]:
    """Yield what is to be committed one after another, at least once; `every`: rows, None: all at once."""
    first = next(pieces, None)
    yield Portion(first, pieces, every)
    while (first := next(pieces, None)) is not None:
        yield Portion(first, pieces, every)


class _Rows:
    """The rows of one stream on their way, and what was seen of them."""

    def __init__(self, errand: Errand, plan: StreamPlan, progress: Progress) -> None:
        self._errand, self._plan, self._progress = errand, plan, progress
        self._column = plan.stream.column(plan.since.cursor) if plan.since and plan.since.cursor else None
        self.state: Cursor = plan.since.state if plan.since else None
        self._begins = from_state(self.state, self._column)
        self._highest = self._begins

    def pieces(self, reading: Reading, largest_number: float) -> Iterator[Piece]:
        plan = self._plan
        stamp = Stamp(self._errand.job.job_id, self._errand.started_at, plan.generation, self._random())
        for batch in reading.batches(plan):
            if self._progress.stopping:
                raise SyncCancelled
            wanted = self._since(limited(batch, plan.stream, largest_number=largest_number))
            size = int(wanted.frame.estimated_size())
            self._progress.emitted(*plan.key, records=wanted.frame.height, size=size)
            if wanted.frame.height:
                yield Piece(stamped(wanted, stamp, plan.names), size, batch.state)

    def _random(self) -> np.random.Generator:
        """Return the generator of row ids: an attempt that goes on makes others than the one before it."""
        errand, plan = self._errand, self._plan
        parts = [errand.seed, errand.job.job_id, plan.number]
        if errand.attempt or plan.is_resumed:
            parts += [errand.attempt, zlib.crc32(json.dumps(self.state).encode())]
        return np.random.default_rng(parts)

    def _since(self, batch: Batch) -> Batch:
        """Leave out what was read before; rows at the cursor itself come again, for more may have come with it."""
        column = self._column
        if batch.state is not None:  # the source has done so
            self.state = batch.state
            return batch
        if column is None:
            return batch
        if self._begins is not None:
            since = pl.lit(self._begins, dtype=POLARS_TYPES[column.type])
            keep = batch.frame.select((pl.col(column.name) >= since).fill_null(value=False)).to_series()
            misfits = {name: mask.filter(keep) for name, mask in batch.misfits.items()}
            batch = Batch(batch.frame.filter(keep), misfits)
        self._highest = latest(column.name, batch.frame, self._highest)
        self.state = to_state(self._highest)
        return batch
