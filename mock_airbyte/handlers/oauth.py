"""OAuth of the public API, as far as a client sees it: what it sends is taken, checked and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mock_airbyte.calls import NO_CONTENT, Answer, required, required_id

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def initiate(call: Call) -> Answer:
    """Answer with the address to which a consenting user would be sent back at once."""
    call.world.workspace(required_id(call.body, "workspaceId"))
    address, secret = str(required(call.body, "redirectUrl")), call.world.new_id()
    separator = "&" if "?" in address else "?"
    return Answer({"consentUrl": f"{address}{separator}{urlencode({'secret_id': secret})}"})


def set_workspace_credentials(call: Call) -> Answer:
    """Take credentials for a workspace's OAuth connectors."""
    call.world.workspace(call.arguments["workspace_id"])
    return Answer({})


def delete_workspace_credentials(call: Call) -> Answer:
    """Forget them."""
    call.world.workspace(call.arguments["workspace_id"])
    return NO_CONTENT


def set_organization_credentials(call: Call) -> Answer:
    """Take credentials for an organization's OAuth connectors."""
    call.registry.organizations.get(call.arguments["organization_id"])
    return Answer({})


def delete_organization_credentials(call: Call) -> Answer:
    """Forget them."""
    call.registry.organizations.get(call.arguments["organization_id"])
    return NO_CONTENT
