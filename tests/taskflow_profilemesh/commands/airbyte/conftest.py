from __future__ import annotations

import os

import pytest

from mock_airbyte.mock import MockAirbyte
from tests.taskflow_profilemesh.commands.airbyte.server import variables


@pytest.fixture(autouse=True)
def server(mock_airbyte: MockAirbyte, monkeypatch: pytest.MonkeyPatch) -> MockAirbyte:
    for name in [name for name in os.environ if name.startswith("AIRFLOW_CONN_")]:
        monkeypatch.delenv(name)
    for name, value in variables(mock_airbyte).items():
        monkeypatch.setenv(name, value)
    return mock_airbyte
