"""Workspaces, connector definitions and notifications of the Config API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer, Call, required_id
from mock_airbyte.connectors import connectors
from mock_airbyte.failures import SyncFailure
from mock_airbyte.handlers.config_people import paged
from mock_airbyte.handlers.definitions import definitions
from mock_airbyte.notices import sample_notice
from mock_airbyte.notification_settings import config_told
from mock_airbyte.payloads import config_resources as payloads
from mock_airbyte.problems import known
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from mock_airbyte.records import ActorKind

Handler = Callable[[Call], Answer]
_WEBHOOK_SECONDS = 5.0


def find(call: Call) -> Answer:
    """List workspaces."""
    return Answer({"workspaces": [payloads.workspace(one) for one in call.world.workspaces()]})


def find_by_organization(call: Call) -> Answer:
    """List an organization's workspaces."""
    owner = call.registry.organizations.get(required_id(call.body, "organizationId"))
    found = [one for one in call.world.workspaces() if one.organization_id == owner.organization_id]
    return Answer({"workspaces": [payloads.workspace(one) for one in paged(call, found, lambda one: one.name)]})


def get(call: Call) -> Answer:
    """Show a workspace; `includeTombstone`: a deleted one, too."""
    workspace_id = required_id(call.body, "workspaceId")
    if call.body.get("includeTombstone"):
        for one in call.world.workspaces(deleted=True):
            if one.workspace_id == workspace_id:
                return Answer(payloads.workspace(one))
    return Answer(payloads.workspace(call.world.workspace(workspace_id)))


def update(call: Call) -> Answer:
    """Rename a workspace, and say who is told of what happens in it."""
    workspace = call.world.workspace(required_id(call.body, "workspaceId"))
    name = str(call.body.get("name") or workspace.name)
    notifications = config_told(workspace.notifications, call.body.get("notificationSettings"))
    changed = call.world.put_workspace(replace(workspace, name=name, notifications=notifications))
    return Answer(payloads.workspace(changed))


def list_definitions(kind: ActorKind) -> Handler:
    """Return what `source_definitions/list` and `…/list_for_workspace` do."""

    def find_definitions(call: Call) -> Answer:
        asked = call.body.get("workspaceId")
        workspace_id = call.world.workspace(required_id(call.body, "workspaceId")).workspace_id if asked else None
        found = definitions(call.registry, kind, workspace_id)
        return Answer({f"{kind}Definitions": [payloads.definition(one, kind) for one in found]})

    return find_definitions


def get_definition(kind: ActorKind) -> Handler:
    """Return what `source_definitions/get` and `destination_definitions/get` do."""

    def get_one(call: Call) -> Answer:
        identifier = required_id(call.body, f"{kind}DefinitionId")
        for one in definitions(call.registry, kind, None):
            if one.definition_id == identifier:
                return Answer(payloads.definition(one, kind))
        raise UnknownResource(kind=f"{kind}_definition", identifier=identifier)

    return get_one


def get_specification(kind: ActorKind) -> Handler:
    """Return what `source_definition_specifications/get` and `destination_definition_specifications/get` do."""

    def get_one(call: Call) -> Answer:
        identifier = required_id(call.body, f"{kind}DefinitionId")
        for one in connectors(kind, call.world.programs):
            if one.definition_id == identifier:
                try:
                    return Answer(payloads.specification(identifier, kind, one.specification()))
                except SyncFailure as failure:
                    raise known(422, failure.external_message) from failure
        raise UnknownResource(kind=f"{kind}_definition", identifier=identifier)

    return get_one


def try_webhook(call: Call) -> Answer:
    """Send a notification to an address, and say whether it was taken."""
    import requests

    url = str((call.body.get("slackConfiguration") or {}).get("webhook") or "")
    notice = sample_notice(str(call.body["notificationTrigger"]), call.world.clock.now())
    try:
        answer = requests.post(url, json=notice, timeout=_WEBHOOK_SECONDS, allow_redirects=False)
        reason = "" if answer.ok else f"The webhook answered with status {answer.status_code}."
    except (requests.RequestException, ValueError) as error:  # urllib3 has errors of its own for some addresses
        reason = f"The webhook could not be called ({type(error).__name__})."  # its address is a secret
    return Answer({"status": "failed", "message": reason} if reason else {"status": "succeeded"})
