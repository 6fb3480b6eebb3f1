"""What surrounds an Airbyte's pipelines: its organization, users, permissions, tags and custom connector definitions.

One organization and one user are there from the beginning, with the ids that a self-managed Airbyte gives them.
The connectors that the mock has need no definition here; `definitions` holds those that clients added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from mock_airbyte.auth import DEFAULT_ID
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mock_airbyte.world import World

DefinitionKind = Literal["source", "destination", "declarative_source"]


@dataclass(frozen=True, slots=True)
class Organization:
    """Who owns workspaces."""

    organization_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class User:
    """A person."""

    user_id: str
    name: str
    email: str
    default_workspace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """What a user may do in a workspace or in an organization."""

    permission_id: str
    user_id: str
    permission_type: str
    workspace_id: str | None = None
    organization_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A coloured word that connections may carry."""

    tag_id: str
    workspace_id: str
    name: str
    color: str  # six hexadecimal digits


@dataclass(frozen=True, slots=True)
class Definition:
    """A connector that a client added to a workspace: an image, or a declarative source's manifest."""

    definition_id: str
    workspace_id: str
    kind: DefinitionKind
    name: str
    docker_repository: str = ""
    docker_image_tag: str = ""
    documentation_url: str | None = None
    manifest: Any = field(default=None, repr=False)
    version: int = 1
    testing_values: Mapping[str, Any] | None = field(default=None, repr=False)


Item = TypeVar("Item")


class Shelf(Generic[Item]):
    """Things of one kind by their ids, in the order in which they came; a change replaces the thing."""

    def __init__(self, kind: str, identify: Callable[[Item], str]) -> None:
        """Take what a thing is called in errors, and how its id is found."""
        self.kind = kind
        self._identify: Callable[[Item], str] = identify
        self._items: dict[str, Item] = {}
        self._changed: Callable[[str, Item | None], None] = lambda _, __: None

    def watch(self, changed: Callable[[str, Item | None], None]) -> None:
        """Call `changed` with the id and the thing whenever one is put here, and with None when it is removed."""
        self._changed = changed
        for item in self.all():
            changed(self._identify(item), item)

    def replace_all(self, items: Iterable[Item]) -> None:
        """Put these things in the place of all that are here."""
        self._items = {self._identify(item): item for item in items}

    def put(self, item: Item) -> Item:
        """Put a new or changed thing in its place."""
        identifier = self._identify(item)
        self._items[identifier] = item
        self._changed(identifier, item)
        return item

    def get(self, identifier: str) -> Item:
        """Return the thing; raises `UnknownResource`."""
        found = self._items.get(identifier)
        if found is None:
            raise UnknownResource(self.kind, identifier)
        return found

    def remove(self, identifier: str) -> Item:
        """Remove the thing and return it; raises `UnknownResource`."""
        found = self.get(identifier)
        self._items.pop(identifier, None)
        self._changed(identifier, None)
        return found

    def clear(self) -> None:
        """Remove everything."""
        for identifier in tuple(self._items):
            self.remove(identifier)

    def all(self) -> tuple[Item, ...]:
        """Return all things, oldest first."""
        return tuple(self._items.values())


class Registry:
    """The surroundings of one world."""

    def __init__(self, world: World) -> None:
        """Begin with one organization and one user who may do everything in it."""
        self.world = world
        self.organizations: Shelf[Organization] = Shelf("organization", lambda one: one.organization_id)
        self.users: Shelf[User] = Shelf("user", lambda one: one.user_id)
        self.permissions: Shelf[Permission] = Shelf("permission", lambda one: one.permission_id)
        self.tags: Shelf[Tag] = Shelf("tag", lambda one: one.tag_id)
        self.definitions: Shelf[Definition] = Shelf("connector_definition", lambda one: one.definition_id)
        self.organizations.put(Organization(DEFAULT_ID, "Default Organization", "airbyte@example.com"))
        self.users.put(User(DEFAULT_ID, "Airbyte User", "airbyte@example.com"))
        self._permit()

    def forget(self) -> None:
        """Forget what clients added."""
        self.permissions.clear()
        self.tags.clear()
        self.definitions.clear()
        self._permit()

    def _permit(self) -> None:
        self.permissions.put(
            Permission(DEFAULT_ID, DEFAULT_ID, permission_type="organization_admin", organization_id=DEFAULT_ID)
        )

    def tags_of(self, tag_ids: tuple[str, ...]) -> tuple[Tag, ...]:
        """Return those of the tags that still exist."""
        known = {tag.tag_id: tag for tag in self.tags.all()}
        return tuple(known[tag_id] for tag_id in tag_ids if tag_id in known)

    def delete_tag(self, tag_id: str) -> None:
        """Delete a tag, and take it off the connections that carry it."""
        self.tags.remove(tag_id)
        for connection in self.world.connections():
            if tag_id in connection.tag_ids:
                left = tuple(one for one in connection.tag_ids if one != tag_id)
                self.world.put_connection(replace(connection, tag_ids=left))
