from __future__ import annotations

from pathlib import Path

import pytest

from mock_airbyte.mock import MockAirbyte
from tests.flows.shop import Shop


@pytest.fixture
def shop(mock_airbyte: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop, its Airbyte and its warehouse, known to Airflow."""
    made = Shop(mock_airbyte, tmp_path)
    made.enter(monkeypatch)
    return made
