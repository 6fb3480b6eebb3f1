"""Sources and destinations of the Config API: created, changed, deleted, checked and discovered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mock_airbyte.calls import NO_CONTENT, Answer, Call, required, required_id
from mock_airbyte.failures import SyncFailure
from mock_airbyte.handlers.actors import build_actor, changed_configuration, typed
from mock_airbyte.payloads import config_resources as payloads
from mock_airbyte.payloads.config_jobs import failure_reason
from mock_airbyte.payloads.moments import epoch

if TYPE_CHECKING:
    from mock_airbyte.records import Actor, ActorKind

Handler = Callable[[Call], Answer]


def create(kind: ActorKind) -> Handler:
    """Return what `sources/create` or `destinations/create` does: the connector is named by its definition's id.

    `createAsDraft`: what its configuration lacks is for somebody else to complete.
    """

    def create_actor(call: Call) -> Answer:
        body = {
            "name": required(call.body, "name"),
            "workspaceId": required_id(call.body, "workspaceId"),
            "definitionId": required_id(call.body, f"{kind}DefinitionId"),
            "configuration": required(call.body, "connectionConfiguration"),
        }
        is_draft = bool(call.body.get("createAsDraft"))
        made = build_actor(call.world, kind, typed(call, kind, body), is_draft=is_draft)
        return Answer(payloads.actor(made))

    return create_actor


def get(kind: ActorKind) -> Handler:
    """Return what `sources/get` or `destinations/get` does."""
    return lambda call: Answer(payloads.actor(_asked(call, kind)))


def find(kind: ActorKind) -> Handler:
    """Return what `sources/list` or `destinations/list` does."""

    def list_actors(call: Call) -> Answer:
        workspace = call.world.workspace(required_id(call.body, "workspaceId"))
        found = [one for one in call.world.actors(kind) if one.workspace_id == workspace.workspace_id]
        return Answer({f"{kind}s": [payloads.actor(one) for one in found]})

    return list_actors


def update(kind: ActorKind) -> Handler:
    """Return what `sources/update` or `destinations/update` does: the configuration is replaced, masks are kept."""

    def update_actor(call: Call) -> Answer:
        actor = _asked(call, kind)
        configuration = changed_configuration(call.world, actor, call.body.get("connectionConfiguration"), whole=True)
        name = str(call.body.get("name") or actor.name)
        return Answer(payloads.actor(call.world.put_actor(replace(actor, name=name, configuration=configuration))))

    return update_actor


def delete(kind: ActorKind) -> Handler:
    """Return what `sources/delete` or `destinations/delete` does."""

    def delete_actor(call: Call) -> Answer:
        call.world.delete_actor(kind, required_id(call.body, f"{kind}Id"))
        return NO_CONTENT

    return delete_actor


def check_connection(kind: ActorKind) -> Handler:
    """Return what `sources/check_connection` or `destinations/check_connection` does."""

    def check(call: Call) -> Answer:
        actor = _asked(call, kind)
        reason = call.world.check(actor)
        if actor.is_draft and reason is None:
            call.world.put_actor(replace(actor, is_draft=False))
        answer = {"status": "succeeded"} if reason is None else {"status": "failed", "message": reason}
        return Answer(answer | {"jobInfo": _job_info(call, succeeded=reason is None)})

    return check


def discover_schema(call: Call) -> Answer:
    """Show the streams that a source has now."""
    source_id = required_id(call.body, "sourceId")
    try:
        streams = call.world.discover(source_id)
    except SyncFailure as failure:
        reason = failure_reason(failure, call.world.clock.now())
        return Answer({"jobInfo": _job_info(call, succeeded=False) | {"failureReason": reason}})
    info = _job_info(call, succeeded=True)
    return Answer({"catalog": payloads.catalog(streams), "catalogId": call.world.new_id(), "jobInfo": info})


def _asked(call: Call, kind: ActorKind) -> Actor:
    return call.world.actor(kind, required_id(call.body, f"{kind}Id"))


def _job_info(call: Call, *, succeeded: bool) -> dict[str, object]:
    now = epoch(call.world.clock.now())
    return {
        "id": call.world.new_id(),
        "createdAt": now,
        "endedAt": now,
        "succeeded": succeeded,
        "logs": {"logLines": []},
    }
