"""Filling a mock from a file: workspaces, sources, destinations and connections that refer to each other by name.

YAML or JSON. `${NAME}` in a text is the environment variable of that name, so secrets stay out of the file;
`${NAME:-default}` has a default. An `id` (a UUID) may be given to anything that clients must know beforehand.

    workspaces: [{name: Shop}]
    substitutes: {destination-snowflake: {type: destination-sqlite, configuration: {destination_path: w.db}}}
    connectors: {source-faker: /opt/source-faker/.venv}
    sources: [{name: Files, type: source-mock-files, configuration: {folder: /data}}]
    destinations: [{name: Warehouse, type: destination-postgres, configuration: {host: db, password: "${PW}", …}}]
    connections: [{name: Files to Warehouse, source: Files, destination: Warehouse, prefix: raw_}]

Whatever else `POST /connections` takes (configurations, schedule, status, …) may stand in a connection. `connectors`
declares programs (`programs/declared.py`), so it is read from a file alone: what is planted over HTTP may hold none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_airbyte.connectors import is_opened
from mock_airbyte.handlers.actors import build_actor
from mock_airbyte.handlers.connections import build_connection
from mock_airbyte.problems import Problem
from mock_airbyte.substitutes import BadSubstitute, read_substitutes
from mock_airbyte.variables import UnsetVariable, filled

if TYPE_CHECKING:
    from pathlib import Path

    from mock_airbyte.records import ActorKind
    from mock_airbyte.world import World

_SECTIONS = ("workspaces", "substitutes", "sources", "destinations", "connections")
_OF_FILES = ("connectors", *_SECTIONS)


class BadSeed(ValueError):
    """The file says something that the mock cannot do; the message says where."""


def read_seed(path: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Read the file and fill in its variables; raises `BadSeed`."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        content = json.loads(text)
    else:
        import yaml

        content = yaml.safe_load(text)
    _check_sections(content, _OF_FILES)
    return {section: _filled(entries, environment) for section, entries in content.items()}


def plant(world: World, seed: Mapping[str, Any]) -> None:
    """Create what the seed lists, in order; raises `BadSeed` naming the entry that cannot be created.

    A seed that declares `connectors` is refused: the mock was told of them when it was made.
    """
    _check_sections(seed, _SECTIONS)
    try:
        world.substitutes = {**world.substitutes, **read_substitutes(seed.get("substitutes") or {}, world.programs)}
    except BadSubstitute as error:
        message = f"The seed file's substitutes cannot be used. {error}"
        raise BadSeed(message) from error
    workspaces = {
        entry["name"]: world.add_workspace(entry["name"], workspace_id=entry.get("id")).workspace_id
        for entry in seed.get("workspaces") or [{"name": "Default Workspace"}]
    }
    actors = {
        kind: {entry["name"]: _actor(world, kind, entry, workspaces) for entry in seed.get(f"{kind}s") or []}
        for kind in _KINDS
    }
    for entry in seed.get("connections") or []:
        _connection(world, entry, actors)


def _check_sections(content: object, known: tuple[str, ...]) -> None:
    if not isinstance(content, Mapping) or not set(content) <= set(known):
        got = sorted(map(str, content)) if isinstance(content, Mapping) else type(content).__name__
        message = f"A seed holds {', '.join(known)} and nothing else (got={got})."
        if isinstance(content, Mapping) and "connectors" in content:
            message += " Real connectors are declared in the file for --config, or MockAirbyte(connectors=…)."
        raise BadSeed(message)


_KINDS: tuple[ActorKind, ...] = ("source", "destination")


def _actor(world: World, kind: ActorKind, entry: Mapping[str, Any], workspaces: Mapping[str, str]) -> str:
    if not is_opened(kind, entry["type"], world.substitutes, world.programs):
        message = (
            f"The seed file's {kind} cannot be created (name={entry['name']!r}). The mock has no such connector,"
            f" nor a substitute for it (type={entry['type']!r})."
        )
        raise BadSeed(message)
    workspace = entry.get("workspace", next(iter(workspaces)))
    body = {
        "name": entry["name"],
        "workspaceId": _named(workspaces, workspace, "workspace"),
        "configuration": {**entry.get("configuration", {}), f"{kind}Type": entry["type"]},
    }
    try:
        return build_actor(world, kind, body, actor_id=entry.get("id")).actor_id
    except Problem as problem:
        raise _bad(kind=kind, name=entry["name"], problem=problem) from problem


def _connection(world: World, entry: Mapping[str, Any], actors: Mapping[ActorKind, Mapping[str, str]]) -> None:
    body = {name: value for name, value in entry.items() if name not in ("id", "source", "destination")}
    body["sourceId"] = _named(actors["source"], entry["source"], "source")
    body["destinationId"] = _named(actors["destination"], entry["destination"], "destination")
    try:
        build_connection(world, body, connection_id=entry.get("id"))
    except Problem as problem:
        raise _bad(kind="connection", name=entry.get("name", "?"), problem=problem) from problem


def _named(known: Mapping[str, str], name: str, kind: str) -> str:
    if name not in known:
        message = f"The seed file has no such {kind} (name={name!r}, known={sorted(known)})."
        raise BadSeed(message)
    return known[name]


def _bad(*, kind: str, name: str, problem: Problem) -> BadSeed:
    reason = problem.body.get("data", {}).get("message", problem.body.get("detail"))
    return BadSeed(f"The seed file's {kind} cannot be created (name={name!r}). {reason}")


def _filled(entries: object, environment: Mapping[str, str]) -> object:
    try:
        return filled(entries, environment)
    except UnsetVariable as error:
        message = f"The seed file cannot be used. {error}"
        raise BadSeed(message) from error
