from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_airbyte.lifecycle import MANUAL
from mock_airbyte.mock import MockAirbyte
from tests.flows.shop import Shop
from tests.flows.tries import Tries, add_connection
from tests.taskflow_profilemesh.airflow_connections import connect


@pytest.fixture
def shop(mock_airbyte: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop, its Airbyte and its warehouse, known to Airflow."""
    made = Shop(mock_airbyte, tmp_path)
    made.enter(monkeypatch)
    return made


@pytest.fixture
def airbyte(tmp_path: Path) -> Iterator[MockAirbyte]:
    """A mock whose jobs move only by hand."""
    with MockAirbyte(timeline=MANUAL) as mock:
        add_connection(mock, tmp_path, "Shop")
        yield mock


@pytest.fixture
def tries(airbyte: MockAirbyte) -> Tries:
    """One task of one DAG run, which syncs the mock's connection."""
    return Tries(airbyte)


@pytest.fixture
def known(airbyte: MockAirbyte, monkeypatch: pytest.MonkeyPatch) -> MockAirbyte:
    """The mock, known to Airflow as `airbyte_default`."""
    credentials = {"login": airbyte.client_id, "password": airbyte.client_secret}
    connect(monkeypatch, "airbyte_default", host=airbyte.url, **credentials)  # the stock sensor needs the whole base
    return airbyte
