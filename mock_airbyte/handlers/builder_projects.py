"""The Connector Builder's projects: each declarative source has one, without a draft.

Nobody builds here, so a project is what its definition says, and the values that it is to be tested with.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from mock_airbyte.calls import Answer, required, required_id
from mock_airbyte.masking import masked, unmasked
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_airbyte.calls import Call
    from mock_airbyte.registry import Definition


def project_of_definition(call: Call) -> Answer:
    """Show which project a definition was built in."""
    definition = call.registry.definitions.get(required_id(call.body, "actorDefinitionId"))
    return Answer({"builderProjectId": _project_id(definition), "workspaceId": definition.workspace_id})


def project_with_manifest(call: Call) -> Answer:
    """Show a project and its published manifest."""
    definition = _asked(call)
    project = {
        "builderProjectId": _project_id(definition),
        "name": definition.name,
        "sourceDefinitionId": definition.definition_id,
        "activeDeclarativeManifestVersion": definition.version,
        "hasDraft": False,
    }
    manifest = {"version": definition.version, "isDraft": False, "manifest": definition.manifest}
    values = {} if definition.testing_values is None else {"testingValues": masked(definition.testing_values)}
    return Answer({"builderProject": project, "declarativeManifest": manifest, **values})


def update_testing_values(call: Call) -> Answer:
    """Replace the values that a project is tested with; a mask stands for the secret that is there."""
    definition, given = _asked(call), required(call.body, "testingValues")
    sent: Mapping[str, Any] = given if isinstance(given, dict) else {}
    values = unmasked(sent, definition.testing_values or {})
    call.registry.definitions.put(replace(definition, testing_values=values))
    return Answer(masked(values))


def _asked(call: Call) -> Definition:
    workspace_id, project_id = (required_id(call.body, name) for name in ("workspaceId", "builderProjectId"))
    for definition in call.registry.definitions.all():
        if _project_id(definition) == project_id and definition.workspace_id == workspace_id:
            return definition
    raise UnknownResource(kind="connector_builder_project", identifier=project_id)


def _project_id(definition: Definition) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://mock-airbyte/builder-projects/{definition.definition_id}"))
