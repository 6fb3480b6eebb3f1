"""An Airbyte's workspaces, sources, destinations, connections and tags as the content of a seed file. Pure.

Secrets come masked from an Airbyte; whatever else looks like one is taken out as well, and an environment variable is
written in its place, so the seed can be shown to anybody. Names and ids stay what they are; where several have a name,
entries refer to each other by id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_airbyte.masking import MASK, masked
from mock_airbyte.variables import escaped

Listing = Callable[[str], list[dict[str, Any]]]  # a list's path, `/sources` for instance, gives all of its entries
_SETTINGS = (
    "status",
    "schedule",
    "namespaceDefinition",
    "namespaceFormat",
    "prefix",
    "nonBreakingSchemaUpdatesBehavior",
    "configurations",
)
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Copy:
    """A seed, and the environment variables that it asks for, in the order in which they stand in it."""

    seed: dict[str, Any]
    variables: tuple[str, ...]


def copy_of(listing: Listing, *, workspace_id: str | None = None, is_optional: bool = False) -> Copy:
    """Copy all workspaces, or one.

    `is_optional`: variables that are not set are nothing then, instead of an error.
    """
    entries = {path: listing(f"/{path}") for path in ("workspaces", "tags", "sources", "destinations", "connections")}
    if workspace_id is not None:
        entries = {
            path: [one for one in found if one["workspaceId"] == workspace_id] for path, found in entries.items()
        }
    copier = _Copier(entries, ":-" if is_optional else "")
    return Copy(copier.seed(), tuple(copier.variables))


@dataclass(slots=True)
class _Copier:
    entries: Mapping[str, list[dict[str, Any]]]
    default: str  # what follows a variable's name
    variables: dict[str, None] = field(default_factory=dict)

    def seed(self) -> dict[str, Any]:
        workspaces = [self._workspace(one) for one in self.entries["workspaces"]]
        tags = [self._tag(one) for one in self.entries["tags"]]
        actors = {f"{kind}s": [self._actor(kind, one) for one in self.entries[f"{kind}s"]] for kind in _KINDS}
        connections = [self._connection(one) for one in self.entries["connections"]]
        return {"workspaces": workspaces, **({"tags": tags} if tags else {}), **actors, "connections": connections}

    def _reference(self, path: str, id_field: str, identifier: str) -> str:
        names = {one[id_field]: one["name"] for one in self.entries[path]}
        name = names.get(identifier)
        return name if name is not None and Counter(names.values())[name] == 1 else identifier

    def _place(self, entry: Mapping[str, Any]) -> str:
        return self._reference("workspaces", "workspaceId", entry["workspaceId"])

    def _workspace(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        copied = {"id": entry["workspaceId"], "name": escaped(entry["name"])}
        told = {event: item for event, item in (entry.get("notifications") or {}).items() if item is not None}
        called = {event: item for event, item in told.items() if (item.get("webhook") or {}).get("url")}
        settings = {
            event: {**item, "webhook": {**item["webhook"], "url": self._variable(f"{entry['name']} {event} webhook")}}
            for event, item in called.items()
        }
        return copied | ({"notifications": settings} if settings else {})

    def _tag(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        place = self._place(entry)
        return {"id": entry["tagId"], "name": escaped(entry["name"]), "color": entry["color"], "workspace": place}

    def _actor(self, kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        configuration = masked(entry.get("configuration") or {})
        configuration.pop(f"{kind}Type", None)
        return {
            "id": entry[f"{kind}Id"],
            "name": escaped(entry["name"]),
            "type": entry[f"{kind}Type"],
            "workspace": self._place(entry),
            "configuration": self._with_variables(configuration, entry["name"]),
        }

    def _with_variables(self, value: object, name: str) -> object:
        if isinstance(value, Mapping):
            return {key: self._with_variables(part, f"{name} {key}") for key, part in value.items()}
        if isinstance(value, list):
            return [self._with_variables(part, f"{name} {number}") for number, part in enumerate(value)]
        if not isinstance(value, str):
            return value
        first, *rest = (escaped(part) for part in value.split(MASK))
        return first + "".join(self._variable(name) + part for part in rest)

    def _variable(self, name: str) -> str:
        """Return a variable that is not used yet, called after what it is for."""
        bare = _NO_WORD.sub("_", name).strip("_").upper() or "SECRET"
        bare = f"_{bare}" if bare[0].isdigit() else bare
        unused, number = bare, 2
        while unused in self.variables:
            unused, number = f"{bare}_{number}", number + 1
        self.variables[unused] = None
        return f"${{{unused}{self.default}}}"

    def _connection(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        settings = {name: _literal(entry[name]) for name in _SETTINGS if entry.get(name) is not None}
        ends = {kind: self._reference(f"{kind}s", f"{kind}Id", entry[f"{kind}Id"]) for kind in _KINDS}
        tags = [tag["name"] for tag in entry.get("tags") or ()]
        named = {"id": entry["connectionId"], "name": escaped(entry["name"]), **ends}
        return named | settings | ({"tags": tags} if tags else {})


_KINDS = ("source", "destination")


def _literal(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _literal(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_literal(part) for part in value]
    return escaped(value) if isinstance(value, str) else value
