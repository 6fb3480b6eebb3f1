"""What moving the rows of one attempt needs to know: a value, made by whoever has the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_airbyte.connectors import OpenContext, Programs
from mock_airbyte.records import Actor, Connection, Job, StreamConfig, StreamState
from mock_airbyte.substitutes import Substitutes
from mock_airbyte.sync.plan import StreamKey

if TYPE_CHECKING:
    from mock_airbyte.sync.progress import Progress

CHECKPOINT_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Errand:
    """Everything that moving the rows of one attempt needs; it asks nobody else."""

    job: Job
    connection: Connection
    streams: tuple[StreamConfig, ...]  # those of the job that this attempt is to move
    source: Actor
    destination: Actor
    states: dict[StreamKey, StreamState]
    seed: int
    started_at: datetime
    remember: Callable[[StreamKey, StreamState], None] = field(repr=False)  # called after each commit
    adopt: Callable[[Connection], None] = field(repr=False)  # called when the connection follows its source's schema
    found: Callable[[tuple[str, ...]], None] = field(repr=False)  # told how the source's schema differs, if it does
    substitutes: Substitutes = field(default_factory=dict)
    programs: Programs = field(default_factory=dict)
    reconfigure: Callable[[Mapping[str, Any]], None] = field(default=lambda _: None, repr=False)
    attempt: int = 0
    follows_failure: bool = False  # whether the attempt or the job before it failed
    checkpoint_rows: int = CHECKPOINT_ROWS

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
