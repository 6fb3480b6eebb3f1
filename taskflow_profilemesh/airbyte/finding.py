"""Finding a connection by what people call it: its id, or its name across workspaces. Pure.

A name that is not there and a name that is there twice are errors that list what would have worked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from taskflow_profilemesh.errors import ConnectionAmbiguous, ConnectionNotFound, InvalidOption, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from taskflow_profilemesh.airbyte.models import Connection, Workspace

_MOST_LISTED = 20
_DELETED = "deprecated"


def is_id(text: str) -> bool:
    """Return whether the text is an Airbyte id (a UUID)."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def named(name: str, connections: Iterable[Connection]) -> tuple[Connection, ...]:
    """Return the connections of exactly this name, deleted ones left out."""
    return tuple(found for found in connections if found.name == name and found.status != _DELETED)


def only_one(name: str, connections: Sequence[Connection], *, workspace: str | None = None) -> Connection:
    """Return the connection of this name; raises `ConnectionNotFound` or `ConnectionAmbiguous`."""
    found = named(name, connections)
    if len(found) > 1:
        candidates = tuple(f"{one.name} (id {one.connection_id}, workspace {one.workspace_id})" for one in found)
        raise ConnectionAmbiguous(connection=name, candidates=candidates[:_MOST_LISTED])
    if not found:
        names = [one.name for one in connections if one.status != _DELETED]
        raise ConnectionNotFound(connection=name, known=_listed(name, names), workspace=workspace)
    return found[0]


def described(connections: Sequence[Connection]) -> tuple[str, ...]:
    """Return the names with their ids, deleted ones left out, and not more than a message can hold."""
    there = (f"{one.name} (id {one.connection_id})" for one in connections if one.status != _DELETED)
    return tuple(sorted(there))[:_MOST_LISTED]


def workspace_id(wanted: str, workspaces: Sequence[Workspace]) -> str:
    """Return the id of the workspace with this name or id; raises `InvalidOption` listing those there are."""
    found = [one.workspace_id for one in workspaces if wanted in (one.name, one.workspace_id)]
    if len(found) == 1:
        return found[0]
    names = [one.name for one in workspaces]
    expected = f"the id of one workspace, for {len(found)} have this name" if found else "a workspace's name or id"
    raise InvalidOption(option="workspace", got=wanted, expected=expected, known=_listed(wanted, names))


def _listed(wanted: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, the likeliest first, and not more than a message can hold."""
    return tuple(dict.fromkeys((*nearest(wanted, names), *sorted(names))))[:_MOST_LISTED]
