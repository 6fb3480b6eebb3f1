"""The Airbyte room, its operator and its trigger against the mock, which really moves the rows."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from airflow.providers.common.compat.sdk import TaskDeferred

from mock_airbyte.lifecycle import Stage
from mock_airbyte.mock import MockAirbyte
from mock_airbyte.records import StreamConfig, SyncMode
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.airbyte.sync import sync
from taskflow_profilemesh.errors import AirbyteLoginRefused, ConnectionNotFound, SyncTimeout
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger
from tests.taskflow_profilemesh.airflow_connections import connect

USERS: dict[str, Any] = {"name": "users", "rows": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}]}
ORDERS: dict[str, Any] = {"name": "order items", "rows": [{"id": 7, "user": 1}], "namespace": "sales"}
BRIEF = (Stage("pending", 0.2), Stage("running", 0.6), Stage("succeeded"))
ENDLESS = (Stage("pending", 0), Stage("running", 600), Stage("succeeded"))


def client_of(airbyte: MockAirbyte, *, secret: str | None = None) -> AirbyteClient:
    password = secret or airbyte.client_secret
    return AirbyteClient.from_settings(
        AirbyteSettings.of(host=airbyte.root_url, login=airbyte.client_id, password=password)
    )


def shop(airbyte: MockAirbyte, folder: Path, **settings: Any) -> str:
    """Make the connection `Shop` into a SQLite file and return its id."""
    source = airbyte.create_source("Shop", "mock-inline", streams=[USERS, ORDERS])
    destination = airbyte.create_destination("Warehouse", "sqlite", destination_path=str(folder / "warehouse.db"))
    return airbyte.create_connection(source, destination, name="Shop", **settings)


def test_a_sync_names_the_tables_that_it_wrote_in_sqlite(mock_airbyte: MockAirbyte, tmp_path: Path) -> None:
    shop(mock_airbyte, tmp_path, prefix="raw ")
    with client_of(mock_airbyte) as client:
        result = sync(client, SyncSpec(connection="Shop"))
    assert result.tables == ("raw_users", "raw_order_items")
    assert result.rows_synced == 3
    assert [(stream.name, stream.rows_synced) for stream in result.streams] == [("users", 2), ("order items", 1)]
    assert result.attempts == 1
    with sqlite3.connect(tmp_path / "warehouse.db") as database:
        counts = [database.execute(f'select count(*) from "{table}"').fetchone()[0] for table in result.tables]
    database.close()
    assert counts == [2, 1]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("settings", "tables"),
    [
        ({}, ("lake.users", "lake.order_items")),
        ({"namespace_definition": "source"}, ("lake.users", "sales.order_items")),
        (
            {"namespace_definition": "custom_format", "namespace_format": "dwh ${SOURCE_NAMESPACE}"},
            ("dwh_.users", "dwh_sales.order_items"),
        ),
    ],
)
def test_a_sync_names_the_tables_that_it_wrote_in_postgres(
    mock_airbyte: MockAirbyte, postgres_url: str, settings: Any, tables: tuple[str, ...]
) -> None:
    address = psycopg.conninfo.conninfo_to_dict(postgres_url)
    source = mock_airbyte.create_source("Shop", "mock-inline", streams=[USERS, ORDERS])
    destination = mock_airbyte.create_destination(
        "Warehouse",
        "postgres",
        host=address.get("host"),
        port=int(address.get("port") or 5432),
        username=address.get("user"),
        password=address.get("password") or "",
        database=address["dbname"],
        schema="lake",
    )
    mock_airbyte.create_connection(source, destination, name="Shop", **settings)
    with client_of(mock_airbyte) as client:
        result = sync(client, SyncSpec(connection="Shop"))
    assert set(result.tables) == set(tables)
    with psycopg.connect(postgres_url) as database:
        for table in result.tables:
            schema, name = table.split(".")
            statement = psycopg.sql.SQL("select count(*) from {}").format(psycopg.sql.Identifier(schema, name))
            assert database.execute(statement).fetchone() == (2 if name == "users" else 1,)


def test_a_sync_mode_is_named_in_the_public_apis_words(mock_airbyte: MockAirbyte, tmp_path: Path) -> None:
    shop(mock_airbyte, tmp_path, streams=[StreamConfig("users", None, SyncMode.FULL_REFRESH_APPEND)])
    with client_of(mock_airbyte) as client:
        result = sync(client, SyncSpec(connection="Shop"))
    assert [(stream.name, stream.sync_mode) for stream in result.streams] == [("users", "full_refresh_append")]


def test_wrong_secrets_and_unknown_names_start_nothing(mock_airbyte: MockAirbyte, tmp_path: Path) -> None:
    shop(mock_airbyte, tmp_path)
    with client_of(mock_airbyte, secret="wrong") as client, pytest.raises(AirbyteLoginRefused):
        sync(client, SyncSpec(connection="Shop"))
    with client_of(mock_airbyte) as client, pytest.raises(ConnectionNotFound, match="Did you mean 'Shop'"):
        sync(client, SyncSpec(connection="Shp"))
    assert mock_airbyte.jobs() == ()


def test_both_modes_return_the_same_of_a_job_that_takes_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MockAirbyte(timeline=BRIEF) as airbyte:
        shop(airbyte, tmp_path)
        connect(monkeypatch, "shop", host=airbyte.root_url, login=airbyte.client_id, password=airbyte.client_secret)
        options: dict[str, Any] = {"connection": "Shop", "conn_id": "shop", "poll_interval_seconds": 0.1}
        blocking = AirbyteSyncOperator(task_id="sync", deferrable=False, **options).execute({"ti": None})  # type: ignore[typeddict-item] # by hand
        deferrable = AirbyteSyncOperator(task_id="sync", deferrable=True, **options)
        with pytest.raises(TaskDeferred) as caught:
            deferrable.execute({"ti": None})  # type: ignore[typeddict-item] # by hand
        name, kwargs = caught.value.trigger.serialize()
        assert name.endswith("AirbyteSyncTrigger")
        event = asyncio.run(first_event(AirbyteSyncTrigger(**kwargs)))
        fresh = AirbyteSyncOperator(task_id="sync", deferrable=True, **options)
        result = fresh.execute_complete({}, event)
        assert len(airbyte.jobs()) == 2
    assert blocking is not None
    assert result is not None
    differing = {"job_id", "started_at", "finished_at", "duration_seconds", "url"}
    assert {key: result[key] for key in result if key not in differing} == {
        key: blocking[key] for key in blocking if key not in differing
    }


def test_a_sync_that_takes_too_long_is_cancelled_and_called_too_long(tmp_path: Path) -> None:
    with MockAirbyte(timeline=ENDLESS) as airbyte:
        shop(airbyte, tmp_path)
        with client_of(airbyte) as client, pytest.raises(SyncTimeout) as caught:
            sync(client, SyncSpec(connection="Shop", timeout_seconds=1, poll_interval_seconds=0.1))
        assert [state.status for state in airbyte.jobs()] == ["cancelled"]
    assert caught.value.cancelled


async def first_event(trigger: AirbyteSyncTrigger) -> Any:
    return (await anext(trigger.run())).payload


def test_a_second_sync_joins_the_one_that_runs_and_a_killed_one_is_cancelled(tmp_path: Path) -> None:
    with MockAirbyte(timeline=ENDLESS) as airbyte:
        connection_id = shop(airbyte, tmp_path)
        with client_of(airbyte) as client:
            own = client.start(connection_id)
            joined = client.start(connection_id)
            assert (own.role, joined.role) == ("own", "joined")
            assert own.job.job_id == joined.job.job_id
            assert client.cancel(own.job.job_id).status == "cancelled"
        assert [state.status for state in airbyte.jobs()] == ["cancelled"]
