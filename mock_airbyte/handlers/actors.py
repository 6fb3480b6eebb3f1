"""Sources and destinations of the public API: one set of operations for both kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_airbyte.calls import NO_CONTENT, Answer, Call, required, required_id
from mock_airbyte.connectors import find_connector
from mock_airbyte.failures import SyncFailure
from mock_airbyte.masking import unmasked
from mock_airbyte.pages import page
from mock_airbyte.payloads import public
from mock_airbyte.problems import unknown_value, unprocessable, unreadable
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from mock_airbyte.connectors import Connector
    from mock_airbyte.records import Actor, ActorKind
    from mock_airbyte.world import World

Handler = Callable[[Call], Answer]
_NO_TYPE_NAME = re.compile(r"[^a-z0-9]+")
_UNLIKE_SPECIFICATION = "json schema validation failed when comparing the data to the json schema."


def create(kind: ActorKind) -> Handler:
    """Return what `POST /sources` or `POST /destinations` does."""
    return lambda call: Answer(public.actor(build_actor(call.world, kind, typed(call, kind, call.body))))


def typed(call: Call, kind: ActorKind, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body with the type of a custom definition, if that is what its `definitionId` names.

    An image's name is its type (`shop/source-own`: `own`), a declarative source's own name otherwise.
    """
    asked = str(body.get("definitionId") or "").lower()
    for one in call.registry.definitions.all():
        if one.definition_id == asked and isinstance(body.get("configuration"), Mapping):
            image = one.docker_repository.rpartition("/")[2]
            name = _NO_TYPE_NAME.sub("-", (image or one.name).lower()).strip("-").removeprefix(f"{kind}-")
            return {**body, "configuration": {**body["configuration"], f"{kind}Type": name}}
    return body


def build_actor(
    world: World, kind: ActorKind, body: Mapping[str, Any], *, actor_id: str | None = None, is_draft: bool = False
) -> Actor:
    """Create a source or destination as a request's body says.

    `actor_id`: instead of a new one. `is_draft`: whatever its configuration lacks.
    """
    configuration = _mapping(required(body, "configuration"))
    connector = _connector(world, kind, configuration, body.get("definitionId"))
    made = world.add_actor(
        kind,
        connector,
        workspace_id=required_id(body, "workspaceId"),
        name=str(required(body, "name")),
        configuration=_own(kind, configuration) if is_draft else _checked(connector, kind, configuration),
        actor_id=actor_id,
    )
    return world.put_actor(replace(made, is_draft=True)) if is_draft else made


def get(kind: ActorKind) -> Handler:
    """Return what `GET /sources/{id}` or `GET /destinations/{id}` does."""
    return lambda call: Answer(public.actor(_asked(call, kind)))


def find(kind: ActorKind) -> Handler:
    """Return what `GET /sources` or `GET /destinations` does."""

    def list_actors(call: Call) -> Answer:
        workspaces = call.ids("workspaceIds")
        found = call.world.actors(kind, deleted=call.one("includeDeleted") == "true")
        chosen = [one for one in found if not workspaces or one.workspace_id in workspaces]
        return page(call, f"/{kind}s", chosen, public.actor)

    return list_actors


def update(kind: ActorKind, *, whole: bool) -> Handler:
    """Return what `PUT` (`whole`: the configuration is replaced) or `PATCH` (it is added to) does."""

    def update_actor(call: Call) -> Answer:
        actor = _asked(call, kind)
        sent = required(call.body, "configuration") if whole else call.body.get("configuration")
        configuration = changed_configuration(call.world, actor, sent, whole=whole)
        name = str(call.body.get("name") or actor.name)
        kept = call.world.put_actor(replace(actor, name=name, configuration=configuration))
        return Answer(public.actor(kept))

    return update_actor


def changed_configuration(world: World, actor: Actor, sent: object, *, whole: bool) -> dict[str, Any]:
    """Return an actor's configuration with what was sent put in its place (`whole`) or added to it; None: as it was.

    A mask in what was sent stands for the secret that is there. Raises a 400 or a 422.
    """
    if sent is None:
        return dict(actor.configuration)
    changed = unmasked(_mapping(sent), actor.configuration)
    merged = changed if whole else {**actor.configuration, **changed}
    connector = _connector(world, actor.kind, merged | {f"{actor.kind}Type": actor.connector}, None)
    return _checked(connector, actor.kind, merged)


def delete(kind: ActorKind) -> Handler:
    """Return what `DELETE /sources/{id}` or `DELETE /destinations/{id}` does."""

    def delete_actor(call: Call) -> Answer:
        call.world.delete_actor(kind, call.arguments["actor_id"])
        return NO_CONTENT

    return delete_actor


def _asked(call: Call, kind: ActorKind) -> Actor:
    return call.world.actor(kind, call.arguments["actor_id"])


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        argument, reason = "configuration", "the configuration must be an object"
        raise unreadable(argument, None, reason)
    return dict(value)


def _connector(
    world: World, kind: ActorKind, configuration: Mapping[str, Any], definition_id: str | None
) -> Connector[Any]:
    name = configuration.get(f"{kind}Type")
    if name is None and definition_id is None:
        raise unprocessable()
    named = None if name is None else str(name)
    connector = find_connector(kind, name=named, definition_id=definition_id, programs=world.programs)
    if connector is None and definition_id is not None:
        raise UnknownResource(kind=f"{kind}_definition", identifier=definition_id)
    if connector is None:
        raise unknown_value(name)
    return connector


def _checked(connector: Connector[Any], kind: ActorKind, configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration without its type; raises the 422 of a specification that is not met."""
    own = _own(kind, configuration)
    try:
        complaints = connector.specification().complaints(own)
    except SyncFailure as failure:
        raise unprocessable(failure.external_message) from failure
    if complaints:
        raise unprocessable(message=f"{_UNLIKE_SPECIFICATION} \nErrors: {', '.join(complaints)} ")
    return own


def _own(kind: ActorKind, configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in configuration.items() if key != f"{kind}Type"}
