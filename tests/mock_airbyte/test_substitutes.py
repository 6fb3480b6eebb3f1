"""Connectors that the mock does not have: any is taken, and a substitute does its work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_airbyte import MockAirbyte
from mock_airbyte.seeding import plant
from mock_airbyte.substitutes import BadSubstitute
from tests.mock_airbyte.api import Api
from tests.mock_airbyte.shops import PEOPLE, people, select

SNOWFLAKE: dict[str, Any] = {
    "host": "x.snowflakecomputing.com",
    "role": "R",
    "warehouse": "W",
    "credentials": {"password": "hunter2"},
}


def _declared(warehouse: Path) -> dict[str, Any]:
    return {
        "source-salesforce": {"type": "source-mock-inline", "configuration": {"streams": people()}},
        "destination-snowflake": {"type": "sqlite", "configuration": {"destination_path": str(warehouse)}},
    }


def test_rows_come_from_and_land_in_substitutes(warehouse: Path) -> None:
    mock = MockAirbyte(substitutes=_declared(warehouse))
    source = mock.create_source("CRM", "source-salesforce", client_id="x", is_sandbox=False)
    destination = mock.create_destination("DWH", "snowflake", **SNOWFLAKE)
    state = mock.job(mock.sync(mock.create_connection(source, destination)))
    assert (state.status, state.rows_committed) == ("succeeded", len(PEOPLE))
    assert select(warehouse, "select count(*) from people") == [(2,)]


def test_the_api_takes_any_type_and_keeps_its_configuration(mock: MockAirbyte, api: Api) -> None:
    body = {
        "name": "DWH",
        "workspaceId": mock.workspace_id,
        "configuration": {"destinationType": "snowflake", **SNOWFLAKE},
    }
    made = api.post("/destinations", body)
    assert (made["destinationType"], made["configuration"]["role"]) == ("snowflake", "R")
    assert made["configuration"]["credentials"] == {"password": "**********"}
    assert made["definitionId"] == api.post("/destinations", body)["definitionId"]


def test_without_a_substitute_a_check_and_a_sync_fail_in_airbytes_words(mock: MockAirbyte, api: Api) -> None:
    source = mock.create_source("S", "mock-inline", streams=people())
    body = {"name": "D", "workspaceId": mock.workspace_id, "configuration": {"destinationType": "snowflake"}}
    destination = api.post("/destinations", body)["destinationId"]
    wrong = mock.world.check(mock.world.actor("destination", destination))
    assert wrong is not None
    assert wrong.startswith("Could not connect with provided configuration. Error: ")
    assert "destination-snowflake" in wrong
    state = mock.job(mock.sync(mock.create_connection(source, destination)))
    assert state.failure is not None
    assert (state.status, state.failure.origin, state.failure.kind) == ("failed", "destination", "config_error")


def test_a_substitute_keeps_a_test_away_from_a_real_server(warehouse: Path) -> None:
    substitute = {"type": "sqlite", "configuration": {"destination_path": str(warehouse)}}
    mock = MockAirbyte(substitutes={"destination-postgres": substitute})
    source = mock.create_source("S", "mock-inline", streams=people())
    destination = mock.create_destination("D", "postgres", host="production", port=1, database="d", username="u")
    assert mock.job(mock.sync(mock.create_connection(source, destination))).status == "succeeded"


def test_a_seed_file_declares_substitutes(warehouse: Path) -> None:
    mock = MockAirbyte(workspace=None)
    seed = {
        "substitutes": _declared(warehouse),
        "sources": [{"name": "CRM", "type": "salesforce"}],
        "destinations": [{"name": "DWH", "type": "destination-snowflake", "configuration": SNOWFLAKE}],
        "connections": [{"name": "C", "source": "CRM", "destination": "DWH"}],
    }
    plant(mock.world, seed)
    assert mock.job(mock.sync(mock.world.connections()[0].connection_id)).status == "succeeded"


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"snowflake": {"type": "sqlite"}}, "source-… or a destination-…"),
        ({"destination-snowflake": {"type": "teapot"}}, "no destination that the mock has.*sqlite"),
        ({"destination-snowflake": {"type": "sqlite"}}, r"missing=\['destination_path'\]"),
    ],
)
def test_a_substitute_that_cannot_stand_in_is_refused(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(BadSubstitute, match=message):
        MockAirbyte(substitutes=declared)


def test_a_substitutes_configuration_is_in_no_repr(warehouse: Path) -> None:
    assert "warehouse" not in repr(MockAirbyte(substitutes=_declared(warehouse)).world.substitutes)
