"""A served mock whose rows land in PostgreSQL, and the environments of the clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.conformance.environments import PROVIDER, PYAIRBYTE, SDK, Client, Wanted, made
from tests.conformance.relay import relayed
from tests.conformance.served import Served, served, shop_seed
from tests.conformance.snowflakes import fakesnow_environment, new_database, snowflake_server

_ANY_PASSWORD = "anything"  # PyAirbyte wants one, and gets the mask of it from the API: the server must not ask


@pytest.fixture
def destination(postgres_url: str) -> Iterator[dict[str, Any]]:
    """A database of the test's own as a `destination-postgres`, at a host and a port: a socket's folder is no host."""
    parts = conninfo_to_dict(postgres_url)
    if parts.get("password"):
        pytest.skip("PyAirbyte reads with the password that the API shows, so the server must trust without one")
    host, port = str(parts.get("host", "127.0.0.1")), int(parts.get("port") or 5432)
    with ExitStack() as stack:
        if host.startswith("/"):
            host, port = "127.0.0.1", stack.enter_context(relayed(f"{host}/.s.PGSQL.{port}"))
        configuration = {
            "host": host,
            "port": port,
            "database": str(parts["dbname"]),
            "schema": "public",
            "username": str(parts["user"]),
            "password": _ANY_PASSWORD,
        }
        yield {"type": "destination-postgres", "configuration": configuration}


@pytest.fixture
def mock(destination: dict[str, Any], tmp_path: Path) -> Iterator[Served]:
    """A mock whose jobs wait and run for a moment, as every client of a real Airbyte sees it."""
    with served(tmp_path, shop_seed(destination), "--pending-seconds", "0.3", "--running-seconds", "0.5") as mock:
        yield mock


@pytest.fixture
def slow_mock(destination: dict[str, Any], tmp_path: Path) -> Iterator[Served]:
    """A mock whose jobs run for an hour."""
    with served(tmp_path, shop_seed(destination), "--running-seconds", "3600") as mock:
        yield mock


@pytest.fixture
def client(tmp_path: Path) -> Callable[[Wanted], Client]:
    """Takes a client's environment, made first where it is missing, and a work folder of the test's own."""

    def take(wanted: Wanted) -> Client:
        work = tmp_path / "work"
        work.mkdir()
        return Client(made(wanted), work)

    return take


@pytest.fixture
def pyairbyte(client: Callable[[Wanted], Client]) -> Client:
    return client(PYAIRBYTE)


@pytest.fixture
def sdk(client: Callable[[Wanted], Client]) -> Client:
    return client(SDK)


@pytest.fixture
def provider(client: Callable[[Wanted], Client]) -> Client:
    return client(PROVIDER)


@pytest.fixture(scope="module")
def snowflake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """`host:port` of a stand-in for Snowflake, and its log."""
    environment, reason = fakesnow_environment()
    if environment is None:
        pytest.skip(reason)
    with snowflake_server(environment, tmp_path_factory.mktemp("fakesnow")) as server:
        yield server


@pytest.fixture
def snowflake_url(snowflake: tuple[str, Path]) -> str:
    """A database of the test's own on the stand-in for Snowflake."""
    return new_database(snowflake[0])
