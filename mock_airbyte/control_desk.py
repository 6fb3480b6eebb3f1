"""`/_mock/…` and `/metrics`: the control of a mock over HTTP, beside the APIs that it imitates.

Without a token only this machine may call it: the caller's address and the host that it asks for are loopback ones,
and a page from elsewhere that a browser shows may not. With a token, whoever sends it as `Authorization: Bearer …` may,
from anywhere. What may be asked is in `control_actions.py`; nothing of it meets faults or is written into the journal.
`/metrics` is open, and says no names.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from mock_airbyte.control_actions import ACTIONS, transit
from mock_airbyte.metrics import CONTENT_TYPE, metrics
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from mock_airbyte.control import Control

_BASE = "/_mock"


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
        action = transit if is_transition else ACTIONS.get((request.method, path))
        if action is None or (is_transition and request.method != "POST"):
            known = path in {one for _, one in ACTIONS} or is_transition
            return _answer({"error": f"There is no {request.method} {_BASE}{path}."}, 405 if known else 404)
        try:
            given = dict(json.loads(request.get_data() or b"{}"))
            done = action(self.control, {**given, "jobId": job_id} if is_transition else given)
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
