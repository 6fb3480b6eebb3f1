"""The tables that a sync's result names are those that exist: two rooms hold one rule, and neither knows the other."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.airbyte.sync import sync
from taskflow_profilemesh.demo.warehouse import postgres_account

NAMES = ["users", "Café Møller", "2026 orders", "a.b-c", "x" * 70, "ein sehr langer Name mit Ümlauten " * 3]


def _synced_tables(airbyte: MockAirbyte, destination_id: str) -> set[str]:
    """Sync streams with odd names into the destination and return the tables that the result tells of."""
    source_id = airbyte.create_source("Odd", "mock-inline", streams=[{"name": n, "rows": [{"id": 1}]} for n in NAMES])
    connection_id = airbyte.create_connection(source_id, destination_id, prefix="raw_")
    settings = AirbyteSettings.of(host=airbyte.url, login=airbyte.client_id, password=airbyte.client_secret)
    with AirbyteClient.from_settings(settings) as client:
        return set(sync(client, SyncSpec(connection=connection_id)).as_dict()["tables"])


def test_odd_stream_names_land_where_the_result_says_in_sqlite(mock_airbyte: MockAirbyte, tmp_path: Path) -> None:
    file = tmp_path / "warehouse.db"
    tables = _synced_tables(mock_airbyte, mock_airbyte.create_destination("File", "sqlite", destination_path=str(file)))
    with sqlite3.connect(file) as connection:
        found = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    assert len(tables) == len(NAMES)
    assert tables == found


@pytest.mark.parametrize("schema", ["public", "Landing"])
def test_odd_stream_names_land_where_the_result_says_in_postgres(
    mock_airbyte: MockAirbyte, postgres_url: str, schema: str
) -> None:
    account = postgres_account(postgres_url)
    destination_id = mock_airbyte.create_destination(
        "Database",
        "postgres",
        host=account.host,
        port=account.port,
        database=postgres_url.rpartition("/")[2],
        schema=schema,
        username=account.user,
        password=account.password,
    )
    tables = _synced_tables(mock_airbyte, destination_id)
    with psycopg.connect(postgres_url) as connection:
        rows = connection.execute("select table_name from information_schema.tables where table_schema = %s", [schema])
        assert tables == {f"{schema}.{name}" for (name,) in rows.fetchall()}
