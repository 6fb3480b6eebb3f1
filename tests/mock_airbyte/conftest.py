"""What the mock's tests share: mocks whose time stands still, connections that move a few rows, and databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mock_airbyte import HandClock, MockAirbyte, by_clock
from tests.databases import mysql_connection
from tests.mock_airbyte import servers
from tests.mock_airbyte.api import CONFIG, Api
from tests.mock_airbyte.journeys import Journey
from tests.mock_airbyte.shops import people, select, select_files

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def mock() -> Iterator[MockAirbyte]:
    """A mock whose jobs move their rows at once, and whose time stands still."""
    mock = MockAirbyte(clock=HandClock(), patience_seconds=30)
    yield mock
    mock.stop()


@pytest.fixture
def slow_mock() -> Iterator[MockAirbyte]:
    """A mock whose jobs wait for 10 seconds and run for 50, by a clock that is moved by hand."""
    timeline = by_clock(pending_seconds=10, running_seconds=50)
    mock = MockAirbyte(clock=HandClock(), patience_seconds=30, timeline=timeline)
    yield mock
    mock.stop()


@pytest.fixture
def api(mock: MockAirbyte) -> Api:
    return Api(mock)


@pytest.fixture
def slow_api(slow_mock: MockAirbyte) -> Api:
    return Api(slow_mock)


@pytest.fixture
def config_api(mock: MockAirbyte) -> Api:
    return Api(mock, CONFIG)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.db"


@pytest.fixture
def postgres_parts(postgres_url: str) -> dict[str, Any]:
    """A database of the test's own, as a destination-postgres is told of it."""
    return servers.postgres_parts(postgres_url)


@pytest.fixture
def mysql_parts(mysql_url: str) -> dict[str, Any]:
    """A database of the test's own, as the MySQL connectors are told of it."""
    return servers.mysql_parts(mysql_url)


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A reader of the same database, apart from the mock's own connections."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def mysql(mysql_url: str) -> Iterator[Query]:
    """Reads the same database, apart from the mock's own connections."""
    with mysql_connection(mysql_url) as connection, connection.cursor() as cursor:

        def query(statement: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement.replace('"', "`"))
            return list(cursor.fetchall())

        yield query


@pytest.fixture(params=["sqlite", "postgres", "mysql", "csv", "mock-files"])
def journey(request: pytest.FixtureRequest, warehouse: Path) -> Iterator[Journey]:
    mock = MockAirbyte(clock=HandClock(), patience_seconds=30)
    rows = people({"id": 1, "name": "Ada", "at": "2026-01-01"})
    source = mock.create_source("Shop", "mock-inline", streams=rows)
    configuration, query = _place(request, warehouse)
    yield Journey(mock, source, mock.create_destination("W", request.param, **configuration), query)
    mock.stop()


def _place(request: pytest.FixtureRequest, warehouse: Path) -> tuple[dict[str, Any], Query]:
    """A destination's configuration, and a way to read what is there."""
    match request.param:
        case "sqlite":
            return {"destination_path": str(warehouse)}, lambda statement: select(warehouse, statement)
        case "postgres":
            connection = request.getfixturevalue("postgres")
            parts = request.getfixturevalue("postgres_parts")
            return parts, lambda statement: connection.execute(statement).fetchall()
        case "mysql":
            return request.getfixturevalue("mysql_parts"), request.getfixturevalue("mysql")
        case "csv":
            return {"destination_path": str(warehouse)}, partial(select_files, warehouse)
        case _:
            return {"folder": str(warehouse)}, partial(select_files, warehouse)
