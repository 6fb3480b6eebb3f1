"""Airbyte's own source connectors, as they come from the package index, run by a served mock into SQLite."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mock_airbyte import MockAirbyte, StreamConfig, SyncMode
from mock_airbyte.job_state import JobState
from tests.conformance.environments import Wanted, made
from tests.mock_airbyte.api import CONFIG, Api
from tests.mock_airbyte.shops import select

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(1200)]  # the first one installs
_HARDCODED = Wanted("source-hardcoded-records", ("airbyte-source-hardcoded-records==0.0.48",))
_FAKER = Wanted("source-faker", ("airbyte-source-faker==7.2.1",))
_FILE = Wanted("source-file", ("airbyte-source-file==0.5.39",))
_LEAST_RECORDS_A_SECOND = 500  # far below what is seen anywhere: it must not be a matter of minutes


@contextmanager
def _served(wanted: Wanted) -> Iterator[MockAirbyte]:
    with MockAirbyte(patience_seconds=300, connectors={wanted.name: str(made(wanted))}) as mock:
        yield mock


def _connected(
    mock: MockAirbyte, folder: Path, name: str, configuration: dict[str, Any], *streams: StreamConfig
) -> str:
    source = mock.create_source("Source", name, **configuration)
    assert mock.world.check(mock.world.actor("source", source)) is None
    warehouse = mock.create_destination("Warehouse", "sqlite", destination_path=str(folder / "w.db"))
    return mock.create_connection(source, warehouse, streams=streams or None)


def _synced(mock: MockAirbyte, connection: str) -> JobState:
    state = mock.job(mock.sync(connection))
    assert state.status == "succeeded", (state.failure, [line.message for line in state.lines[-20:]])
    return state


def test_hardcoded_records_arrive_whole(tmp_path: Path) -> None:
    with _served(_HARDCODED) as mock:
        connection = _connected(mock, tmp_path, _HARDCODED.name, {"count": 20_000})
        begun = time.monotonic()
        state = _synced(mock, connection)
        rate = state.rows_committed / (time.monotonic() - begun)
    assert {one.name: one.records_committed for one in state.streams} == dict.fromkeys(
        ("products", "customers", "dummy_fields"), 20_000
    )
    assert select(tmp_path / "w.db", "select count(*), min(id), max(make) from products") == [(20_000, 1, "Mazda")]
    assert rate > _LEAST_RECORDS_A_SECOND


def test_faker_goes_on_from_its_own_state(tmp_path: Path) -> None:
    users = StreamConfig("users", None, SyncMode.INCREMENTAL_DEDUPED_HISTORY)
    configuration = {"count": 300, "seed": 1, "always_updated": False, "parallelism": 1}
    with _served(_FAKER) as mock:
        connection = _connected(mock, tmp_path, _FAKER.name, configuration, users)
        first = _synced(mock, connection)
        shown = Api(mock, CONFIG).post("/state/get", {"connectionId": connection})
        second = _synced(mock, connection)
    assert (first.rows_committed, second.rows_committed) == (300, 0)
    (stream,) = shown["streamState"]
    assert stream["streamDescriptor"] == {"name": "users"}
    assert {"seed", "updated_at"} <= set(stream["streamState"])
    assert select(tmp_path / "w.db", "select count(distinct id), count(*) from users") == [(300, 300)]


def test_faker_is_told_what_is_wrong_with_its_configuration() -> None:
    with _served(_FAKER) as mock, pytest.raises(ValueError, match=r"\$\.count: must have a minimum value of 1"):
        mock.create_source("Source", _FAKER.name, count=0)


def test_a_file_is_read_and_its_failures_are_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1,Ada\n2,Grace\n")
    configuration = {"dataset_name": "people", "format": "csv", "url": str(path), "provider": {"storage": "local"}}
    with _served(_FILE) as mock:
        connection = _connected(mock, tmp_path, _FILE.name, configuration)
        _synced(mock, connection)
        assert select(tmp_path / "w.db", "select id, name from people order by id") == [(1, "Ada"), (2, "Grace")]
        path.unlink()
        wrong = mock.world.check(mock.world.actor("source", mock.world.connection(connection).source_id))
        assert wrong is not None
        assert "No such file or directory" in wrong
        state = mock.job(mock.sync(connection))
    assert state.failure is not None
    assert (state.status, state.failure.origin) == ("failed", "source")
