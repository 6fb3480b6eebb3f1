"""A table that grows, in each of the databases: what tests of incremental profiles and of parts write to and read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from taskflow_profilemesh.reading import DatabaseSource
from tests.taskflow_profilemesh.reading.servers import in_mysql, in_postgres, in_sqlite, source_at

_MOMENT = {"postgresql": "timestamptz", "mysql": "datetime(6)", "sqlite": "timestamp"}

DATABASES = [
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("mysql", marks=pytest.mark.mysql),
]


@dataclass(frozen=True)
class Grown:
    """The table `t` of a database: id (a key), at (a moment, null for id 0), amount, name."""

    url: str

    @property
    def source(self) -> DatabaseSource:
        """The database as a source, in batches of 700 rows."""
        return source_at(self.url, batch_rows=700)

    def run(self, *statements: str) -> None:
        """Run statements that every database understands."""
        scheme, _, rest = self.url.partition("://")
        match scheme:
            case "sqlite":
                in_sqlite(Path(rest.removeprefix("/")), *statements)
            case "mysql":
                in_mysql(self.url, *statements)
            case _:
                in_postgres(self.url, *statements)

    def create(self) -> None:
        """Make the table."""
        kind = _MOMENT.get(self.url.partition("://")[0], "timestamptz")
        self.run(f"create table t (id bigint primary key, at {kind}, amount decimal(12, 2), name varchar(40))")

    def fill(self, numbers: Iterable[int], *, sync: int = 0) -> None:
        """Add rows; `sync` is the hour of their moment."""
        self.run(f"insert into t values {', '.join(_row(number, sync) for number in numbers)}")


def _row(number: int, sync: int) -> str:
    moment = f"'2026-01-01 {sync:02}:00:00'"
    return f"({number}, {moment}, {number % 97}.{number % 90 + 10}, 'name {number % 61}')"


def grown(request: pytest.FixtureRequest, folder: Path) -> Grown:
    """Return the table of the database that the test is parametrised with."""
    if request.param == "sqlite":
        file = folder / "grown.db"
        file.touch()
        table = Grown(f"sqlite:///{file}")
    else:
        table = Grown(str(request.getfixturevalue(f"{request.param}_url")))
    table.create()
    return table
