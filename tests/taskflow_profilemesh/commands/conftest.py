"""What the commands are tried on: databases to profile, and a store that remembers some runs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from taskflow_profilemesh.storage import open_store
from tests.taskflow_profilemesh.profiles import numbers, table, texts
from tests.taskflow_profilemesh.reading.servers import in_sqlite
from tests.taskflow_profilemesh.storage.runs import run


@pytest.fixture
def shop(tmp_path: Path) -> str:
    rows = [(n, n / 2, f"2024-01-{1 + n % 3:02}") for n in range(1, 1001)]
    url = in_sqlite(
        tmp_path / "shop.db",
        "create table orders (id integer primary key, price real, day date)",
        "insert into orders values (?, ?, ?)",
        rows=rows,
    )
    in_sqlite(
        tmp_path / "shop.db", "create table tmp_1 (a int)", "create view order_days as select distinct day from orders"
    )
    return url


@pytest.fixture
def growing(tmp_path: Path) -> str:
    """Return the URL of a table that is too large to be read whole each time."""
    return in_sqlite(
        tmp_path / "growing.db",
        "create table t (id integer primary key, a int)",
        "insert into t values (?, ?)",
        rows=[(n, n % 7) for n in range(1, 60_001)],
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Airflow home, in which the command stands."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    for name in ("STORE", "KEEP_RUNS", "KEEP_DAYS"):
        monkeypatch.delenv(f"AIRFLOW__PROFILEMESH__{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with three runs of a table, of which the last has drifted from the one before."""
    url = f"sqlite:///{tmp_path / 'profiles.db'}"
    with closing(open_store(url)) as opened:
        for number, shift in ((1, 0.0), (2, 0.0), (3, 500.0)):
            values = [float(value) + shift for value in range(1000)]
            profile = table(numbers("price", values), texts("note", ["a", "b"] * 500), rows=1000)
            opened.save(run(number, profile=profile))
    return url
