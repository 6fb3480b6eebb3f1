"""Putting a seed's entries into a world: what is there already, by its id or its name, is changed; the rest is made.

So a seed may be planted twice, or changed and planted again: ids, jobs and cursors stay. Names are told apart within a
workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mock_airbyte.connectors import is_opened
from mock_airbyte.handlers.actors import build_actor, changed_configuration
from mock_airbyte.handlers.connections import connection_of
from mock_airbyte.handlers.tags import color_of
from mock_airbyte.notification_settings import told
from mock_airbyte.problems import Problem
from mock_airbyte.registry import Tag
from mock_airbyte.seed_entries import BadSeed, bad, id_of, known, name_of, referred

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_airbyte.records import Actor, ActorKind, Workspace
    from mock_airbyte.registry import Registry
    from mock_airbyte.seed_entries import Entry
    from mock_airbyte.world import World

_KINDS: tuple[ActorKind, ...] = ("source", "destination")
_DEFAULT = {"name": "Default Workspace"}
_Done = tuple[str, str, bool]  # an id, a name, and whether it is new


@dataclass(frozen=True, slots=True)
class Planted:
    """What became of a seed's entries: kinds and names."""

    created: list[tuple[str, str]] = field(default_factory=list)
    updated: list[tuple[str, str]] = field(default_factory=list)


class Planter:
    """Plants one seed."""

    def __init__(self, world: World, registry: Registry) -> None:
        """Take where workspaces, sources, destinations and connections go, and where tags do."""
        self._world = world
        self._registry = registry
        self._before = frozenset(
            {one.workspace_id for one in world.workspaces()}
            | {one.actor_id for kind in _KINDS for one in world.actors(kind)}
            | {one.connection_id for one in world.connections()}
        )
        self._workspaces: list[str] = []  # the seed's
        self._done: set[str] = set()  # the ids of all entries so far
        self.planted = Planted()

    def plant(self, seed: Mapping[str, Any]) -> None:
        """Plant the sections in the order in which they refer to each other; raises `BadSeed`."""
        self._each("workspace", seed.get("workspaces") or self._by_default(), self._workspace)
        self._each("tag", seed.get("tags"), self._tag)
        for kind in _KINDS:
            self._each(kind, seed.get(f"{kind}s"), partial(self._actor, kind))
        self._each("connection", seed.get("connections"), self._connection)

    def _each(self, kind: str, entries: object, plant: Callable[[Entry], _Done]) -> None:
        if entries is None:
            return
        if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
            message = f"A seed's {kind}s are a list of entries (got={type(entries).__name__})."
            raise BadSeed(message)
        for entry in entries:
            try:
                identifier, name, is_new = plant(entry)
            except Problem as problem:
                raise bad(kind, entry, problem.reason) from problem
            if identifier in self._done:
                raise bad(kind, entry, "The file has this name, or this id, twice.")
            self._done.add(identifier)
            (self.planted.created if is_new else self.planted.updated).append((kind, name))

    def _by_default(self) -> list[Entry]:
        """Return the default workspace, or nothing where there is one workspace anyway."""
        there = self._world.workspaces()
        self._workspaces = [one.workspace_id for one in there] if len(there) == 1 else []
        return [] if self._workspaces else [_DEFAULT]

    def _workspace(self, entry: Entry) -> _Done:
        name = name_of("workspace", entry)
        self._give_way(name, id_of(entry))
        there = self._world.workspaces()
        found: Workspace | None = known("workspace", entry, there, "workspace_id", self._before)
        made = found or self._world.add_workspace(name, workspace_id=id_of(entry))
        settings = told(made.notifications, _callable(entry.get("notifications")))
        self._world.put_workspace(replace(made, name=name, notifications=settings))
        self._workspaces.append(made.workspace_id)
        return made.workspace_id, name, found is None

    def _give_way(self, name: str, wanted: str | None) -> None:
        """Delete an empty workspace of that name that was there before, if one with another id is wanted."""
        used = {one.workspace_id for kind in _KINDS for one in self._world.actors(kind)}
        there = {one.workspace_id: one.name for one in self._world.workspaces()}
        for identifier, its_name in there.items():
            if wanted not in (None, *there) and its_name == name and identifier in self._before - used:
                self._world.delete_workspace(identifier)

    def _workspace_of(self, kind: str, entry: Entry) -> str:
        if entry.get("workspace") is None:
            return self._workspaces[0]
        return referred(kind, entry, "workspace", self._world.workspaces(), "workspace_id").workspace_id

    def _tag(self, entry: Entry) -> _Done:
        workspace_id = self._workspace_of("tag", entry)
        mine = [one for one in self._registry.tags.all() if one.workspace_id == workspace_id]
        found = known("tag", entry, mine, "tag_id", ())
        tag_id = found.tag_id if found else id_of(entry) or self._world.new_id()
        tag = self._registry.tags.put(Tag(tag_id, workspace_id, name_of("tag", entry), color_of(entry)))
        return tag_id, tag.name, found is None

    def _actor(self, kind: ActorKind, entry: Entry) -> _Done:
        name, connector = name_of(kind, entry), str(entry.get("type"))
        if id_of(entry) is None and not is_opened(kind, connector, self._world.substitutes, self._world.programs):
            reason = "The mock has no such connector, nor a substitute for it"
            raise bad(kind, entry, f"{reason} (type={entry.get('type')!r}).")
        workspace_id = self._workspace_of(kind, entry)
        mine = [one for one in self._world.actors(kind) if one.workspace_id == workspace_id]
        found = known(kind, entry, mine, "actor_id", self._before)
        configuration = {**(entry.get("configuration") or {}), f"{kind}Type": connector}
        if found is None:
            body = {"name": name, "workspaceId": workspace_id, "configuration": configuration}
            return build_actor(self._world, kind, body, actor_id=id_of(entry)).actor_id, name, True
        if found.connector != connector.removeprefix(f"{kind}-"):
            raise bad(kind, entry, f"There is one of another type (type={found.connector!r}, asked={connector!r}).")
        changed = changed_configuration(self._world, found, configuration, whole=True)
        self._world.put_actor(replace(found, name=name, configuration=changed))
        return found.actor_id, name, False

    def _connection(self, entry: Entry) -> _Done:
        source, destination = (self._end(kind, entry) for kind in _KINDS)
        body = {name: value for name, value in entry.items() if name not in ("id", *_KINDS, "tags")}
        body |= {"sourceId": source.actor_id, "destinationId": destination.actor_id}
        made = connection_of(self._world, body, connection_id=id_of(entry))
        mine = [one for one in self._world.connections() if one.workspace_id == source.workspace_id]
        found = known("connection", {**entry, "name": made.name}, mine, "connection_id", self._before)
        if found is not None:
            made = replace(made, connection_id=found.connection_id, created_at=found.created_at)
        tags = [one for one in self._registry.tags.all() if one.workspace_id == source.workspace_id]
        asked = [
            referred("connection", {**entry, "tag": tag}, "tag", tags, "tag_id") for tag in entry.get("tags") or ()
        ]
        self._world.put_connection(replace(made, tag_ids=tuple(tag.tag_id for tag in asked)))
        return made.connection_id, made.name, found is None

    def _end(self, kind: ActorKind, entry: Entry) -> Actor:
        """Return what a connection connects: of the seed's own, else of those that were there."""
        there, asked = self._world.actors(kind), entry.get(kind)
        seeded = [one for one in there if one.actor_id in self._done and asked in (one.name, one.actor_id)]
        return referred("connection", entry, kind, seeded or there, "actor_id")


def _callable(notifications: object) -> dict[str, Any]:
    """Return notification settings in which a webhook without an address is switched off."""
    given = notifications if isinstance(notifications, Mapping) else {}
    return {
        event: {**item, "webhook": {**hook, "enabled": bool(hook.get("enabled") and hook.get("url"))}}
        for event, item in given.items()
        if isinstance(item, Mapping)
        for hook in [item.get("webhook") or {}]
    }
