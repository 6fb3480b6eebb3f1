from __future__ import annotations

import gzip
import json
import math
import zipfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mock_airbyte.failures import SyncFailure
from mock_airbyte.sources.faker import open_faker
from mock_airbyte.sources.files import files_in_folder, single_file
from mock_airbyte.sources.fitting import fit_frame, fit_value
from mock_airbyte.sources.inline import open_inline
from mock_airbyte.sources.protocol import Column, Source, Stream
from mock_airbyte.types import POLARS_TYPES, AirbyteType

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _read(source: Source, name: str) -> tuple[Stream, pl.DataFrame]:
    stream = next(stream for stream in source.streams() if stream.name == name)
    return stream, pl.concat([batch.frame for batch in source.batches(stream)])


def _types(stream: Stream) -> dict[str, str]:
    return {column.name: str(column.type) for column in stream.columns}


def test_csv_columns_are_typed_by_all_of_their_values(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "i,f,b,d,z,n,t,s,mixed,empty\n"
        "1,1,true,2026-01-02,2026-01-02T03:04:05Z,2026-01-02 03:04:05.5,10:00,x,1,\n"
        "-2,2.5,FALSE,2026-01-03,2026-01-02T03:04+02:00,2026-01-02T03:04,10:00:01.25,,a,\n"
    )
    stream, frame = _read(files_in_folder({"folder": str(tmp_path)}), "t")
    assert _types(stream) == {
        "i": "integer",
        "f": "number",
        "b": "boolean",
        "d": "date",
        "z": "timestamp_with_timezone",
        "n": "timestamp_without_timezone",
        "t": "time_without_timezone",
        "s": "string",
        "mixed": "string",
        "empty": "string",
    }
    assert frame.row(0) == (
        1,
        1.0,
        True,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 5, 500_000),  # noqa: DTZ001 -- the column has no zone
        time(10),
        "x",
        "1",
        None,
    )
    assert frame["z"][1] == datetime(2026, 1, 2, 1, 4, tzinfo=UTC)


def test_a_fraction_after_ten_thousand_integers_makes_the_column_a_number(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x\n" + "1\n" * 20_000 + "0.5\n")
    stream, frame = _read(files_in_folder({"folder": str(tmp_path)}), "t")
    assert _types(stream) == {"x": "number"}
    assert frame["x"].sum() == 20_000.5


def test_an_integer_too_large_for_a_database_stays_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x\n99999999999999999999\n")
    stream, _ = _read(files_in_folder({"folder": str(tmp_path)}), "t")
    assert _types(stream)["x"] in {"number", "string"}


def test_every_known_file_of_a_folder_is_a_stream_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"x\n2\n"))
    with zipfile.ZipFile(tmp_path / "c.csv.zip", "w") as archive:
        archive.writestr("whatever.csv", "x\n3\n")
    pl.DataFrame({"x": [4]}).write_parquet(tmp_path / "d.parquet")
    (tmp_path / "e.v2.jsonl").write_text('{"x": 5}\n')
    (tmp_path / "notes.txt").write_text("not a table")
    source = files_in_folder({"folder": str(tmp_path)})
    assert [(stream.name, _read(source, stream.name)[1]["x"].to_list()) for stream in source.streams()] == [
        ("a", [1]),
        ("b", [2]),
        ("c", [3]),
        ("d", [4]),
        ("e.v2", [5]),
    ]


def test_a_changed_file_is_a_changed_stream(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("old\n1\n")
    source = files_in_folder({"folder": str(tmp_path)})
    assert _types(source.streams()[0]) == {"old": "integer"}
    (tmp_path / "t.csv").write_text("new,more\nx,2\n")
    assert _types(source.streams()[0]) == {"new": "string", "more": "integer"}


def test_a_file_is_read_in_bounded_batches(tmp_path: Path) -> None:
    pl.DataFrame({"x": range(200_000)}).write_csv(tmp_path / "t.csv")
    source = files_in_folder({"folder": str(tmp_path)})
    sizes = [batch.frame.height for batch in source.batches(source.streams()[0])]
    assert sum(sizes) == 200_000
    assert max(sizes) <= 65_536


def test_texts_that_mean_nothing_are_named_by_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x;y\n1;NA\nNA;b\n")
    configuration = {"folder": str(tmp_path), "null_values": ["NA"], "separator": ";"}
    _, frame = _read(files_in_folder(configuration), "t")
    assert frame.to_dicts() == [{"x": 1, "y": None}, {"x": None, "y": "b"}]


def test_nested_columns_of_json_lines_arrive_as_documents(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"o": {"a": 1}, "l": [1, 2]}\n{"o": null, "l": []}\n')
    stream, frame = _read(files_in_folder({"folder": str(tmp_path)}), "t")
    assert _types(stream) == {"o": "object", "l": "array"}
    assert frame["o"].to_list() == ['{"a": 1}', None]
    assert [json.loads(text) for text in frame["l"]] == [[1, 2], []]


@pytest.mark.parametrize("configuration", [{"folder": "/nowhere/at/all"}, {"folder": "."}])
def test_a_folder_without_tables_is_a_failure_of_the_source(
    configuration: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SyncFailure) as failure:
        files_in_folder(configuration).check()
    assert (failure.value.origin, failure.value.kind) == ("source", "config_error")


def test_a_file_that_is_not_there_is_a_failure_of_the_source(tmp_path: Path) -> None:
    configuration = {"dataset_name": "x", "format": "csv", "url": str(tmp_path / "x.csv"), "provider": {}}
    with pytest.raises(SyncFailure, match="The file does not exist"):
        single_file(configuration).check()


def test_a_file_that_changes_between_being_described_and_being_read_has_its_misfits_marked(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,gone\n1,1\n")
    source = files_in_folder({"folder": str(tmp_path)})
    (stream,) = source.streams()
    (tmp_path / "t.csv").write_text("x\none\n2\n")
    (batch,) = source.batches(stream)
    assert batch.frame.to_dicts() == [{"x": None, "gone": None}, {"x": 2, "gone": None}]
    assert batch.misfits["x"].to_list() == [True, False]


def test_a_file_that_is_not_what_it_says_is_a_failure_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_text("no parquet")
    with pytest.raises(SyncFailure, match="cannot be read as parquet"):
        files_in_folder({"folder": str(tmp_path)}).streams()


def test_airbytes_own_file_source_reads_what_pandas_would_call_missing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a|b\n1|NA\n2|-\n")
    configuration = {
        "dataset_name": "numbers",
        "format": "csv",
        "url": f"file://{tmp_path / 'x.csv'}",
        "provider": {"storage": "local"},
        "reader_options": '{"sep": "|", "na_values": ["-"]}',
    }
    stream, frame = _read(single_file(configuration), "numbers")
    assert _types(stream) == {"a": "integer", "b": "string"}
    assert frame["b"].to_list() == [None, None]


@pytest.mark.parametrize(
    "changed",
    [{"provider": {"storage": "S3"}}, {"format": "excel"}, {"reader_options": '{"skiprows": 3}'}],
)
def test_what_the_file_source_cannot_do_is_said(changed: dict[str, Any]) -> None:
    configuration = {"dataset_name": "x", "format": "csv", "url": "x.csv", "provider": {"storage": "local"}}
    with pytest.raises(SyncFailure, match="The mock"):
        single_file(configuration | changed)


def test_inline_rows_are_typed_by_their_values() -> None:
    rows = [
        {"i": 1, "n": 1, "b": True, "o": {"a": 1}, "l": [1], "u": 1, "s": "x"},
        {"i": 2, "n": 1.5, "b": None, "o": None, "l": [], "u": "one"},
    ]
    stream, frame = _read(open_inline({"streams": [{"name": "t", "rows": rows}]}), "t")
    assert list(_types(stream).values()) == ["integer", "number", "boolean", "object", "array", "union", "string"]
    assert frame.row(1) == (2, 1.5, None, None, "[]", '"one"', None)


def test_inline_values_that_do_not_fit_their_declared_type_are_marked() -> None:
    schema = {"properties": {"id": {"type": "integer"}, "at": {"type": "string", "format": "date"}}}
    rows = [{"id": 1, "at": "2026-01-01"}, {"id": "many", "at": "soon"}, {"id": "7", "at": None}]
    source = open_inline({"streams": [{"name": "t", "rows": rows, "json_schema": schema}]})
    (batch,) = source.batches(source.streams()[0])
    assert batch.frame["id"].to_list() == [1, None, 7]
    assert {name: mask.to_list() for name, mask in batch.misfits.items()} == {
        "id": [False, True, False],
        "at": [False, True, False],
    }


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (True, AirbyteType.INTEGER, None),
        (1.0, AirbyteType.INTEGER, 1),
        (1.5, AirbyteType.INTEGER, None),
        (2**63, AirbyteType.INTEGER, None),
        (math.inf, AirbyteType.NUMBER, None),
        ("2.5", AirbyteType.NUMBER, 2.5),
        ("TRUE", AirbyteType.BOOLEAN, True),
        ({"a": 1}, AirbyteType.STRING, '{"a": 1}'),
        ("2026-01-01T00:00:00", AirbyteType.TIMESTAMP_WITH_TIMEZONE, None),
        ("2026-01-01T00:00:00Z", AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE, None),
        ("10:00:00+02:00", AirbyteType.TIME_WITH_TIMEZONE, "10:00:00+02:00"),
        ("10:00:00", AirbyteType.TIME_WITHOUT_TIMEZONE, time(10)),
    ],
)
def test_a_value_fits_its_type_or_becomes_nothing(value: object, kind: AirbyteType, expected: object) -> None:
    assert fit_value(value, kind) == expected


def test_numbers_that_json_cannot_carry_are_marked() -> None:
    batch = fit_frame(pl.DataFrame({"x": [1.0, math.nan, math.inf, None]}), [Column("x", AirbyteType.NUMBER)])
    assert batch.frame["x"].to_list() == [1.0, None, None, None]
    assert batch.misfits["x"].to_list() == [False, True, True, False]


def test_generated_rows_have_airbytes_streams_and_columns() -> None:
    source = open_faker({"count": 30, "seed": 5}, seed=0, now=NOW)
    users, products, purchases = (_read(source, name)[1] for name in ("users", "products", "purchases"))
    assert (users.height, products.height, purchases.height) == (30, 100, 30)
    assert users["id"].to_list() == list(range(1, 31))
    assert set(json.loads(users["address"][0])) == {
        "street_number", "street_name", "city", "state", "postal_code", "country_code",
    }  # fmt: skip
    assert purchases["user_id"].is_between(1, 30).all()


def test_generated_columns_arrive_in_their_declared_types() -> None:
    source = open_faker({"count": 3}, seed=0, now=NOW)
    for stream in source.streams():
        for batch in source.batches(stream):
            assert batch.frame.dtypes == [POLARS_TYPES[column.type] for column in stream.columns]
            assert not batch.misfits


def test_the_same_seed_generates_the_same_rows() -> None:
    def users(**configuration: int) -> pl.DataFrame:
        return _read(open_faker({"count": 20, **configuration}, seed=9, now=NOW), "users")[1]

    assert users(seed=1).equals(users(seed=1))
    assert not users(seed=1).equals(users(seed=2))
    assert users().equals(users(seed=9)), "without a seed of its own it takes the mock's"


def test_generated_rows_are_all_updated_at_each_sync_unless_told_otherwise() -> None:
    updated = _read(open_faker({"count": 3}, seed=0, now=NOW), "users")[1]["updated_at"]
    assert set(updated) == {NOW}
    fixed = _read(open_faker({"count": 3, "always_updated": False}, seed=0, now=NOW), "users")[1]["updated_at"]
    assert fixed.n_unique() == 3
