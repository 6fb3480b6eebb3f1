"""Moving the rows of one job: open both sides, plan, then one transaction per stream.

A stream is read and written in bounded batches, whatever its size. Between batches it is asked whether to stop; a
stream that stops, or fails, leaves its table as it was. Streams before it stay committed, as with Airbyte.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_airbyte.connectors import OpenContext, Programs, open_destination, open_source
from mock_airbyte.destinations.loading import clear, load
from mock_airbyte.failures import SyncCancelled, SyncFailure
from mock_airbyte.records import SHARED, Actor, Connection, Job, StreamState
from mock_airbyte.substitutes import Substitutes
from mock_airbyte.sync.ahead import read_ahead
from mock_airbyte.sync.evolution import evolve
from mock_airbyte.sync.metadata import Stamp, limited, stamped
from mock_airbyte.sync.plan import StreamKey, latest, plan_streams, table_of
from mock_airbyte.sync.reading import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from mock_airbyte.destinations.protocol import Destination
    from mock_airbyte.sources.protocol import Source
    from mock_airbyte.sync.evolution import Evolution
    from mock_airbyte.sync.plan import Cursor, StreamPlan
    from mock_airbyte.sync.progress import Progress
    from mock_airbyte.sync.reading import Reading

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """Everything that moving one job's rows needs; it asks nobody else."""

    job: Job
    connection: Connection
    source: Actor
    destination: Actor
    states: dict[StreamKey, StreamState]
    seed: int
    started_at: datetime
    remember: Callable[[StreamKey, StreamState], None] = field(repr=False)  # called after each commit
    adopt: Callable[[Connection], None] = field(repr=False)  # called when the source's schema changed
    substitutes: Substitutes = field(default_factory=dict)
    programs: Programs = field(default_factory=dict)
    reconfigure: Callable[[Mapping[str, Any]], None] = field(default=lambda _: None, repr=False)

    def context(self, progress: Progress) -> OpenContext:
        """Return what both sides may use beside their configurations."""
        return OpenContext(
            seed=self.seed,
            now=self.started_at,
            substitutes=self.substitutes,
            programs=self.programs,
            stopping=lambda: progress.stopping,
            say=progress.say,
            reconfigure=self.reconfigure,
        )


def run(errand: Errand, progress: Progress) -> None:
    """Move the rows; the outcome, and why, is in `progress` afterwards. Raises nothing."""
    try:
        if errand.job.job_type == "reset":
            _clear(errand, progress)
        else:
            _sync(errand, progress)
        progress.outcome = "succeeded"
    except SyncCancelled:
        progress.say("replication > The sync was cancelled.")
        progress.outcome = "cancelled"
    except SyncFailure as error:
        _failed(progress, error)
    except Exception as error:  # whatever went wrong, the job must end as failed
        _logger.exception("The mock could not move the rows of job %s", errand.job.job_id)
        message = f"The mock itself failed ({type(error).__name__}). Its own log says where."
        _failed(progress, SyncFailure(message, origin="replication", kind="system_error"))


def _failed(progress: Progress, failure: SyncFailure) -> None:
    progress.say(f"{failure.origin} > {failure.external_message}", "error")
    progress.failure = failure
    progress.outcome = "failed"


def _sync(errand: Errand, progress: Progress) -> None:
    context = errand.context(progress)
    source = open_source(errand.source, context)
    destination = open_destination(errand.destination, context)
    evolution = _evolved(errand, source, progress)
    plans = plan_streams(
        evolution.connection,
        evolution.streams,
        errand.states,
        job_id=errand.job.job_id,
        default_namespace=destination.default_namespace,
        refresh=errand.job.refresh,
    )
    with reading(source, plans, errand.states, sync_id=errand.job.job_id) as rows:
        for plan in plans:
            _move(errand, plan, rows, destination, progress)
        rows.finish(errand.remember)


def _evolved(errand: Errand, source: Source, progress: Progress) -> Evolution:
    evolution = evolve(errand.connection, source.streams())
    for change in evolution.changes:
        progress.say(f"replication > Schema change ({errand.connection.schema_updates}): {change}")
    if evolution.connection != errand.connection:
        errand.adopt(evolution.connection)
    if evolution.cancels:
        progress.say("replication > The connection is disabled because its source's schema changed.")
        raise SyncCancelled
    return evolution


def _move(errand: Errand, plan: StreamPlan, rows: Reading, destination: Destination, progress: Progress) -> None:
    progress.begin(*plan.key)
    moving = _Stream(errand, plan, progress)
    frames = read_ahead(moving.frames(rows, destination.largest_number))
    with destination.transaction() as transaction, closing(frames):
        load(transaction, plan.target, frames)
        if progress.stopping:
            raise SyncCancelled
    progress.committed(*plan.key)
    errand.remember(plan.key, rows.state(plan, moving.cursor))
    progress.say(f"destination > Committed {moving.rows} records of stream {plan.stream.name!r}.")


class _Stream:
    """The rows of one stream on their way, and what was seen of them."""

    def __init__(self, errand: Errand, plan: StreamPlan, progress: Progress) -> None:
        self._errand, self._plan, self._progress = errand, plan, progress
        self.cursor: Cursor = plan.since
        self.rows = 0

    def frames(self, rows: Reading, largest_number: float) -> Iterator[pl.DataFrame]:
        plan, errand = self._plan, self._errand
        random = np.random.default_rng([errand.seed, errand.job.job_id, plan.number])
        stamp = Stamp(errand.job.job_id, errand.started_at, plan.generation, random)
        for batch in rows.batches(plan):
            if self._progress.stopping:
                raise SyncCancelled
            wanted = limited(batch, plan.stream, largest_number=largest_number)
            self.cursor = latest(plan, wanted.frame, self.cursor)
            self.rows += wanted.frame.height
            self._progress.emitted(*plan.key, records=wanted.frame.height, size=int(wanted.frame.estimated_size()))
            if wanted.frame.height:
                yield stamped(wanted, stamp, plan.names)


def _clear(errand: Errand, progress: Progress) -> None:
    context = errand.context(progress)
    destination = open_destination(errand.destination, context)
    for config in errand.connection.streams:
        table = table_of(errand.connection, config, default_namespace=destination.default_namespace)
        progress.begin(config.name, config.namespace)
        with destination.transaction() as transaction:
            clear(transaction, table)
            if progress.stopping:
                raise SyncCancelled
        key = (config.name, config.namespace)
        errand.remember(key, StreamState(None, errand.states.get(key, StreamState()).generation + 1))
        progress.say(f"destination > Cleared stream {config.name!r}.")
    if SHARED in errand.states:
        errand.remember(SHARED, StreamState())
