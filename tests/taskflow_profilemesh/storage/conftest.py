"""One fixture, every store: what a test here says holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from taskflow_profilemesh.storage import MemoryStore, ProfileStore, open_store

_DATABASES = [
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("mysql", marks=pytest.mark.mysql),
]


@pytest.fixture(params=_DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'profilemesh.db'}"
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["memory", *_DATABASES])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ProfileStore]:
    """An empty store, of each kind in turn."""
    if request.param == "memory":
        yield MemoryStore()
        return
    url = f"sqlite:///{tmp_path / 'profilemesh.db'}"
    if request.param != "sqlite":
        url = request.getfixturevalue(f"{request.param}_url")
    with closing(open_store(url)) as opened:
        yield opened
