"""The WSGI application: three bases, one world, and beside them the control of the mock.

It finds the handler, lets the caller in or not, and turns the request into a `Call`; faults, the journal and the
response are the exchange's.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule, Submount, UnicodeConverter
from werkzeug.wrappers import Request

from mock_airbyte.calls import Answer, Call
from mock_airbyte.config_routes import CONFIG
from mock_airbyte.control import Control
from mock_airbyte.control_desk import ControlDesk
from mock_airbyte.exchange import Exchange
from mock_airbyte.notifying import Notifier
from mock_airbyte.openapi import DOCUMENT
from mock_airbyte.page.site import Page
from mock_airbyte.paths import CLOUD_BASE, CONFIG_BASE, PUBLIC_BASES
from mock_airbyte.problems import Problem, config_not_found, no_role, not_found, plain, stranger, unexpected
from mock_airbyte.registry import Registry
from mock_airbyte.routes import PUBLIC
from mock_airbyte.shapes import check_body, check_query
from mock_airbyte.texts import as_id
from mock_airbyte.webhooks import Courier
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from werkzeug.wrappers import Response

    from mock_airbyte.auth import Gate
    from mock_airbyte.jobs import JobBook
    from mock_airbyte.route import Route
    from mock_airbyte.state.keeper import Keeper
    from mock_airbyte.world import World

_logger = logging.getLogger(__name__)


class MockApp:
    """Answers requests like an Airbyte server."""

    def __init__(
        self, world: World, jobs: JobBook, gate: Gate, *, public_url: str = "", control_token: str | None = None
    ) -> None:
        """Take the world, its jobs and who may call.

        `public_url`: what links in lists begin with. `control_token`: who has it may control the mock from anywhere;
        None: whoever calls from this machine may.
        """
        self.world = world
        self.jobs = jobs
        self.gate = gate
        self.registry = Registry(world)
        self.public_url = public_url
        self.keeper: Keeper | None = None
        self.exchange: Exchange = Exchange(world, gate)
        self.page = Page(world, jobs, gate, control_token=control_token)
        self.courier: Courier = Courier()
        self.notifier = Notifier(world, self.courier)
        jobs.announce = self.notifier.job_came_to
        jobs.schema_found = self.notifier.schema_found
        self.control = Control(self)
        self._desk = ControlDesk(self.control, token=control_token)
        mounts = [*((base, PUBLIC) for base in PUBLIC_BASES), (CONFIG_BASE, CONFIG)]
        rules = [*_rules([DOCUMENT]), *(Submount(base, _rules(routes)) for base, routes in mounts)]
        self._map = Map(rules, merge_slashes=False, converters={"uuid": UnicodeConverter})  # a bad id is no bad path
        self._errors = itertools.count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as a WSGI application."""
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        """Answer one request; whatever happens, there is an answer, unless a fault wants none."""
        if self.page.owns(request.path):
            response: Response | None = self.page.respond(request)
        else:
            response = self._desk.respond(request)
        if response is None:
            return self.exchange.respond(request, self._carried_out)
        self.keep()
        return response

    def _carried_out(self, request: Request) -> Answer:
        try:
            answer = self._answered(request)
            self.keep()
        except Problem as problem:
            return self._refused(request.path, problem)
        except UnknownResource as missing:
            return self._refused(request.path, _missing(request, missing))
        except Exception:
            _logger.exception("The mock could not answer %s %s", request.method, request.path)
            return self._refused(request.path, unexpected())
        return answer

    def _refused(self, path: str, problem: Problem) -> Answer:
        error_id = str(uuid5(NAMESPACE_URL, f"https://mock-airbyte/{self.world.seed}/errors/{next(self._errors)}"))
        return Answer(problem.told(path, error_id), problem.status)

    def _answered(self, request: Request) -> Answer:
        path = "/" + request.path.strip("/")  # with or without a slash at the end
        try:
            route, arguments = self._map.bind("").match(path, method=request.method)
        except HTTPException as error:
            raise _no_route(request.method, path, error) from error
        if not route.is_open and not self.gate.lets_in(request.headers.get("Authorization"), self.world.clock.now()):
            raise stranger()
        call = Call(
            world=self.world,
            jobs=self.jobs,
            gate=self.gate,
            registry=self.registry,
            public_url=self.public_url or request.host_url.rstrip("/") + PUBLIC_BASES[0],
            path=path,
            arguments=_arguments(route, arguments),
            query=dict(request.args.lists()),
            body=_body(request),
        )
        check_query(call.query, route.query)
        if route.body is not None:
            check_body(call.body, route.body)
        answer: Answer = route.handler(call)
        return answer

    def keep(self) -> None:
        """Write down what has changed beside the world and the registry, where there is somebody who does."""
        if self.keeper is not None:
            self.keeper.keep()


def _rules(routes: Iterable[Route]) -> list[Rule]:
    return [Rule(route.path, methods=[route.method], endpoint=route) for route in routes]


def _body(request: Request) -> Mapping[str, Any]:
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.to_dict()
    raw = request.get_data()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise plain(400, "Bad Request", f"Invalid JSON: {error}") from error
    if not isinstance(body, Mapping):
        raise plain(400, "Bad Request", "Invalid JSON: the request body must be an object")
    return body


def _no_route(method: str, path: str, error: HTTPException) -> Problem:
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        message = f"Method [{method}] not allowed for URI [{path}]. Allowed methods: [{allowed}]"
        return plain(405, "Method Not Allowed", message)
    return plain(404, "Not Found", "Page Not Found")


def _arguments(route: Route, matched: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments in a path, ids in their usual spelling; raises a 400 for what is none."""
    ids = {name for name in matched if f"<uuid:{name}>" in route.path}
    return {name: as_id(value, _spelled(route, name)) if name in ids else str(value) for name, value in matched.items()}


def _spelled(route: Route, name: str) -> str:
    kind = route.path.split("/")[1].removesuffix("s") if name == "actor_id" else name.removesuffix("_id")
    return f"{kind}Id"


def _missing(request: Request, missing: UnknownResource) -> Problem:
    path = request.path
    if path.startswith(CONFIG_BASE + "/"):
        return config_not_found(missing.kind, missing.identifier)
    if path.startswith(CLOUD_BASE + "/"):
        return no_role(_role(request.method, path))
    return not_found(missing.kind, missing.identifier)


def _role(method: str, path: str) -> str:
    if method == "GET":
        return "WORKSPACE_READER"
    return "WORKSPACE_RUNNER" if path.startswith(f"{CLOUD_BASE}/jobs") else "WORKSPACE_EDITOR"
