"""Workspaces, sources, destinations and connections: list, get, add, remove."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mock_airbyte.commands.result import Result, WrongUsage, facts, table
from mock_airbyte.variables import UnsetVariable, filled

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from mock_airbyte.commands.remote import Json, Remote

Command = Callable[["Remote", "argparse.Namespace"], Result]


def list_workspaces(remote: Remote, _: argparse.Namespace) -> Result:
    """List workspaces."""
    found = remote.all("/workspaces")
    return Result(found, table(("id", "name"), [(one["workspaceId"], one["name"]) for one in found]))


def create_workspace(remote: Remote, options: argparse.Namespace) -> Result:
    """Create a workspace."""
    made = remote.call("POST", "/workspaces", json={"name": options.name})
    return Result(made, made["workspaceId"])


def list_actors(kind: str) -> Command:
    """Return what `sources list` or `destinations list` does."""

    def run(remote: Remote, _: argparse.Namespace) -> Result:
        found = remote.all(f"/{kind}s")
        rows = [(one[f"{kind}Id"], one["name"], one[f"{kind}Type"]) for one in found]
        return Result(found, table(("id", "name", "type"), rows))

    return run


def list_connections(remote: Remote, _: argparse.Namespace) -> Result:
    """List connections with the names of what they connect."""
    found = remote.all("/connections")
    names = {one[f"{kind}Id"]: one["name"] for kind in ("source", "destination") for one in remote.all(f"/{kind}s")}
    rows = [
        (one["connectionId"], one["name"], names.get(one["sourceId"]), names.get(one["destinationId"]), one["status"])
        for one in found
    ]
    return Result(found, table(("id", "name", "source", "destination", "status"), rows))


def get(kind: str) -> Command:
    """Return what `sources get`, `destinations get` or `connections get` does."""

    def run(remote: Remote, options: argparse.Namespace) -> Result:
        found = remote.named(kind, options.name)
        made = datetime.fromtimestamp(found["createdAt"], UTC)
        return Result(found, facts(found | {"createdAt": f"{made:%Y-%m-%d %H:%M:%S} UTC"}))

    return run


def add(kind: str) -> Command:
    """Return what `sources add`, `destinations add` or `connections add` does: create all that a file lists."""

    def run(remote: Remote, options: argparse.Namespace) -> Result:
        body = _connection if kind == "connection" else _actor
        entries = _entries(options.config, f"{kind}s")
        made = [remote.call("POST", f"/{kind}s", json=body(remote, kind, entry)) for entry in entries]
        return Result(made, "\n".join(one[f"{kind}Id"] for one in made))

    return run


def remove(kind: str) -> Command:
    """Return what `sources remove`, `destinations remove` or `connections remove` does."""

    def run(remote: Remote, options: argparse.Namespace) -> Result:
        found = remote.named(kind, options.name)
        remote.call("DELETE", f"/{kind}s/{found[f'{kind}Id']}")
        return Result({f"{kind}Id": found[f"{kind}Id"]}, f"Removed {kind} {found['name']}.")

    return run


def _actor(remote: Remote, kind: str, entry: Json) -> Json:
    configuration = {**entry.get("configuration", {}), f"{kind}Type": _needed(entry, "type")}
    return {
        "name": _needed(entry, "name"),
        "workspaceId": _workspace_id(remote, entry),
        "configuration": configuration,
    }


def _connection(remote: Remote, _: str, entry: Json) -> Json:
    ends = {f"{kind}Id": remote.named(kind, _needed(entry, kind))[f"{kind}Id"] for kind in ("source", "destination")}
    return {name: value for name, value in entry.items() if name not in ("source", "destination")} | ends


def _workspace_id(remote: Remote, entry: Json) -> str:
    if "workspace" in entry:
        return str(remote.named("workspace", entry["workspace"])["workspaceId"])
    return str(remote.all("/workspaces")[0]["workspaceId"])


def _needed(entry: Json, name: str) -> str:
    if name not in entry:
        message = f"An entry of the file lacks {name!r} (given={sorted(entry)})."
        raise WrongUsage(message)
    return str(entry[name])


def _entries(file: Path, section: str) -> list[Json]:
    """Return what the file lists: one entry, a list of them, or the section of a file as `serve --config` takes it."""
    import yaml

    try:
        content = filled(yaml.safe_load(file.read_text(encoding="utf-8")), os.environ)  # JSON is YAML, too
    except (OSError, UnicodeDecodeError, yaml.YAMLError, UnsetVariable) as error:
        message = f"The file cannot be read (file={str(file)!r}). {error}"
        raise WrongUsage(message) from error
    if isinstance(content, Mapping):
        content = content.get(section, [content])
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        message = f"The file holds an entry, a list of entries, or {section}: and such a list (file={str(file)!r})."
        raise WrongUsage(message)
    return content
