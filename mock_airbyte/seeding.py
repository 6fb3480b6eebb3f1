"""Filling a mock from a file: workspaces, sources, destinations and connections that refer to each other by name.

Where several have a name, entries refer to each other by their ids. What is there already is changed (`planting`).

YAML or JSON. `${NAME}` in a text is the environment variable of that name, so secrets stay out of the file;
`${NAME:-default}` has a default, and `$${` is a `${` that stays. An `id` (a UUID) may be given to anything that clients
must know beforehand.

    workspaces: [{name: Shop, notifications: {failure: {webhook: {enabled: true, url: "${HOOK}"}}}}]
    tags: [{name: nightly, color: FF00AA}]
    substitutes: {destination-snowflake: {type: destination-sqlite, configuration: {destination_path: w.db}}}
    connectors: {source-faker: /opt/source-faker/.venv}
    sources: [{name: Files, type: source-mock-files, configuration: {folder: /data}}]
    destinations: [{name: Warehouse, type: destination-postgres, configuration: {host: db, password: "${PW}", …}}]
    connections: [{name: Files to Warehouse, source: Files, destination: Warehouse, prefix: raw_, tags: [nightly]}]

Whatever else `POST /connections` takes (configurations, schedule, status, …) may stand in a connection. `connectors`
declares programs (`programs/declared.py`), so it is read from a file alone: what is planted over HTTP may hold none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_airbyte.planting import Planter
from mock_airbyte.registry import Registry
from mock_airbyte.seed_entries import BadSeed
from mock_airbyte.shapes import ANYTHING, OBJECT, TEXT, many, misfit, record
from mock_airbyte.substitutes import BadSubstitute, read_substitutes
from mock_airbyte.variables import UnsetVariable, filled

if TYPE_CHECKING:
    from pathlib import Path

    from mock_airbyte.planting import Planted
    from mock_airbyte.world import World

__all__ = ["BadSeed", "plant", "read_seed"]

_ENTRIES = many(record(name=TEXT, id=TEXT, type=TEXT, source=TEXT, destination=TEXT, configuration=OBJECT))
_SHAPES = {
    "workspaces": _ENTRIES,
    "substitutes": OBJECT,
    "tags": _ENTRIES,
    "sources": _ENTRIES,
    "destinations": _ENTRIES,
    "connections": _ENTRIES,
}
_SECTIONS = tuple(_SHAPES)
_OF_FILES = ("connectors", *_SECTIONS)


def read_seed(path: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Read the file and fill in its variables; raises `BadSeed`."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:  # ValueError: no JSON, or no UTF-8
        message = f"The seed file is no {'JSON' if path.suffix == '.json' else 'YAML'} (file={path.name!r}). {error}"
        raise BadSeed(message) from error
    _check_sections(content, _OF_FILES)
    try:
        seed: dict[str, Any] = filled(content, environment)
    except UnsetVariable as error:
        message = f"The seed file cannot be used. {error}"
        raise BadSeed(message) from error
    return seed


def plant(world: World, seed: Mapping[str, Any], registry: Registry | None = None) -> Planted:
    """Create what the seed lists, in order, and change what is there already; raises `BadSeed` naming the entry.

    `registry`: where tags go; None: into none that anybody sees. A seed that declares `connectors` is refused: the mock
    was told of them when it was made.
    """
    _check_sections(seed, _SECTIONS)
    try:
        world.substitutes = {**world.substitutes, **read_substitutes(seed.get("substitutes") or {}, world.programs)}
    except BadSubstitute as error:
        message = f"The seed file's substitutes cannot be used. {error}"
        raise BadSeed(message) from error
    planter = Planter(world, registry or Registry(world))
    planter.plant(seed)
    return planter.planted


def _check_sections(content: object, known: tuple[str, ...]) -> None:
    if not isinstance(content, Mapping) or not set(content) <= set(known):
        got = sorted(map(str, content)) if isinstance(content, Mapping) else type(content).__name__
        message = f"A seed holds {', '.join(known)} and nothing else (got={got})."
        if isinstance(content, Mapping) and "connectors" in content:
            message += " Real connectors are declared in the file for --config, or MockAirbyte(connectors=…)."
        raise BadSeed(message)
    for section, entries in content.items():
        _check_entries(section, entries)


def _check_entries(section: str, entries: object) -> None:
    """See that a section is of its shape, each of its entries by itself: a message tells which one is not."""
    shape, parts = _SHAPES.get(section, ANYTHING), {section: entries}
    if isinstance(entries, list) and "items" in shape:
        parts = {f"{section}, entry {number}": entry for number, entry in enumerate(entries, start=1)}
        shape = shape["items"]
    for name, part in parts.items():
        reason = None if part is None else misfit(part, shape, name)
        if reason is not None:
            message = f"The seed file cannot be used ({name}): {reason}."
            raise BadSeed(message)
