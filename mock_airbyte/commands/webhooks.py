"""Webhooks of a running mock: register, list, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.commands.result import Result, table

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.commands.remote import Json, Remote


def register(remote: Remote, options: argparse.Namespace) -> Result:
    """Let notices be posted to an address."""
    body: Json = {"url": options.address}
    if options.on:
        body["on"] = [kind for kind in options.on.split(",") if kind]
    if options.workspace:
        body["workspace"] = options.workspace
    made = remote.desk("POST", "/webhooks", body)
    return Result(made, str(made["id"]))


def list_webhooks(remote: Remote, _: argparse.Namespace) -> Result:
    """List the webhooks that were registered, and those of the workspaces' notification settings."""
    found = remote.desk("GET", "/webhooks")["webhooks"]
    rows = [
        (one.get("id") or "settings", one["url"], ", ".join(one["on"]), one["workspaceId"] or "all") for one in found
    ]
    return Result(found, table(("id", "address", "on", "workspace"), rows))


def remove(remote: Remote, options: argparse.Namespace) -> Result:
    """Send nothing more to an address."""
    removed = remote.desk("DELETE", "/webhooks", {"webhook": options.webhook})["removed"]
    return Result(removed, "\n".join(f"Removed webhook {one['id']}." for one in removed))
