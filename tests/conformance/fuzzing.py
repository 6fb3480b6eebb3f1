"""Requests that schemathesis makes up from the mock's own document, sent to a mock that has something in it.

Ids are made up among those that exist, those of other things and one that nothing has: a random UUID would only ever
find out that nothing is there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import status_code_conformance

from mock_airbyte import Auth, HandClock, MockAirbyte
from mock_airbyte.openapi import document
from tests.mock_airbyte.shops import connected

UNKNOWN = "11111111-1111-4111-8111-111111111111"
EVERYBODYS = "00000000-0000-0000-0000-000000000000"
FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"
_SERVER_ERROR = 500
POSTGRES = "25c5221d-dce2-4163-ade9-739ef790f503"


def stocked_mock(warehouse: Path) -> MockAirbyte:
    """A mock with a connection whose sync is over; anybody may call it."""
    mock = MockAirbyte(clock=HandClock(), auth=Auth(mode="none"))
    mock.job(mock.sync(connected(mock, warehouse)))
    return mock


def _known_ids(mock: MockAirbyte) -> dict[str, str]:
    world = mock.world
    ids = {f"{kind}Id": world.actors(kind)[0].actor_id for kind in ("source", "destination")}
    return ids | {
        "workspaceId": mock.workspace_id,
        "connectionId": world.connections()[0].connection_id,
        "organizationId": EVERYBODYS,
        "userId": EVERYBODYS,
        "permissionId": EVERYBODYS,
        "definitionId": FAKER,
        "sourceDefinitionId": FAKER,
        "destinationDefinitionId": POSTGRES,
        "actorId": ids["sourceId"],
    }


def _with_ids(part: Any, ids: dict[str, str], name: str = "") -> Any:
    if isinstance(part, list):
        return [_with_ids(one, ids) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("format") == "uuid":
        return {"type": "string", "enum": sorted({ids.get(name, EVERYBODYS), EVERYBODYS, UNKNOWN})}
    named = str(part.get("name") or "")
    return {key: _with_ids(one, ids, named if key == "schema" else key) for key, one in part.items()}


def fuzz(mock: MockAirbyte, *, examples: int, number: int = 0, go_on: Callable[[], bool] = lambda: True) -> int:
    """Send `examples` good and bad requests per operation; return how many were sent. `number`: a round's own seed."""
    sent = 0
    api = schemathesis.openapi.from_dict(_with_ids(copy.deepcopy(document()), _known_ids(mock)))
    for result in api.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if not go_on() or (mode is GenerationMode.NEGATIVE and not (operation.body or operation.query)):
                continue

            @seed(number)
            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: Case[Any]) -> None:
                nonlocal sent
                sent += 1
                _send(mock, case)

            send()
    return sent


def _send(mock: MockAirbyte, case: Case[Any]) -> None:
    response = case.call(app=mock.app)
    case.validate_response(response, checks=[status_code_conformance])
    if response.status_code == _SERVER_ERROR:  # some are Airbyte's own; those say why, or show an id
        said = response.json()
        assert said.get("errorId") or said.get("data"), said
