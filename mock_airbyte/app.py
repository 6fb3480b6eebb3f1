"""The WSGI application: three bases, one world. The only file that knows werkzeug's requests and routing.

It finds the handler, lets the caller in or not, turns the request into a `Call` and the `Answer` into a response.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule, Submount
from werkzeug.wrappers import Request, Response

from mock_airbyte.calls import Answer, Call
from mock_airbyte.config_routes import CONFIG
from mock_airbyte.openapi import DOCUMENT
from mock_airbyte.problems import Problem, bad_request, config_not_found, invalid_api_key, not_found, plain, unexpected
from mock_airbyte.registry import Registry
from mock_airbyte.routes import CONFIG_BASE, PUBLIC, PUBLIC_BASES
from mock_airbyte.shapes import check_body, check_query
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from mock_airbyte.auth import Gate
    from mock_airbyte.jobs import JobBook
    from mock_airbyte.route import Route
    from mock_airbyte.state.keeper import Keeper
    from mock_airbyte.world import World

_REMEMBERED_REQUESTS = 10_000
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request that was answered."""

    method: str
    path: str
    status: int


class MockApp:
    """Answers requests like an Airbyte server."""

    def __init__(self, world: World, jobs: JobBook, gate: Gate, *, public_url: str = "") -> None:
        """Take the world, its jobs and who may call; `public_url` is what links in lists begin with."""
        self.world = world
        self.jobs = jobs
        self.gate = gate
        self.registry = Registry(world)
        self.public_url = public_url
        self.keeper: Keeper | None = None
        self.requests: deque[SeenRequest] = deque(maxlen=_REMEMBERED_REQUESTS)
        mounts = [*((base, PUBLIC) for base in PUBLIC_BASES), (CONFIG_BASE, CONFIG)]
        rules = [*_rules([DOCUMENT]), *(Submount(base, _rules(routes)) for base, routes in mounts)]
        self._map = Map(rules, merge_slashes=False)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as a WSGI application."""
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        """Answer one request; whatever happens, there is an answer."""
        try:
            answer = self._answered(request)
        except Problem as problem:
            answer = Answer(problem.body, problem.status)
        except UnknownResource as missing:
            answer = _missing(request.path, missing)
        except Exception:
            _logger.exception("The mock could not answer %s %s", request.method, request.path)
            failed = unexpected()
            answer = Answer(failed.body, failed.status)
        self.requests.append(SeenRequest(request.method, request.path, answer.status))
        return _response(answer)

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
        self.keep()
        return answer

    def keep(self) -> None:
        """Write down what has changed about jobs, where there is somebody who does."""
        if self.keeper is not None:
            self.keeper.keep_jobs()


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


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status=answer.status)
    if isinstance(answer.body, str):
        return Response(answer.body, status=answer.status, content_type="text/plain")
    return Response(json.dumps(answer.body), status=answer.status, content_type="application/json")
