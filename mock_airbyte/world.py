"""Everything that the mock remembers, in one thread-safe place.

Records are frozen; a change puts a new one in the old one's place under the lock. Ids are random UUIDs from a seeded
generator: the same seed and the same calls give the same ids. Nothing here knows HTTP.
"""

from __future__ import annotations

import random
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar
from uuid import UUID

from mock_airbyte.clock import SystemClock
from mock_airbyte.connectors import OpenContext, open_destination, open_source
from mock_airbyte.failures import SyncCancelled, SyncFailure
from mock_airbyte.records import Actor, Connection, StreamConfig, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_airbyte.clock import Clock
    from mock_airbyte.connectors import Connector, Programs
    from mock_airbyte.records import ActorKind, StreamState
    from mock_airbyte.sources.protocol import Stream
    from mock_airbyte.substitutes import Substitutes
    from mock_airbyte.sync.plan import StreamKey


class UnknownResource(LookupError):
    """There is no such workspace, source, destination, connection or job."""

    def __init__(self, kind: str, identifier: str) -> None:
        """Name the kind of thing and the id that was asked for."""
        super().__init__(f"There is no such {kind} (id={identifier!r}).")
        self.kind = kind
        self.identifier = identifier


class Watcher(Protocol):
    """Is told of every change of a world, under its lock, before anybody else can see it."""

    def changed(self, record: Workspace | Actor | Connection) -> None:
        """Take a new or changed record."""

    def remembered(self, connection_id: str, stream: StreamKey, state: StreamState) -> None:
        """Take a stream's new cursor and generation."""

    def forgotten(self, connection_id: str) -> None:
        """Take that a connection's streams are forgotten."""

    def everything_forgotten(self) -> None:
        """Take that nothing is left."""


class World:
    """Workspaces, sources, destinations and connections, and the sync state of each connection's streams."""

    def __init__(self, *, seed: int = 0, clock: Clock | None = None) -> None:
        """Begin empty. `clock`: the machine's own by default."""
        self.seed = seed
        self.substitutes: Substitutes = {}
        self.programs: Programs = {}
        self.is_stopping = False  # whether connectors that are being asked something are to end
        self.clock: Clock = clock or SystemClock()
        self.lock = threading.RLock()
        self._random = random.Random(seed)  # noqa: S311 -- ids, not secrets
        self._workspaces: dict[str, Workspace] = {}
        self._actors: dict[ActorKind, dict[str, Actor]] = {"source": {}, "destination": {}}
        self._connections: dict[str, Connection] = {}
        self._states: dict[str, dict[StreamKey, StreamState]] = {}
        self.watcher: Watcher | None = None

    def new_id(self) -> str:
        """Return a UUID that was not given before."""
        with self.lock:
            return str(UUID(int=self._random.getrandbits(128), version=4))

    def begin_again(self, run: int) -> None:
        """Begin the ids of a later run of the same world; run 0 is the first."""
        if run:
            self._random = random.Random(f"{self.seed}:{run}")  # noqa: S311 -- ids, not secrets

    def forget(self) -> None:
        """Forget everything; the next ids are the first again."""
        with self.lock:
            self._random.seed(self.seed)
            self._workspaces.clear()
            for actors in self._actors.values():
                actors.clear()
            self._connections.clear()
            self._states.clear()
            if self.watcher is not None:
                self.watcher.everything_forgotten()

    # Workspaces

    def add_workspace(self, name: str, *, workspace_id: str | None = None) -> Workspace:
        """Create a workspace; `workspace_id`: instead of a new one."""
        return self.put_workspace(Workspace(workspace_id or self.new_id(), name, self.clock.now()))

    def workspace(self, workspace_id: str) -> Workspace:
        """Return the workspace; raises `UnknownResource`."""
        return _alive(self._workspaces, "workspace", workspace_id)

    def workspaces(self, *, deleted: bool = False) -> tuple[Workspace, ...]:
        """Return all workspaces in the order in which they were created; `deleted`: those too."""
        return tuple(one for one in self._workspaces.values() if deleted or not one.deleted)

    def delete_workspace(self, workspace_id: str) -> None:
        """Delete a workspace and everything in it."""
        with self.lock:
            self.put_workspace(replace(self.workspace(workspace_id), deleted=True))
            for kind in self._actors:
                for actor in self.actors(kind):
                    if actor.workspace_id == workspace_id:
                        self.delete_actor(kind, actor.actor_id)

    def put_workspace(self, workspace: Workspace) -> Workspace:
        """Put a new or changed workspace in its place."""
        with self.lock:
            self._workspaces[workspace.workspace_id] = workspace
            self._tell(workspace)
        return workspace

    # Sources and destinations

    def add_actor(
        self,
        kind: ActorKind,
        connector: Connector[Any],
        *,
        workspace_id: str,
        name: str,
        configuration: Mapping[str, Any],
        actor_id: str | None = None,
    ) -> Actor:
        """Create a source or destination; raises `UnknownResource` without its workspace.

        Raises `SyncFailure` where a real connector does not say what its configuration must be.
        """
        self.workspace(workspace_id)
        actor = Actor(
            kind=kind,
            actor_id=actor_id or self.new_id(),
            workspace_id=workspace_id,
            name=name,
            connector=connector.name,
            definition_id=connector.definition_id,
            configuration=configuration,
            created_at=self.clock.now(),
            secrets=connector.specification().secrets(),
        )
        return self.put_actor(actor)

    def actor(self, kind: ActorKind, actor_id: str) -> Actor:
        """Return the source or destination; raises `UnknownResource`."""
        return _alive(self._actors[kind], kind, actor_id)

    def actors(self, kind: ActorKind, *, deleted: bool = False) -> tuple[Actor, ...]:
        """Return all sources or destinations in the order in which they were created; `deleted`: those too."""
        return tuple(one for one in self._actors[kind].values() if deleted or not one.deleted)

    def put_actor(self, actor: Actor) -> Actor:
        """Put a new or changed source or destination in its place."""
        with self.lock:
            self._actors[actor.kind][actor.actor_id] = actor
            self._tell(actor)
        return actor

    def delete_actor(self, kind: ActorKind, actor_id: str) -> None:
        """Delete a source or destination, and the connections that use it."""
        with self.lock:
            self.put_actor(replace(self.actor(kind, actor_id), deleted=True))
            for connection in self.connections():
                if actor_id in (connection.source_id, connection.destination_id):
                    self.delete_connection(connection.connection_id)

    def check(self, actor: Actor) -> str | None:
        """Return what is wrong with a source or destination, or None."""
        try:
            with _usable(actor):
                (open_source if actor.kind == "source" else open_destination)(actor, self._context(actor)).check()
        except SyncFailure as failure:
            return failure.external_message
        return None

    def discover(self, source_id: str) -> tuple[Stream, ...]:
        """Return the streams that the source has now; raises `SyncFailure`."""
        source = self.actor("source", source_id)
        with _usable(source):
            return open_source(source, self._context(source)).streams()

    def reconfigure(self, actor_id: str, configuration: Mapping[str, Any]) -> None:
        """Keep the configuration that a source's connector renewed: a token, say."""
        with self.lock:
            kept = self._actors["source"].get(actor_id)
            if kept is not None and not kept.deleted:
                self.put_actor(replace(kept, configuration=configuration))

    def _context(self, actor: Actor) -> OpenContext:
        return OpenContext(
            seed=self.seed,
            now=self.clock.now(),
            substitutes=self.substitutes,
            programs=self.programs,
            stopping=lambda: self.is_stopping,
            reconfigure=partial(self.reconfigure, actor.actor_id),
        )

    def known_secrets(self) -> frozenset[tuple[str, ...]]:
        """Return where the configurations of real connectors hold secrets, as far as those were asked."""
        return frozenset(path for one in self.programs.values() for path in one.known_secrets())

    # Connections

    def new_connection(self, source_id: str, destination_id: str) -> Connection:
        """Return a connection, not put in its place yet, that syncs every stream, whole, replacing what was there.

        Raises `UnknownResource`, and `SyncFailure` where the source cannot be read.
        """
        source, destination = self.actor("source", source_id), self.actor("destination", destination_id)
        catalog = self.discover(source_id)
        return Connection(
            connection_id=self.new_id(),
            workspace_id=source.workspace_id,
            source_id=source_id,
            destination_id=destination_id,
            name=f"{source.name} → {destination.name}",
            streams=default_streams(catalog),
            catalog=catalog,
            created_at=self.clock.now(),
        )

    def put_connection(self, connection: Connection) -> Connection:
        """Put a new or changed connection in its place; its schedule counts from when it or the status was set."""
        with self.lock:
            since = connection.scheduled_since or self.clock.now()
            kept = self._connections.get(connection.connection_id)
            if kept is not None:
                is_same = (kept.schedule, kept.status) == (connection.schedule, connection.status)
                since = kept.scheduled_since or since if is_same else self.clock.now()
            connection = replace(connection, scheduled_since=since)
            self._connections[connection.connection_id] = connection
            self._tell(connection)
        return connection

    def adopt(self, evolved: Connection) -> None:
        """Keep what a sync found out of its source's schema: the catalog, the streams and whether it is active."""
        with self.lock:
            kept = self._connections[evolved.connection_id]
            if not kept.deleted:
                self.put_connection(
                    replace(kept, catalog=evolved.catalog, streams=evolved.streams, status=evolved.status)
                )

    def connection(self, connection_id: str) -> Connection:
        """Return the connection; raises `UnknownResource`."""
        return _alive(self._connections, "connection", connection_id)

    def connections(self, *, deleted: bool = False) -> tuple[Connection, ...]:
        """Return all connections in the order in which they were created; `deleted`: those too."""
        with self.lock:
            return tuple(one for one in self._connections.values() if deleted or not one.deleted)

    def delete_connection(self, connection_id: str) -> None:
        """Delete a connection and what it remembers of its streams."""
        with self.lock:
            self.put_connection(replace(self.connection(connection_id), status="deprecated"))
            self.forget_states(connection_id)

    # What a connection remembers between syncs

    def states(self, connection_id: str) -> dict[StreamKey, StreamState]:
        """Return a copy of what is remembered of the connection's streams."""
        with self.lock:
            return dict(self._states.get(connection_id, {}))

    def remember(self, connection_id: str, stream: StreamKey, state: StreamState) -> None:
        """Remember a stream's cursor and generation."""
        with self.lock:
            self._states.setdefault(connection_id, {})[stream] = state
            if self.watcher is not None:
                self.watcher.remembered(connection_id, stream, state)

    def forget_states(self, connection_id: str) -> None:
        """Forget everything that is remembered of a connection's streams."""
        with self.lock:
            self._states.pop(connection_id, None)
            if self.watcher is not None:
                self.watcher.forgotten(connection_id)

    def _tell(self, record: Workspace | Actor | Connection) -> None:
        if self.watcher is not None:
            self.watcher.changed(record)


def default_streams(catalog: tuple[Stream, ...]) -> tuple[StreamConfig, ...]:
    """Return what a connection syncs that was not told: every stream, whole, replacing what was there."""
    return tuple(StreamConfig(stream.name, stream.namespace) for stream in catalog)


@contextmanager
def _usable(actor: Actor) -> Iterator[None]:
    """Say that a configuration cannot be used where a connector stumbles over what it was told, or was ended."""
    try:
        yield
    except SyncCancelled as error:
        message = f"The mock was stopped before the {actor.kind} had answered."
        raise SyncFailure(message, origin=actor.kind, kind="system_error") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        message = f"The configuration of the {actor.kind} cannot be used ({type(error).__name__})."
        raise SyncFailure(message, origin=actor.kind) from error


_Kind = Literal["workspace", "source", "destination", "connection"]
_Record = TypeVar("_Record", Workspace, Actor, Connection)


def _alive(found: Mapping[str, _Record], kind: _Kind, identifier: str) -> _Record:
    record = found.get(identifier)
    if record is None or record.deleted:
        raise UnknownResource(kind, identifier)
    return record
