"""A mock with connections, and the variables by which a command finds it."""

from __future__ import annotations

from pathlib import Path

from mock_airbyte.mock import MockAirbyte


def variables(mock: MockAirbyte) -> dict[str, str]:
    return {
        "AIRBYTE_API_URL": mock.root_url,
        "AIRBYTE_CLIENT_ID": mock.client_id,
        "AIRBYTE_CLIENT_SECRET": mock.client_secret,
    }


def connect(mock: MockAirbyte, folder: Path, *names: str) -> dict[str, str]:
    """Make connections that each move two rows; return their ids."""
    rows = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}]
    source = mock.create_source("Shop", "mock-inline", streams=[{"name": "people", "rows": rows}])
    made = {}
    for number, name in enumerate(names):
        warehouse = mock.create_destination(f"W{number}", "sqlite", destination_path=str(folder / f"w{number}.db"))
        made[name] = mock.create_connection(source, warehouse, name=name)
    return made
