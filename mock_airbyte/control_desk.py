"""`/_mock/…` and `/metrics`: the control of a mock over HTTP, beside the APIs that it imitates.

Without a token only this machine may call it: the caller's address and the host that it asks for are loopback ones,
and a page from elsewhere that a browser shows may not. With a token, whoever sends it as `Authorization: Bearer …` may,
from anywhere. Nothing of this meets faults or is written into the journal. `/metrics` is open, and says no names.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from mock_airbyte.failures import Failure
from mock_airbyte.faults import as_json, from_json
from mock_airbyte.metrics import CONTENT_TYPE, metrics
from mock_airbyte.scenarios import SCENARIOS, scenario_named
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from mock_airbyte.control import Control

_BASE = "/_mock"
_Body = Mapping[str, Any]
_Action = Callable[["ControlDesk", _Body], Any]


class ControlDesk:
    """Answers control requests, of those who may make them."""

    def __init__(self, control: Control, *, token: str | None = None) -> None:
        """Take what may be done, and the token that callers must have (None: only this machine may call)."""
        self.control = control
        self._token = token

    def respond(self, request: Request) -> Response | None:
        """Answer a control request; None: it is none."""
        path = "/" + request.path.strip("/")
        if path == "/metrics" and request.method == "GET":
            return Response(metrics(self.control.app), content_type=CONTENT_TYPE)
        if path != _BASE and not path.startswith(_BASE + "/"):
            return None
        request.get_data()
        if not self._may(request):
            return _answer({"error": "Control is for this machine alone, or for those who have its token."}, 403)
        return self._acted(request, path.removeprefix(_BASE))

    def _may(self, request: Request) -> bool:
        if self._token is not None:
            given = request.headers.get("Authorization", "")
            return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())
        origin = request.headers.get("Origin")
        own = origin is None or origin == request.host_url.rstrip("/")
        return own and _is_loopback(request.remote_addr) and _is_loopback(urlsplit(request.host_url).hostname)

    def _acted(self, request: Request, path: str) -> Response:
        job_id, is_transition = _transition(path)
        action = _transit if is_transition else _ACTIONS.get((request.method, path))
        if action is None or (is_transition and request.method != "POST"):
            known = path in {one for _, one in _ACTIONS} or is_transition
            return _answer({"error": f"There is no {request.method} {_BASE}{path}."}, 405 if known else 404)
        try:
            given = dict(json.loads(request.get_data() or b"{}"))
            done = action(self, {**given, "jobId": job_id} if is_transition else given)
        except UnknownResource as missing:
            return _answer({"error": str(missing)}, 404)
        except (ValueError, TypeError, KeyError) as error:
            return _answer({"error": str(error) or type(error).__name__}, 400)
        return _answer({"status": "ok"} if done is None else done, 200)


def _answer(body: object, status: int) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _transition(path: str) -> tuple[int, bool]:
    parts = path.split("/")
    is_one = len(parts) == 4 and parts[1] == "jobs" and parts[3] == "transition"  # noqa: PLR2004 -- /jobs/1/transition
    return (int(parts[2]), True) if is_one and parts[2].isdecimal() else (0, False)


def _transit(desk: ControlDesk, body: _Body) -> object:
    failure = Failure(**body["failure"]) if body.get("failure") else None
    state = desk.control.app.jobs.transition(body["jobId"], str(body["status"]), failure=failure)
    return {"jobId": state.job.job_id, "status": state.status}


def _move_clock(desk: ControlDesk, body: _Body) -> object:
    desk.control.advance(float(body["advanceSeconds"]))
    return desk.control.clock()


def _faults(desk: ControlDesk, _: _Body) -> object:
    return {"faults": [as_json(one) for one in desk.control.app.exchange.faults.faults]}


def _add_faults(desk: ControlDesk, body: _Body) -> object:
    listed = body.get("faults", [body])
    desk.control.app.exchange.faults.add(*[from_json(one) for one in listed])
    return _faults(desk, body)


def _scenarios(desk: ControlDesk, _: _Body) -> object:
    listed = [{"name": one.name, "says": one.says} for one in SCENARIOS.values()]
    return {"playing": desk.control.scenario, "scenarios": listed}


def _play(desk: ControlDesk, body: _Body) -> object:
    desk.control.play(scenario_named(str(body["name"])), body.get("connectionId"))
    return {"playing": desk.control.scenario}


def _webhooks(desk: ControlDesk, _: _Body) -> object:
    courier = desk.control.app.courier
    notices = [{"kind": one.kind, "at": one.at.isoformat(), "payload": one.payload} for one in courier.notices]
    return {"webhooks": len(courier.urls), "notices": notices}


def _register(desk: ControlDesk, body: _Body) -> object:
    desk.control.app.courier.register(str(body["url"]))
    return {"webhooks": len(desk.control.app.courier.urls)}


_ACTIONS: Mapping[tuple[str, str], _Action] = {
    ("GET", "/health"): lambda _, __: {"status": "ok"},
    ("GET", "/state"): lambda desk, _: desk.control.state(),
    ("GET", "/snapshot"): lambda desk, _: desk.control.snapshot(),
    ("POST", "/reset"): lambda desk, _: desk.control.reset(),
    ("POST", "/seed"): lambda desk, body: desk.control.plant(body),
    ("GET", "/clock"): lambda desk, _: desk.control.clock(),
    ("POST", "/clock"): _move_clock,
    ("GET", "/faults"): _faults,
    ("POST", "/faults"): _add_faults,
    ("DELETE", "/faults"): lambda desk, _: desk.control.app.exchange.faults.clear(),
    ("GET", "/scenarios"): _scenarios,
    ("POST", "/scenarios"): _play,
    ("GET", "/requests"): lambda desk, _: {"requests": desk.control.requests()},
    ("DELETE", "/requests"): lambda desk, _: desk.control.app.exchange.journal.clear(),
    ("GET", "/webhooks"): _webhooks,
    ("POST", "/webhooks"): _register,
}
