"""What is particular to files as a destination."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mock_airbyte import MockAirbyte, StreamConfig, SyncMode
from mock_airbyte.job_state import JobState
from tests.mock_airbyte.shops import people

ROWS: list[dict[str, Any]] = [{"id": 1, "text": "", "at": "2026-01-01T00:00:00Z"}, {"id": 2, "text": None, "at": None}]
SCHEMA = {
    "properties": {
        "id": {"type": "integer"},
        "text": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
    }
}


def _sync(mock: MockAirbyte, connector: str, configuration: dict[str, Any], *, times: int = 1) -> JobState:
    source = mock.create_source("S", "mock-inline", streams=people(*ROWS, json_schema=SCHEMA))
    destination = mock.create_destination("D", connector, **configuration)
    streams = [StreamConfig("people", None, SyncMode.FULL_REFRESH_APPEND)]
    connection = mock.create_connection(source, destination, streams=streams)
    states = [mock.job(mock.sync(connection)) for _ in range(times)]
    return states[-1]


def test_a_parquet_file_keeps_types(mock: MockAirbyte, tmp_path: Path) -> None:
    assert _sync(mock, "mock-files", {"folder": str(tmp_path / "new")}, times=2).status == "succeeded"
    frame = pl.read_parquet(tmp_path / "new" / "people.parquet")
    assert frame.schema == {
        "_airbyte_raw_id": pl.String,
        "_airbyte_extracted_at": pl.Datetime("us", "UTC"),
        "_airbyte_meta": pl.String,
        "_airbyte_generation_id": pl.Int64,
        "id": pl.Int64,
        "text": pl.String,
        "at": pl.Datetime("us", "UTC"),
    }
    assert frame["text"].to_list() == ["", None, "", None]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["people.parquet"], "nothing is left beside it"


@pytest.mark.parametrize(
    ("connector", "configuration"),
    [("destination-csv", {"destination_path": "."}), ("mock-files", {"folder": ".", "format": "csv"})],
)
def test_a_csv_file_tells_empty_text_from_null_after_it_was_added_to(
    mock: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connector: str, configuration: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _sync(mock, connector, configuration, times=2).status == "succeeded"
    lines = (tmp_path / "people.csv").read_text().splitlines()
    assert lines[0].startswith("_airbyte_raw_id,_airbyte_extracted_at,_airbyte_meta,_airbyte_generation_id,id,text,at")
    assert [line.split(",0,")[1] for line in lines[1:]] == ['1,"",2026-01-01T00:00:00.000000Z', "2,,"] * 2


@pytest.mark.parametrize(
    ("configuration", "message"),
    [({"folder": "taken"}, "cannot be written"), ({"folder": ".", "format": "avro"}, "parquet or csv")],
)
def test_what_cannot_be_written_is_a_failure_of_the_destination(
    mock: MockAirbyte,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    configuration: dict[str, Any],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("a file, not a folder")
    failure = _sync(mock, "mock-files", configuration).failure
    assert failure is not None
    assert (failure.origin, message in failure.external_message) == ("destination", True)
