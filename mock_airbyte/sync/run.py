"""Moving the rows of one attempt: open both sides, plan, then one stream after another (`moving`).

Between batches a stream is asked whether to stop; what stops, or fails, takes back what it had not committed. Streams
before it stay committed, as with Airbyte. After a failure both sides are checked first, as Airbyte does; a check that
fails is a failure of the configuration, so no other attempt follows.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from mock_airbyte.connectors import open_destination, open_source
from mock_airbyte.destinations.loading import clear
from mock_airbyte.failures import SyncCancelled, SyncFailure
from mock_airbyte.records import SHARED, StreamState
from mock_airbyte.sync.evolution import evolve
from mock_airbyte.sync.moving import move
from mock_airbyte.sync.plan import plan_streams, table_of
from mock_airbyte.sync.reading import reading

if TYPE_CHECKING:
    from mock_airbyte.destinations.protocol import Destination
    from mock_airbyte.failures import FailureOrigin
    from mock_airbyte.records import Connection, StreamConfig
    from mock_airbyte.sources.protocol import Source
    from mock_airbyte.sync.errand import Errand
    from mock_airbyte.sync.evolution import Evolution
    from mock_airbyte.sync.plan import StreamKey
    from mock_airbyte.sync.progress import Progress

_logger = logging.getLogger(__name__)


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
    except Exception as error:  # whatever went wrong, the attempt must end as failed
        _logger.exception("The mock could not move the rows of job %s", errand.job.job_id)
        message = f"The mock itself failed ({type(error).__name__}). Its own log says where."
        _failed(progress, SyncFailure(message, origin="replication", kind="system_error"))


def _failed(progress: Progress, failure: SyncFailure) -> None:
    progress.say(f"{failure.origin} > {failure.internal_message}", "error")
    progress.failure = failure
    progress.outcome = "failed"


def _sync(errand: Errand, progress: Progress) -> None:
    context = errand.context(progress)
    source = open_source(errand.source, context)
    destination = open_destination(errand.destination, context)
    if errand.follows_failure:
        _check("source", source)
        _check("destination", destination)
    evolution = _evolved(errand, source, progress)
    plans = plan_streams(
        replace(evolution.connection, streams=_wanted(errand, evolution.connection)),
        evolution.streams,
        errand.states,
        job=errand.job,
        default_namespace=destination.default_namespace,
        every=errand.checkpoint_rows,
    )
    with reading(source, plans, errand.states, sync_id=errand.job.job_id) as rows:
        for plan in plans:
            move(errand, plan, rows, destination, progress)
        rows.finish(errand.remember)
    for plan in plans:
        progress.completed(*plan.key)


def _check(kind: FailureOrigin, side: Source | Destination) -> None:
    try:
        side.check()
    except SyncFailure as failure:
        message = (
            f"Checking {kind} connection failed - please review this connection's configuration to prevent future"
            " syncs from failing"
        )
        raise SyncFailure(message, origin=kind, internal_message=failure.external_message) from failure


def _evolved(errand: Errand, source: Source, progress: Progress) -> Evolution:
    evolution = evolve(errand.connection, source.streams())
    errand.found(evolution.changes)
    for change in evolution.changes:
        progress.say(f"replication > Schema change ({errand.connection.schema_updates}): {change}")
    if evolution.connection != errand.connection:
        errand.adopt(evolution.connection)
    if evolution.cancels:
        progress.say("replication > The connection is disabled because its source's schema changed.")
        raise SyncCancelled
    return evolution


def _wanted(errand: Errand, evolved: Connection) -> tuple[StreamConfig, ...]:
    """Return the streams to move: the attempt's, without those that the connection gave up, with those it took up."""
    before, now = {_key(one) for one in errand.connection.streams}, {_key(one) for one in evolved.streams}
    left = (one for one in errand.streams if _key(one) not in before - now)
    return (*left, *(one for one in evolved.streams if _key(one) not in before))


def _key(config: StreamConfig) -> StreamKey:
    return config.name, config.namespace


def _clear(errand: Errand, progress: Progress) -> None:
    destination = open_destination(errand.destination, errand.context(progress))
    if errand.follows_failure:
        _check("destination", destination)
    for config in errand.streams:
        table = table_of(errand.connection, config, default_namespace=destination.default_namespace)
        progress.begin(config.name, config.namespace)
        with destination.transaction() as transaction:
            clear(transaction, table)
            if progress.stopping:
                raise SyncCancelled
        generation = errand.states.get(_key(config), StreamState()).generation + 1
        errand.remember(_key(config), StreamState(None, generation, errand.job.job_id))
        progress.completed(*_key(config))
        progress.say(f"destination > Cleared stream {config.name!r}.")
    if SHARED in errand.states:
        errand.remember(SHARED, StreamState())
