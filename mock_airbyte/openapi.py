"""The mock's own OpenAPI document, made from its routes and shapes: what it takes is what is written there.

It is served at `/openapi.json`. Answers are described by their status alone; their fields are Airbyte's.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from mock_airbyte.calls import Answer
from mock_airbyte.config_routes import CONFIG
from mock_airbyte.paths import CONFIG_BASE, PUBLIC_BASES
from mock_airbyte.route import Route
from mock_airbyte.routes import PUBLIC
from mock_airbyte.shapes import ID, TEXT, WHOLE, one_of

if TYPE_CHECKING:
    from mock_airbyte.calls import Call
    from mock_airbyte.shapes import Query, Shape

_ARGUMENT = re.compile(r"<(?:(?P<converter>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_ARGUMENTS: dict[str, Shape] = {"job_id": WHOLE, "actor_type": one_of("source", "destination")}
_STATUSES = {
    200: "Done.",
    204: "Done; there is nothing to tell.",
    400: "The request makes no sense.",
    401: "The caller is not known.",
    403: "The caller may not do this.",
    404: "There is no such thing.",
    405: "This cannot be done here.",
    409: "The state of the resource does not allow this.",
    422: "The request was understood and cannot be done.",
    423: "A running sync uses this.",
    500: "A connector failed, or Airbyte keeps the reason to itself.",
}
_ANY_REFUSAL = (400, 401, 404, 405, 422)


@cache
def document() -> dict[str, Any]:
    """Return the document. Airbyte Cloud's base answers like the first one and is not written down again."""
    paths: dict[str, dict[str, Any]] = {}
    for base, routes in ((PUBLIC_BASES[0], PUBLIC), (CONFIG_BASE, CONFIG)):
        for route in routes:
            path = base + _ARGUMENT.sub(lambda match: "{" + _spelled(match["name"]) + "}", route.path)
            paths.setdefault(path, {})[route.method.lower()] = _operation(route, base)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "mock_airbyte",
            "version": "1",
            "description": "What a pretend Airbyte answers to: the public API, and the parts of the Config API"
            " that orchestrators use.",
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
        "paths": paths,
    }


def show(_: Call) -> Answer:
    """Answer with the document."""
    return Answer(document())


def _operation(route: Route, base: str) -> dict[str, Any]:
    in_path = [_in_path(match["name"]) for match in _ARGUMENT.finditer(route.path)]
    parameters = [*in_path, *(_in_query(one) for one in route.query)]
    operation: dict[str, Any] = {
        "tags": [base.removeprefix("/api/")],
        "responses": {
            str(status): {"description": _STATUSES[status]}
            for status in sorted({route.success, *_ANY_REFUSAL, *route.refusals})
        },
    }
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        content = {"application/json": {"schema": route.body}}
        operation["requestBody"] = {"required": "required" in route.body, "content": content}
    return operation | ({"security": []} if route.is_open else {})


def _in_path(name: str) -> dict[str, Any]:
    shape = _ARGUMENTS.get(name, ID if name.endswith("_id") else TEXT)
    return {"name": _spelled(name), "in": "path", "required": True, "schema": shape}


def _in_query(query: Query) -> dict[str, Any]:
    return {"name": query.name, "in": "query", "required": query.is_required, "schema": query.shape}


def _spelled(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


DOCUMENT = Route("GET", "/openapi.json", show, is_open=True)
