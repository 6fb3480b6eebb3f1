"""What the mock remembers of workspaces, sources, destinations, connections and jobs: frozen values.

A change is a new value put in the old one's place, so whoever holds a record holds one consistent moment of it.
Configurations are kept as they came, secrets included, and are left out of every repr.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from mock_airbyte.drifting import Drift
from mock_airbyte.lifecycle import Course, Move, Timeline
from mock_airbyte.retries import NO_BACKOFF, Backoff
from mock_airbyte.sources.protocol import SharedState, Stream

ActorKind = Literal["source", "destination"]
JobType = Literal["sync", "reset", "refresh"]
RefreshMode = Literal["merge", "truncate"]  # whether what is there stays beside the new generation


class SyncMode(StrEnum):
    """How a stream is read and written, in the public API's words."""

    FULL_REFRESH_OVERWRITE = "full_refresh_overwrite"
    FULL_REFRESH_OVERWRITE_DEDUPED = "full_refresh_overwrite_deduped"
    FULL_REFRESH_APPEND = "full_refresh_append"
    INCREMENTAL_APPEND = "incremental_append"
    INCREMENTAL_DEDUPED_HISTORY = "incremental_deduped_history"

    @property
    def is_incremental(self) -> bool:
        """Whether only rows from the cursor on are read."""
        return self.startswith("incremental")

    @property
    def replaces(self) -> bool:
        """Whether what was there before goes away."""
        return self.startswith("full_refresh_overwrite")

    @property
    def is_deduped(self) -> bool:
        """Whether one row per primary key is kept."""
        return "deduped" in self


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace."""

    workspace_id: str
    name: str
    created_at: datetime
    deleted: bool = False
    notifications: Mapping[str, Any] = field(default_factory=dict, repr=False)  # webhook addresses are secrets
    organization_id: str = "00000000-0000-0000-0000-000000000000"  # the one that every Airbyte begins with


@dataclass(frozen=True, slots=True)
class Actor:
    """A source or a destination: Airbyte calls both actors."""

    kind: ActorKind
    actor_id: str
    workspace_id: str
    name: str
    connector: str  # "postgres", not "source-postgres"
    definition_id: str
    configuration: Mapping[str, Any] = field(repr=False)
    created_at: datetime
    deleted: bool = False
    drift: Drift | None = None  # how a source's schema has changed since it was made
    is_draft: bool = False  # somebody is still to complete its configuration; a check that succeeds ends that
    secrets: frozenset[tuple[str, ...]] = frozenset()  # where its connector says that secrets are (`masking.Paths`)


@dataclass(frozen=True, slots=True)
class StreamConfig:
    """How a connection syncs one stream; an empty cursor or key means the stream's own."""

    name: str
    namespace: str | None = None
    sync_mode: SyncMode = SyncMode.FULL_REFRESH_OVERWRITE
    cursor_field: tuple[str, ...] = ()
    primary_key: tuple[tuple[str, ...], ...] = ()
    selected_fields: tuple[str, ...] | None = None  # None: all


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection from a source to a destination."""

    connection_id: str
    workspace_id: str
    source_id: str
    destination_id: str
    name: str
    streams: tuple[StreamConfig, ...]
    catalog: tuple[Stream, ...]  # what the source offered when the connection was last configured
    created_at: datetime
    status: str = "active"
    schedule: Mapping[str, str] = field(default_factory=lambda: {"scheduleType": "manual"})
    namespace_definition: str = "destination"
    namespace_format: str | None = None
    prefix: str = ""
    schema_updates: str = "ignore"
    tag_ids: tuple[str, ...] = ()
    scheduled_since: datetime | None = None  # when its schedule or its status was last set; None: it was made elsewhere

    @property
    def deleted(self) -> bool:
        """Whether it was deleted; Airbyte then calls it deprecated."""
        return self.status == "deprecated"


SHARED: tuple[str, str | None] = ("", None)  # what is remembered of no stream in particular; no stream has this name


@dataclass(frozen=True, slots=True)
class StreamState:
    """What is remembered of a stream between syncs: the cursor's highest value and the generation."""

    cursor: Any = None  # a JSON value; None: nothing was read yet
    generation: int = 0
    job_id: int | None = None  # of the job that kept it, whose next attempt goes on from here
    own: Any = None  # JSON of a connector that keeps its own place, in the place of a cursor
    shared: SharedState | None = None  # likewise of all streams together, under the key `SHARED`


@dataclass(frozen=True, slots=True)
class Job:
    """A sync, a reset (which empties tables) or a refresh (which reads everything again) that was asked for."""

    job_id: int
    connection_id: str
    workspace_id: str
    job_type: JobType
    created_at: datetime
    timeline: Timeline
    streams: tuple[StreamConfig, ...]
    refresh: RefreshMode | None = None  # of a refresh alone
    looks: tuple[datetime, ...] = ()  # those that its timeline counts
    moves: tuple[Move, ...] = ()  # statuses that it was given by hand, a cancel before its rows moved among them

    backoff: Backoff = NO_BACKOFF  # between attempts whose rows could not be moved

    @property
    def course(self) -> Course:
        """What its status follows from."""
        return Course(self.timeline, self.created_at, self.looks, self.moves)
