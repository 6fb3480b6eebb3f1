"""A shop whose tables Airbyte syncs to a warehouse: the world that flow tests happen in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.storage import ProfileStore, open_store

CONNECTION = "Shop → Warehouse"


def users(count: int = 1_000, **changes: Any) -> list[dict[str, Any]]:
    """Return rows of a users table: an id, a name, an age from 20 to 69, and a country of five."""
    return [
        {"id": i, "name": f"user {i}", "age": 20 + i % 50, "country": "ABCDE"[i % 5]} | changes for i in range(count)
    ]


def orders(count: int = 600) -> list[dict[str, Any]]:
    """Return rows of an orders table: an id, its user and an amount."""
    return [{"id": i, "user_id": i % 100, "amount": i * 0.5} for i in range(count)]


@dataclass
class Shop:
    """A mock Airbyte with one connection, a SQLite warehouse, and a store of profiles of the test's own."""

    airbyte: MockAirbyte
    folder: Path
    source_id: str = field(init=False)
    connection_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.source_id = self.airbyte.create_source("Shop", "mock-inline", streams=self._streams(users(), orders()))
        destination_id = self.airbyte.create_destination("Warehouse", "sqlite", destination_path=str(self.warehouse))
        self.connection_id = self.airbyte.create_connection(
            self.source_id, destination_id, name=CONNECTION, schema_updates="propagate_columns"
        )

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.db"

    @property
    def store_url(self) -> str:
        return f"sqlite:///{self.folder / 'profiles.db'}"

    def store(self) -> ProfileStore:
        return open_store(self.store_url)

    def sell(self, new_users: list[dict[str, Any]]) -> None:
        """Change what the source holds, as the next sync will see it."""
        self.airbyte.configure("source", self.source_id, streams=self._streams(new_users, orders()))

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Tell Airflow of Airbyte, of the warehouse and of the store."""
        airbyte = {
            "conn_type": "airbyte",
            "host": self.airbyte.url,
            "login": self.airbyte.client_id,
            "password": self.airbyte.client_secret,
        }
        warehouse = {"conn_type": "sqlite", "host": str(self.warehouse)}
        monkeypatch.setenv("AIRFLOW_CONN_AIRBYTE_DEFAULT", json.dumps(airbyte))
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(warehouse))
        monkeypatch.setenv("AIRFLOW__PROFILEMESH__STORE", self.store_url)

    @staticmethod
    def _streams(*tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"name": name, "rows": rows} for name, rows in zip(("users", "orders"), tables, strict=True)]
