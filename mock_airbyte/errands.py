"""Making the errand of an attempt from what the world remembers when its rows begin to move."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mock_airbyte.sync.errand import CHECKPOINT_ROWS, Errand

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_airbyte.job_state import DueRows
    from mock_airbyte.records import Job
    from mock_airbyte.world import World


def errand_for(
    world: World,
    job: Job,
    due: DueRows,
    *,
    found: Callable[[str, tuple[str, ...]], None] = lambda *_: None,
    follows_failure: bool = False,
    checkpoint_rows: int = CHECKPOINT_ROWS,
) -> Errand:
    """Return what moving the rows needs; raises `UnknownResource` where the connection is no longer there.

    `found`: told the connection's id, and a sentence for each change of its source's schema.
    """
    connection = world.connection(job.connection_id)
    return Errand(
        job=job,
        connection=connection,
        streams=due.streams,
        source=world.actor("source", connection.source_id),
        destination=world.actor("destination", connection.destination_id),
        states=world.states(job.connection_id),
        seed=world.seed,
        started_at=world.clock.now(),
        remember=partial(world.remember, job.connection_id),
        adopt=world.adopt,
        found=partial(found, job.connection_id),
        substitutes=world.substitutes,
        programs=world.programs,
        reconfigure=partial(world.reconfigure, connection.source_id),
        attempt=due.attempt,
        follows_failure=follows_failure,
        checkpoint_rows=checkpoint_rows,
    )
