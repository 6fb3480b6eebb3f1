from __future__ import annotations

from pathlib import Path

import pytest

from tests.grown import DATABASES, Grown, grown


@pytest.fixture(params=DATABASES)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Grown:
    filled = grown(request, tmp_path)
    filled.fill(range(1, 2_001))
    return filled


@pytest.fixture
def postgres_table(postgres_url: str) -> Grown:
    filled = Grown(postgres_url)
    filled.create()
    filled.fill(range(1, 2_001))
    return filled
