"""Tags of the public API, and the tags that a connection is told to carry."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_airbyte.calls import NO_CONTENT, Answer, required, required_id
from mock_airbyte.payloads import registry as payloads
from mock_airbyte.problems import bad_request
from mock_airbyte.registry import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_airbyte.calls import Call
    from mock_airbyte.registry import Registry

_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})")


def create_tag(call: Call) -> Answer:
    """Create a tag in a workspace."""
    workspace = call.world.workspace(required_id(call.body, "workspaceId"))
    tag = Tag(call.world.new_id(), workspace.workspace_id, str(required(call.body, "name")), color_of(call.body))
    return Answer(payloads.tag(call.registry.tags.put(tag)))


def get_tag(call: Call) -> Answer:
    """Show one tag."""
    return Answer(payloads.tag(_asked(call)))


def list_tags(call: Call) -> Answer:
    """List tags, of all workspaces or of some."""
    workspaces = call.ids("workspaceIds")
    found = [tag for tag in call.registry.tags.all() if not workspaces or tag.workspace_id in workspaces]
    return Answer({"data": [payloads.tag(tag) for tag in found]})


def update_tag(call: Call) -> Answer:
    """Rename and recolour a tag."""
    changed = replace(_asked(call), name=str(required(call.body, "name")), color=color_of(call.body))
    return Answer(payloads.tag(call.registry.tags.put(changed)))


def delete_tag(call: Call) -> Answer:
    """Delete a tag; connections lose it."""
    call.registry.delete_tag(call.arguments["tag_id"])
    return NO_CONTENT


def known_tags(registry: Registry, tags: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the ids of the tags that a connection's body lists; raises `UnknownResource`."""
    return tuple(registry.tags.get(required_id(tag, "tagId")).tag_id for tag in tags)


def _asked(call: Call) -> Tag:
    return call.registry.tags.get(call.arguments["tag_id"])


def color_of(body: Mapping[str, Any]) -> str:
    """Return a tag's colour, six hexadecimal digits; raises a 400."""
    match = _COLOR.fullmatch(str(required(body, "color")))
    if match is None:
        message = "color: must be a hexadecimal color value"
        raise bad_request(message)
    return match[1].upper()
