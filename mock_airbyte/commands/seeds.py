"""Workspaces as seed files, out of a running mock and into one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from mock_airbyte.commands.result import CommandFailed, Result, WrongUsage, table

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.commands.remote import Json, Remote


def export_workspaces(remote: Remote, options: argparse.Namespace) -> Result:
    """Print all workspaces, or one, as `serve --config` and `workspaces import` read them."""
    import yaml

    from mock_airbyte.copying import copy_of

    chosen = None if options.name is None else str(remote.named("workspace", options.name)["workspaceId"])
    copy = copy_of(lambda path: _listed(remote, path), workspace_id=chosen)
    substitutes, note = _substitutes(remote)
    seed = copy.seed | ({"substitutes": substitutes} if substitutes else {})
    needed = f"It needs these environment variables: {', '.join(copy.variables)}." if copy.variables else ""
    text = yaml.safe_dump(seed, sort_keys=False, allow_unicode=True, width=120).rstrip("\n")
    text = f"# {needed}\n{text}" if needed else text
    return Result(seed, text, note="\n".join(filter(None, (needed, note))))


def _listed(remote: Remote, path: str) -> list[Json]:
    if path == "/tags":  # they come on one page
        tags: list[Json] = remote.call("GET", path)["data"]
        return tags
    return remote.all(path)


def _substitutes(remote: Remote) -> tuple[Json, str]:
    """Return what stands in for connectors, without secrets, and what the person should know about it."""
    try:
        found: dict[str, Any] = remote.desk("GET", "/substitutes")["substitutes"]
    except CommandFailed as refused:
        return {}, f"Substitutes are left out. {refused}"
    return found, ""


def import_seed(remote: Remote, options: argparse.Namespace) -> Result:
    """Create what a seed file lists, and change what is there already."""
    from mock_airbyte.seed_entries import BadSeed
    from mock_airbyte.seeding import read_seed

    try:
        seed = read_seed(options.file, os.environ)
    except (BadSeed, OSError) as error:
        message = f"The file cannot be used (file={str(options.file)!r}). {error}"
        raise WrongUsage(message) from error
    done = remote.desk("POST", "/seed", seed)
    rows = [(what, one["kind"], one["name"]) for what in ("created", "updated") for one in done[what]]
    return Result({what: done[what] for what in ("created", "updated")}, table(("done", "kind", "name"), rows))
