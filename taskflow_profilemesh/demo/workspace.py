"""What the demo creates in Airbyte, through the same public API that an Airbyte of your own has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from taskflow_profilemesh.demo.flights import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from taskflow_profilemesh.demo.warehouse import Warehouse

CONNECTION = "Flights → Warehouse"
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Login:
    """An Airbyte application: where, and as whom."""

    base_url: str
    client_id: str
    client_secret: str


def create_connection(login: Login, source_folder: Path, warehouse: Warehouse) -> None:
    """Create a workspace, a source over the files, a destination and the connection between them."""
    with requests.Session() as session:
        token = _post(
            session, login, "applications/token", {"client_id": login.client_id, "client_secret": login.client_secret}
        )
        session.headers["Authorization"] = f"Bearer {token['access_token']}"
        workspace = _post(session, login, "workspaces", {"name": "Demo"})["workspaceId"]
        source = {
            "name": "Flights",
            "workspaceId": workspace,
            "configuration": {"sourceType": "mock-files", "folder": str(source_folder)},
        }
        destination = {
            "name": "Warehouse",
            "workspaceId": workspace,
            "configuration": {"destinationType": warehouse.destination_type, **warehouse.destination},
        }
        connection = {
            "name": CONNECTION,
            "sourceId": _post(session, login, "sources", source)["sourceId"],
            "destinationId": _post(session, login, "destinations", destination)["destinationId"],
            "configurations": {"streams": [{"name": name, "syncMode": "full_refresh_overwrite"} for name in TABLES]},
            "nonBreakingSchemaUpdatesBehavior": "propagate_columns",  # its story is a column that gets another name
        }
        _post(session, login, "connections", connection)


def _post(session: requests.Session, login: Login, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = session.post(f"{login.base_url}/{path}", json=body, timeout=_TIMEOUT_SECONDS)
    answer.raise_for_status()
    content: dict[str, Any] = answer.json()
    return content
