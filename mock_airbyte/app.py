"""The WSGI application: three bases, one world, and beside them the control of the mock.

It finds the handler, lets the caller in or not, and turns the request into a `Call`; faults, the journal and the
response are the exchange's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule, Submount
from werkzeug.wrappers import Request

from mock_airbyte.calls import Answer, Call
from mock_airbyte.config_routes import CONFIG
from mock_airbyte.control import Control
from mock_airbyte.control_desk import ControlDesk
from mock_airbyte.exchange import Exchange
from mock_airbyte.notifying import Notifier
from mock_airbyte.openapi import DOCUMENT
from mock_airbyte.page.site import Page
from mock_airbyte.paths import CONFIG_BASE, PUBLIC_BASES
from mock_airbyte.problems import Problem, bad_request, config_not_found, invalid_api_key, not_found, plain, unexpected
from mock_airbyte.registry import Registry
from mock_airbyte.routes import PUBLIC
from mock_airbyte.shapes import check_body, check_query
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
        self.control = Control(self)
        self._desk = ControlDesk(self.control, token=control_token)
        mounts = [*((base, PUBLIC) for base in PUBLIC_BASES), (CONFIG_BASE, CONFIG)]
        rules = [*_rules([DOCUMENT]), *(Submount(base, _rules(routes)) for base, routes in mounts)]
        self._map = Map(rules, merge_slashes=False)

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
            return Answer(problem.body, problem.status)
        except UnknownResource as missing:
            return _missing(request.path, missing)
        except Exception:
            _logger.exception("The mock could not answer %s %s", request.method, request.path)
            failed = unexpected()
            return Answer(failed.body, failed.status)
        return answer

    def _answered(self, request: Request) -> Answer:
        path = "/" + request.path.strip("/")  # with or without a slash at the end
        try:
            route, arguments = self._map.bind("").match(path, method=request.method)
        except HTTPException as error:
            raise plain(error.code or 404, error.name, f"{error.name}: {path}", path) from error
        if not route.is_open and not self.gate.lets_in(request.headers.get("Authorization"), self.world.clock.now()):
            raise _stranger(path)
        call = Call(
            world=self.world,
            jobs=self.jobs,
            gate=self.gate,
            registry=self.registry,
            public_url=self.public_url or request.host_url.rstrip("/") + PUBLIC_BASES[0],
            path=path,
            arguments={name: str(value) for name, value in arguments.items()},
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
        message = "The request body is not valid JSON."
        raise bad_request(message) from error
    if not isinstance(body, Mapping):
        message = "The request body must be a JSON object."
        raise bad_request(message)
    return body


def _stranger(path: str) -> Problem:
    """Return the answer to a caller without a valid token: the Config API's comes from the framework below it."""
    return plain(401, "Unauthorized", "Unauthorized", path) if path.startswith(CONFIG_BASE + "/") else invalid_api_key()


def _missing(path: str, missing: UnknownResource) -> Answer:
    of_config_api = path.startswith(CONFIG_BASE + "/")
    problem = (config_not_found if of_config_api else not_found)(missing.kind, missing.identifier)
    return Answer(problem.body, problem.status)
