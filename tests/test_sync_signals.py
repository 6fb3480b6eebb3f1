"""What Airbyte's own columns say of a table, from each kind of database and file to the profile that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import polars as pl
import pytest

from mock_airbyte.job_state import JobState
from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.cli import main
from taskflow_profilemesh.errors import PartsIncomplete
from taskflow_profilemesh.outcome import ProfiledTable, Run
from taskflow_profilemesh.parts import merge_parts, save_part
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling import TableProfile
from taskflow_profilemesh.profiling.facts import SyncSignals
from taskflow_profilemesh.reading.files import FileSource
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.storage.codec import decode_profile, encode_profile
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock
from tests.grown import DATABASES, Grown
from tests.taskflow_profilemesh.reading.servers import source_at

T = TableRef("t")
RUN = Run(run_id="r1", origin="shop.profile")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ONE = datetime(2026, 1, 1, 13, 0, 0, 250_000, tzinfo=UTC)

_TYPES = {
    "mysql": ("timestamp(6) null", "json"),
    "sqlite": ("timestamp", "text"),
}
_CLEAN = '{"sync_id": 1, "changes": []}'
_CHANGED = (
    '{"sync_id": 2, "changes": [{"field": "name", "change": "NULLED", "reason": "SOURCE_FIELD_SIZE_LIMITATION"}]}'
)


@dataclass(frozen=True)
class Synced(Grown):
    """The table `t` of a database as Airbyte writes it: id, name and Airbyte's four columns."""

    def create(self) -> None:
        """Make the table."""
        moment, document = _TYPES.get(self.url.partition("://")[0], ("timestamptz", "jsonb"))
        self.run(
            "create table t (_airbyte_raw_id varchar(36) not null,"
            f" _airbyte_extracted_at {moment}, _airbyte_meta {document}, _airbyte_generation_id bigint,"
            " id bigint primary key, name varchar(40))"
        )

    def sync(self, numbers: Iterable[int], *, hour: int, generation: int, meta: str | None = _CLEAN) -> None:
        """Add rows of one sync."""
        document = "null" if meta is None else f"'{meta}'"
        rows = (
            f"('raw {n}', '2026-01-01 {hour:02}:00:00.25', {document}, {generation}, {n}, 'n {n % 7}')" for n in numbers
        )
        self.run(f"insert into t values {', '.join(rows)}")


@pytest.fixture(params=DATABASES)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Synced:
    if request.param == "sqlite":
        (tmp_path / "synced.db").touch()
        made = Synced(f"sqlite:///{tmp_path / 'synced.db'}")
    else:
        made = Synced(str(request.getfixturevalue(f"{request.param}_url")))
    made.create()
    return made


def run(table: Synced, store: MemoryStore | None = None, *, small_rows: int = 500, **request: Any) -> ProfiledTable:
    pipeline = Pipeline(source=table.source, store=store or MemoryStore(), clock=HandClock(), small_rows=small_rows)
    return pipeline.run([TableRequest(T, **request)], RUN).profiled[0]


def profile(table: Synced, **request: Any) -> TableProfile:
    return run(table, **request).stored.profile


def at(hour: int) -> datetime:
    return datetime(2026, 1, 1, hour, 0, 0, 250_000, tzinfo=UTC)


def test_the_signals_are_read_and_the_columns_are_in_no_schema_and_no_statistic(table: Synced) -> None:
    table.sync(range(6), hour=12, generation=3)
    table.sync(range(6, 8), hour=13, generation=4, meta=_CHANGED)
    found = profile(table)
    assert found.signals == SyncSignals(at(13), 2 / 8, (3, 4))
    assert [column.name for column in found.schema.columns] == ["id", "name"]
    assert [column.schema.name for column in found.columns] == ["id", "name"]
    assert decode_profile(encode_profile(found)).signals == found.signals


def test_tables_that_are_read_in_ranges_have_the_same_signals(table: Synced) -> None:
    table.sync(range(1, 1_501), hour=12, generation=3)
    table.sync(range(1_501, 2_001), hour=9, generation=2, meta=_CHANGED)
    assert len(table.source.plan(TableRequest(T)).queries) > 1
    assert profile(table).signals == SyncSignals(at(12), 0.25, (2, 3))


@pytest.mark.parametrize(
    ("meta", "ratio"),
    [
        (_CHANGED, 1.0),
        (_CLEAN, 0.0),
        ('{"errors": ["Problem with name"]}', 1.0),
        ('{"errors": []}', 0.0),
        ('{"changes": [], "errors": ["x"]}', 1.0),
        ('{"changes": null}', 0.0),
        ("{}", 0.0),
        (None, None),
    ],
)
def test_what_counts_as_changed(table: Synced, meta: str | None, ratio: float | None) -> None:
    table.sync(range(4), hour=12, generation=1, meta=meta)
    assert profile(table).signals == SyncSignals(at(12), ratio, (1,))


def test_a_table_with_a_part_of_the_columns_has_a_part_of_the_signals(table: Synced) -> None:
    table.sync(range(4), hour=12, generation=1)
    table.run("alter table t drop column _airbyte_generation_id", "alter table t drop column _airbyte_meta")
    assert profile(table).signals == SyncSignals(at(12), None, ())


def test_a_column_that_is_asked_for_by_name_is_data_and_a_signal(table: Synced) -> None:
    table.sync(range(4), hour=12, generation=1)
    found = profile(table, columns=("id", "_airbyte_meta"))
    assert [column.name for column in found.schema.columns] == ["_airbyte_meta", "id", "name"]
    assert [column.schema.name for column in found.columns] == ["_airbyte_meta", "id"]
    assert found.columns[0].distinct is not None
    assert found.signals == SyncSignals(None, 0.0, ())


def test_only_the_columns_that_are_asked_for_are_read(table: Synced) -> None:
    table.sync(range(4), hour=12, generation=1)
    assert profile(table, columns=("id",)).signals is None
    assert profile(table, exclude_columns=("_airbyte_meta",)).signals == SyncSignals(at(12), None, (1,))


def test_a_sample_has_signals_and_the_latest_extraction_is_that_of_all_rows(table: Synced) -> None:
    table.sync(range(1, 2_001), hour=12, generation=3)
    table.sync([2_001], hour=13, generation=3)
    found = profile(table, sample=0.2)
    assert found.signals is not None
    assert 0 < found.profiled_rows < found.row_count == 2_001
    if not table.url.startswith("sqlite"):  # whose moments are texts, which it does not compare
        assert found.signals.latest_extracted_at == at(13)
    assert replace(found.signals, latest_extracted_at=None) == SyncSignals(None, 0.0, (3,))


@pytest.mark.parametrize("cursor", ["id", "_airbyte_extracted_at"])
def test_signals_of_new_rows_are_merged_into_those_of_the_last_profile(table: Synced, cursor: str) -> None:
    store = MemoryStore()
    table.sync(range(1, 1_001), hour=12, generation=3)
    run(table, store, incremental=cursor)
    table.sync(range(1_001, 1_251), hour=13, generation=4, meta=_CHANGED)
    profiled = run(table, store, incremental=cursor)
    assert "Only the 250 rows" in str(profiled.reason)
    assert profiled.stored.profile.signals == SyncSignals(at(13), 0.2, (3, 4))


def test_a_state_without_a_signal_that_is_read_now_is_not_gone_on_from(table: Synced) -> None:
    store = MemoryStore()
    table.sync(range(1, 1_001), hour=12, generation=3, meta=_CHANGED)
    run(table, store, incremental="id", exclude_columns=("_airbyte_meta",))
    table.sync(range(1_001, 2_001), hour=13, generation=4)
    profiled = run(table, store, incremental="id")
    assert "it is of another part of the table (signal columns)" in str(profiled.reason)
    assert profiled.stored.profile.signals == SyncSignals(at(13), 0.5, (3, 4))


def test_parts_of_a_table_merge_their_signals_and_are_refused_where_they_are_of_others(table: Synced) -> None:
    table.sync(range(1, 1_001), hour=12, generation=3)
    table.sync(range(1_001, 2_001), hour=13, generation=4, meta=_CHANGED)
    pipeline = Pipeline(source=table.source, store=MemoryStore(), clock=HandClock(), small_rows=500)
    for part, where in {"low": "id <= 1000", "high": "id > 1000"}.items():
        save_part(pipeline, TableRequest(T, where=where), RUN, part=part)
    merged = merge_parts(pipeline, TableRequest(T), RUN, parts=["low", "high"])
    assert merged.stored.profile.signals == SyncSignals(at(13), 0.5, (3, 4))
    with pytest.raises(PartsIncomplete, match="signal columns"):
        merge_parts(pipeline, TableRequest(T, exclude_columns=("_airbyte_meta",)), RUN, parts=["low", "high"])


def test_the_command_prints_the_signals_in_one_line(table: Synced, capsys: pytest.CaptureFixture[str]) -> None:
    table.sync(range(6), hour=12, generation=3)
    table.sync(range(6, 8), hour=13, generation=4, meta=_CHANGED)
    assert main(["profile", table.url, "t"]) == 0
    line = "  Airbyte: last extracted 2026-01-01 13:00:00 UTC; 25.0% of the rows have changes; generations 3, 4."
    assert line in capsys.readouterr().out.splitlines()


def test_a_moment_that_is_none_leaves_sqlite_the_others(tmp_path: Path) -> None:
    (tmp_path / "s.db").touch()
    table = Synced(f"sqlite:///{tmp_path / 's.db'}")
    table.create()
    table.sync(range(4), hour=12, generation=1)
    table.run("insert into t values ('r', 'soon', x'00', 'two', 9, 'n')")  # blobs and texts where none belong
    found = profile(table)
    assert found.signals == SyncSignals(at(12), 0.0, (1,))
    assert found.row_count == 5


ROWS: list[Mapping[str, Any]] = [
    {"id": 1, "name": "a", "age": 4},
    {"id": 2, "name": "b", "age": "four"},  # no number: the destination nulls it, and says so
    {"id": 3, "name": "c", "age": 5},
    {"id": 4, "name": "d", "age": 6},
]
_SCHEMA = {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "age": {"type": "integer"}}}


def _synced(airbyte: MockAirbyte, kind: str, **settings: Any) -> JobState:
    """Sync the rows to a destination of the mock."""
    source = airbyte.create_source("S", "mock-inline", streams=[{"name": "t", "rows": ROWS, "json_schema": _SCHEMA}])
    connection = airbyte.create_connection(source, airbyte.create_destination("D", kind, **settings))
    job = airbyte.job(airbyte.sync(connection))
    assert job.status == "succeeded", job.failure
    return job


def _of_mock(found: TableProfile, job: JobState) -> None:
    assert found.signals is not None
    assert found.signals.latest_extracted_at is not None
    assert job.job.created_at <= found.signals.latest_extracted_at <= job.updated_at
    assert (found.row_count, found.signals.changed_ratio, len(found.signals.generations)) == (4, 0.25, 1)
    assert [column.name for column in found.schema.columns] == ["id", "name", "age"]


@pytest.mark.parametrize(
    "kind",
    [
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ],
)
def test_what_an_airbyte_destination_writes_is_understood(
    mock_airbyte: MockAirbyte, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'w.db'}"
        job = _synced(mock_airbyte, kind, destination_path=str(tmp_path / "w.db"))
    else:
        url = str(request.getfixturevalue(f"{kind}_url"))
        job = _synced(mock_airbyte, kind, **_parts(url))
    pipeline = Pipeline(source=source_at(url), store=MemoryStore(), clock=HandClock())
    _of_mock(pipeline.run([TableRequest(T)], RUN).profiled[0].stored.profile, job)


def _parts(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "host": unquote(parts.hostname or "127.0.0.1"),
        "port": parts.port or (3306 if url.startswith("mysql") else 5432),
        "database": parts.path.strip("/"),
        "username": parts.username or "root",
        "password": parts.password or "",
        "schema": "public",
    }


def of_file(folder: Path, **request: Any) -> TableProfile:
    pipeline = Pipeline(source=FileSource(folder, name="files"), store=MemoryStore(), clock=HandClock())
    return pipeline.run([TableRequest(T, **request)], RUN).profiled[0].stored.profile


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_files_of_a_destination_have_signals(mock_airbyte: MockAirbyte, form: str, tmp_path: Path) -> None:
    job = _synced(mock_airbyte, "destination-mock-files", folder=str(tmp_path), format=form)
    _of_mock(of_file(tmp_path), job)


def test_json_lines_with_milliseconds_and_documents_have_signals(tmp_path: Path) -> None:
    rows = [
        {"_airbyte_extracted_at": 1767268800000 + n, "_airbyte_meta": json.loads(meta), "_airbyte_generation_id": 7}
        | {"id": n}
        for n, meta in enumerate([_CLEAN, _CHANGED])
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert of_file(tmp_path).signals == SyncSignals(NOON.replace(microsecond=1_000), 0.5, (7,))


def test_a_sample_of_a_file_has_the_latest_extraction_of_all_rows(tmp_path: Path) -> None:
    moments = [NOON] * 4_000 + [ONE]
    pl.DataFrame({"id": range(4_001), "_airbyte_extracted_at": moments}).write_parquet(tmp_path / "t.parquet")
    found = of_file(tmp_path, sample=0.1)
    assert found.profiled_rows < found.row_count
    assert found.signals == SyncSignals(ONE, None, ())
