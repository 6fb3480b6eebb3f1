"""The page's few addresses: the page itself, its style and script, and the two things that a click does.

Beside `app`, the only place that knows werkzeug's requests. A click answers with the way back to the page (303), so
that loading it again clicks nothing; what could not be done comes back as the name of a note, never as text.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from mock_airbyte.job_refusals import AlreadyRunning, InactiveConnection
from mock_airbyte.page import guard
from mock_airbyte.page.connections import CANCEL_PATH, SYNC_PATH, workspaces
from mock_airbyte.page.jobs import MOST_JOBS, jobs
from mock_airbyte.page.layout import SCRIPT_PATH, STYLE_PATH, document
from mock_airbyte.payloads.config_jobs import job_info
from mock_airbyte.payloads.moments import epoch
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from mock_airbyte.auth import Gate
    from mock_airbyte.jobs import JobBook
    from mock_airbyte.world import World

_API_PATH = "/api/public/v1"
_FILES = {STYLE_PATH: ("style.css", "text/css"), SCRIPT_PATH: ("refresh.js", "text/javascript")}
_NOTES = {
    "running": "It is running already.",
    "inactive": "The connection is switched off, so it cannot sync.",
    "gone": "That is not there any more.",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Page:
    """Answers a person's browser."""

    def __init__(self, world: World, book: JobBook, gate: Gate, *, control_token: str | None = None) -> None:
        """Take what is shown and who may see it; `control_token`: see `guard`."""
        self._world = world
        self._book = book
        self._gate = gate
        self._control_token = control_token

    def owns(self, path: str) -> bool:
        """Return whether the page answers that path, not the API."""
        return path == "/" or path.startswith("/page/")

    def respond(self, request: Request) -> Response:
        """Answer one request of a browser."""
        response = self._answered(request)
        response.headers.update(_HEADERS)
        return response

    def _answered(self, request: Request) -> Response:
        if not guard.may_see(request, self._gate.auth, self._control_token):
            asked = {"WWW-Authenticate": 'Basic realm="mock Airbyte", charset="UTF-8"'}
            return _text("This page needs the mock's credentials.", 401, asked)
        match request.method, request.path:
            case "GET" | "HEAD", "/":
                return Response(self._page(request), content_type="text/html; charset=utf-8")
            case "GET" | "HEAD", path if path in _FILES:
                name, kind = _FILES[path]
                return Response(files(__package__).joinpath(name).read_bytes(), content_type=f"{kind}; charset=utf-8")
            case "POST", path if path in (SYNC_PATH, CANCEL_PATH):
                return self._clicked(request)
            case _:
                return _text("There is no such page.", 404)

    def _clicked(self, request: Request) -> Response:
        if not guard.is_own(request):
            return _text("This click did not come from the mock's own page.", 403)
        note = self._start(request) if request.path == SYNC_PATH else self._cancel(request)
        return Response(status=303, headers={"Location": f"/?note={note}" if note else "/"})

    def _start(self, request: Request) -> str | None:
        try:
            self._book.start(request.form.get("connection", ""))
        except AlreadyRunning:
            return "running"
        except InactiveConnection:
            return "inactive"
        except UnknownResource:
            return "gone"
        return None

    def _cancel(self, request: Request) -> str | None:
        job_id = request.form.get("job", type=int)
        try:
            states = [state for state in self._book.all() if state.job.job_id == job_id]
            if states and not states[0].is_terminal:  # cancelling an old job would end what its connection runs now
                self._book.cancel(states[0].job.job_id)
        except UnknownResource:
            return "gone"
        return None if states else "gone"

    def _page(self, request: Request) -> str:
        states = self._book.all()
        infos: list[dict[str, Any]] = [job_info(state) for state in states[: -MOST_JOBS - 1 : -1]]
        newest = {state.job.connection_id: job_info(state)["job"] for state in states}
        names = {one.connection_id: one.name for one in self._world.connections(deleted=True)}
        now = epoch(self._world.clock.now())
        return document(
            workspaces(self._world, newest),
            jobs(infos, names, total=len(states), now=now),
            api_url=request.host_url.rstrip("/") + _API_PATH,
            note=_NOTES.get(request.args.get("note", "")),
        )


def _text(message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(message, status=status, headers=headers, content_type="text/plain; charset=utf-8")
