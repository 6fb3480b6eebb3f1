"""Connector definitions of the public API: those that the mock has, and those that clients add to a workspace.

A definition that was added is kept and shown. It brings no connector with it: the mock runs no images and no manifests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_airbyte.calls import Answer, Call, required
from mock_airbyte.connectors import connectors
from mock_airbyte.pages import page
from mock_airbyte.payloads import registry as payloads
from mock_airbyte.problems import forbidden
from mock_airbyte.registry import Definition
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from mock_airbyte.records import ActorKind
    from mock_airbyte.registry import DefinitionKind, Registry

Handler = Callable[[Call], Answer]
_VERSION = "1.0.0"  # of the connectors that the mock has


def create(kind: ActorKind) -> Handler:
    """Return what `POST …/definitions/sources` or `…/destinations` does."""

    def create_definition(call: Call) -> Answer:
        made = Definition(
            definition_id=call.world.new_id(),
            workspace_id=_workspace(call),
            kind=kind,
            name=str(required(call.body, "name")),
            docker_repository=str(required(call.body, "dockerRepository")),
            docker_image_tag=str(required(call.body, "dockerImageTag")),
            documentation_url=call.body.get("documentationUrl"),
        )
        return Answer(payloads.definition(call.registry.definitions.put(made)))

    return create_definition


def create_declarative(call: Call) -> Answer:
    """Add a declarative source."""
    made = Definition(
        definition_id=call.world.new_id(),
        workspace_id=_workspace(call),
        kind="declarative_source",
        name=str(required(call.body, "name")),
        manifest=required(call.body, "manifest"),
    )
    return Answer(payloads.declarative_definition(call.registry.definitions.put(made)))


def get(kind: DefinitionKind) -> Handler:
    """Return what `GET …/definitions/{kind}s/{id}` does."""
    return lambda call: Answer(_payload(kind)(_asked(call, kind)))


def find(kind: DefinitionKind) -> Handler:
    """Return what `GET …/definitions/{kind}s` does."""

    def list_definitions(call: Call) -> Answer:
        workspace_id = _workspace(call)
        path = f"/workspaces/{workspace_id}/definitions/{kind}s"
        return page(call, path, definitions(call.registry, kind, workspace_id), _payload(kind))

    return list_definitions


def update(kind: DefinitionKind) -> Handler:
    """Return what `PUT …/definitions/{kind}s/{id}` does; a new manifest is a new version."""

    def update_definition(call: Call) -> Answer:
        asked = _own(call, kind)
        if kind == "declarative_source":
            changed = replace(asked, manifest=required(call.body, "manifest"), version=asked.version + 1)
        else:
            name, tag = str(required(call.body, "name")), str(required(call.body, "dockerImageTag"))
            changed = replace(asked, name=name, docker_image_tag=tag)
        return Answer(_payload(kind)(call.registry.definitions.put(changed)))

    return update_definition


def delete(kind: DefinitionKind) -> Handler:
    """Return what `DELETE …/definitions/{kind}s/{id}` does: it answers with what it deleted."""
    return lambda call: Answer(_payload(kind)(call.registry.definitions.remove(_own(call, kind).definition_id)))


def definitions(registry: Registry, kind: DefinitionKind, workspace_id: str | None) -> tuple[Definition, ...]:
    """Return all definitions of a kind that a workspace sees (None: that any workspace sees)."""
    own = (one for one in registry.definitions.all() if one.kind == kind)
    return *_built_in(kind, registry), *(one for one in own if workspace_id in (None, one.workspace_id))


def _built_in(kind: DefinitionKind, registry: Registry) -> tuple[Definition, ...]:
    if kind == "declarative_source":
        return ()
    return tuple(
        Definition(
            definition_id=connector.definition_id,
            workspace_id="",
            kind=kind,
            name=connector.name,
            docker_repository=f"airbyte/{kind}-{connector.name}",
            docker_image_tag=_VERSION,
            documentation_url=f"https://docs.airbyte.com/integrations/{kind}s/{connector.name}",
        )
        for connector in connectors(kind, registry.world.programs)
    )


def _payload(kind: DefinitionKind) -> Callable[[Definition], dict[str, Any]]:
    return payloads.declarative_definition if kind == "declarative_source" else payloads.definition


def _workspace(call: Call) -> str:
    return call.world.workspace(call.arguments["workspace_id"]).workspace_id


def _asked(call: Call, kind: DefinitionKind) -> Definition:
    identifier = call.arguments["definition_id"]
    for one in definitions(call.registry, kind, _workspace(call)):
        if one.definition_id == identifier:
            return one
    raise UnknownResource(kind="connector_definition", identifier=identifier)


def _own(call: Call, kind: DefinitionKind) -> Definition:
    asked = _asked(call, kind)
    if not asked.workspace_id:
        message = f"The definition {asked.definition_id} is not custom; only custom definitions can be changed."
        raise forbidden(message)
    return asked
