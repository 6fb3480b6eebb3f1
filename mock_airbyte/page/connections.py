"""The upper part of the page: each workspace with its connections, what each did last, and its button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.page.layout import button, status
from mock_airbyte.page.markup import html, tag
from mock_airbyte.schedules import in_words, timing_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_airbyte.page.markup import Html
    from mock_airbyte.records import Connection, Workspace
    from mock_airbyte.world import World

SYNC_PATH, CANCEL_PATH = "/page/sync", "/page/cancel"
Json = dict[str, Any]
_TERMINAL = ("succeeded", "failed", "cancelled")


def workspaces(world: World, newest: Mapping[str, Json]) -> Html:
    """Return every workspace; `newest` is each connection's newest job, as the Config API prints it."""
    shown = [_workspace(world, one, newest) for one in world.workspaces()]
    return html(*shown) if shown else tag("p", "There is no workspace.", class_="empty")


def _workspace(world: World, workspace: Workspace, newest: Mapping[str, Json]) -> Html:
    own = [one for one in world.connections() if one.workspace_id == workspace.workspace_id]
    names = {
        actor.actor_id: html(actor.name, " ", tag("small", actor.connector))
        for kind in ("source", "destination")
        for actor in world.actors(kind)
    }
    heading = tag("h2", workspace.name, " ", tag("small", "workspace"))
    if not own:
        return tag("section", heading, tag("p", "No connection yet.", class_="empty"))
    rows = [_row(connection, names, newest.get(connection.connection_id)) for connection in own]
    titles = ("Connection", "Source", "Destination", "Streams", "Last sync", "")
    cells = [tag("th", title, scope="col", class_="number" if title == "Streams" else None) for title in titles]
    head = tag("thead", tag("tr", *cells))
    table = tag(
        "table", tag("caption", "Connections of ", workspace.name), head, tag("tbody", *rows), class_="connections"
    )
    return tag("section", heading, tag("div", table, class_="wide"))


def _row(connection: Connection, names: Mapping[str, Html], job: Json | None) -> Html:
    timing = timing_of(connection.schedule)
    notes = [in_words(timing)] if timing is not None else []
    notes += [connection.status] if connection.status != "active" else []
    name = html(connection.name, *(html(" ", tag("small", note)) for note in notes))
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", names.get(connection.source_id)),
        tag("td", names.get(connection.destination_id)),
        tag("td", len(connection.streams), class_="number"),
        tag("td", status(job["status"]) if job else "never"),
        tag("td", _button(connection, job), class_="action"),
    )


def _button(connection: Connection, job: Json | None) -> Html | None:
    if job is not None and job["status"] not in _TERMINAL:
        label = f"Cancel the sync of {connection.name}"
        return button("Cancel", label, CANCEL_PATH, name="job", value=job["id"], class_="quiet")
    if connection.status != "active":
        return None
    return button("Sync now", f"Sync {connection.name}", SYNC_PATH, name="connection", value=connection.connection_id)
