"""What may be asked at `/_mock/…`: each action takes the control and a JSON body, and returns JSON or None.

Raises `UnknownResource` for what there is not; `ValueError`, `TypeError` and `KeyError` for what makes no sense.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mock_airbyte.failures import Failure
from mock_airbyte.faults import as_json, from_json
from mock_airbyte.masking import masked, masked_address
from mock_airbyte.notices import NOTICE_KINDS
from mock_airbyte.notification_settings import kinds_by_address
from mock_airbyte.scenarios import SCENARIOS, scenario_named
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_airbyte.control import Control
    from mock_airbyte.webhooks import Webhook

Body = Mapping[str, Any]
Action = Callable[["Control", Body], Any]


def transit(control: Control, body: Body) -> object:
    """Move a job to a status by hand."""
    failure = Failure(**body["failure"]) if body.get("failure") else None
    state = control.app.jobs.transition(body["jobId"], str(body["status"]), failure=failure)
    return {"jobId": state.job.job_id, "status": state.status}


def _move_clock(control: Control, body: Body) -> object:
    control.advance(float(body["advanceSeconds"]))
    return control.clock()


def _plant(control: Control, body: Body) -> object:
    planted = control.plant(body)
    return {"status": "ok", "created": _listed(planted.created), "updated": _listed(planted.updated)}


def _listed(things: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"kind": kind, "name": name} for kind, name in things]


def _substitutes(control: Control, _: Body) -> object:
    world = control.app.world
    listed = {
        name: {"type": one.connector, "configuration": masked(one.configuration, world.known_secrets())}
        for name, one in sorted(world.substitutes.items())
    }
    return {"substitutes": listed}


def _faults(control: Control, _: Body) -> object:
    return {"faults": [as_json(one) for one in control.app.exchange.faults.faults]}


def _add_faults(control: Control, body: Body) -> object:
    listed = body.get("faults", [body])
    control.app.exchange.faults.add(*[from_json(one) for one in listed])
    return _faults(control, body)


def _scenarios(control: Control, _: Body) -> object:
    listed = [{"name": one.name, "says": one.says} for one in SCENARIOS.values()]
    return {"playing": control.scenario, "scenarios": listed}


def _play(control: Control, body: Body) -> object:
    control.play(scenario_named(str(body["name"])), body.get("connectionId"))
    return {"playing": control.scenario}


def _checks(control: Control, _: Body) -> object:
    journal = control.app.exchange.journal
    checks = {"duplicateJobs": journal.assert_no_duplicate_jobs, "orphanJobs": journal.assert_no_orphan_jobs}
    return {name: _explanation(check) for name, check in checks.items()}


def _explanation(check: Callable[[], None]) -> str | None:
    try:
        check()
    except AssertionError as failed:
        return str(failed)
    return None


def _webhooks(control: Control, _: Body) -> object:
    app = control.app
    notices = [{"kind": one.kind, "at": one.at.isoformat(), "payload": one.payload} for one in app.courier.notices]
    of_settings = [
        _printed(url, kinds, workspace.workspace_id)
        for workspace in app.world.workspaces()
        for url, kinds in kinds_by_address(workspace.notifications).items()
    ]
    return {"webhooks": [*map(_registered, app.courier.webhooks.all()), *of_settings], "notices": notices}


def _registered(webhook: Webhook) -> dict[str, Any]:
    return {"id": webhook.webhook_id, **_printed(webhook.url, webhook.kinds, webhook.workspace_id)}


def _printed(url: str, kinds: Iterable[str], workspace_id: str | None) -> dict[str, Any]:
    return {"url": masked_address(url), "on": list(kinds), "workspaceId": workspace_id}


def _register(control: Control, body: Body) -> object:
    workspace = body.get("workspace")
    place = None if workspace is None else _workspace_id(control, str(workspace))
    return _registered(
        control.app.courier.register(str(body["url"]), body.get("on") or NOTICE_KINDS, workspace_id=place)
    )


def _workspace_id(control: Control, name: str) -> str:
    """Return the id of the one workspace with that name or id; raises `UnknownResource` or `ValueError`."""
    found = [one.workspace_id for one in control.app.world.workspaces() if name in (one.workspace_id, one.name)]
    if not found:
        raise UnknownResource(kind="workspace", identifier=name)
    if len(found) > 1:
        message = f"Several workspaces have this name (name={name!r}). Give an id: {', '.join(found)}."
        raise ValueError(message)
    return found[0]


def _remove_webhook(control: Control, body: Body) -> object:
    """Remove the webhook with that id, or all with that address."""
    asked, shelf = str(body["webhook"]), control.app.courier.webhooks
    found = [one for one in shelf.all() if asked in (one.webhook_id, one.url)]
    if not found and any(asked in kinds_by_address(one.notifications) for one in control.app.world.workspaces()):
        message = "The webhook is one of a workspace's notification settings. Switch it off there (workspaces/update)."
        raise ValueError(message)
    if not found:
        known = ", ".join(one.webhook_id for one in shelf.all()) or "none"
        message = f"There is no such webhook. Give an id of those that are registered ({known}), or a whole address."
        raise ValueError(message)
    return {"removed": [_registered(shelf.remove(one.webhook_id)) for one in found]}


ACTIONS: Mapping[tuple[str, str], Action] = {
    ("GET", "/health"): lambda _, __: {"status": "ok"},
    ("GET", "/state"): lambda control, _: control.state(),
    ("GET", "/snapshot"): lambda control, _: control.snapshot(),
    ("POST", "/reset"): lambda control, _: control.reset(),
    ("POST", "/seed"): _plant,
    ("GET", "/substitutes"): _substitutes,
    ("GET", "/clock"): lambda control, _: control.clock(),
    ("POST", "/clock"): _move_clock,
    ("GET", "/faults"): _faults,
    ("POST", "/faults"): _add_faults,
    ("DELETE", "/faults"): lambda control, _: control.app.exchange.faults.clear(),
    ("GET", "/scenarios"): _scenarios,
    ("POST", "/scenarios"): _play,
    ("DELETE", "/scenarios"): lambda control, _: control.stop_playing(),
    ("GET", "/requests"): lambda control, _: {"requests": control.requests()},
    ("DELETE", "/requests"): lambda control, _: control.app.exchange.journal.clear(),
    ("GET", "/requests/checks"): _checks,
    ("GET", "/webhooks"): _webhooks,
    ("POST", "/webhooks"): _register,
    ("DELETE", "/webhooks"): _remove_webhook,
}
