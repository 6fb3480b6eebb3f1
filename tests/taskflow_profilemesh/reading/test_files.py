"""Files as a source: Parquet, CSV and JSON lines, alone, in folders and by pattern."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.errors import (
    ColumnNotFound,
    ConditionRefused,
    FileNotUtf8,
    FileTypesDiffer,
    FileUnreadable,
    ReadCancelled,
    SourceUnreachable,
    TableAmbiguous,
    TableNotFound,
)
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading import FileSource
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.tables import TableRef, TableRequest

NUMBERS = pl.DataFrame({"id": range(1, 10_001), "name": ["x", None] * 5_000})
VALUES: list[tuple[str, pl.Series, Kind, pl.DataType, object]] = [  # name, as written, kind, type and value as read
    ("i", pl.Series([1, None], dtype=pl.UInt64), Kind.INTEGER, pl.UInt64(), 1),
    ("f", pl.Series([1.5, None], dtype=pl.Float32), Kind.FLOAT, pl.Float32(), 1.5),
    ("n", pl.Series([Decimal("1.50"), None]), Kind.DECIMAL, pl.Decimal(38, 2), Decimal("1.50")),
    ("b", pl.Series([True, None]), Kind.BOOLEAN, pl.Boolean(), True),
    ("t", pl.Series(["ä", None]), Kind.TEXT, pl.String(), "ä"),
    ("d", pl.Series([date(2024, 2, 29), None]), Kind.DATE, pl.Date(), date(2024, 2, 29)),
    (
        "z",
        pl.Series([datetime(2024, 1, 2, tzinfo=UTC), None]).dt.convert_time_zone("Europe/Berlin"),
        Kind.DATETIME,
        pl.Datetime("us", "UTC"),
        datetime(2024, 1, 2, tzinfo=UTC),
    ),
    ("by", pl.Series([b"\0", None]), Kind.BINARY, pl.Binary(), b"\0"),
    ("s", pl.Series([{"a": 1}, None]), Kind.JSON, pl.String(), '{"a":1}'),
    ("l", pl.Series([["x", None], None]), Kind.OTHER, pl.String(), '["x",null]'),
    ("du", pl.Series([timedelta(days=1), None]), Kind.OTHER, pl.String(), "P1D"),
    ("nu", pl.Series([None, None]), Kind.OTHER, pl.String(), None),
]


def _source(folder: Path, *, batch_rows: int = 131_072, infer_rows: int | None = 1000) -> FileSource:
    return FileSource(folder, name="lake", batch_rows=batch_rows, infer_rows=infer_rows)


def _read(source: FileSource, table: str, **wanted: object) -> pl.DataFrame:
    plan = source.plan(TableRequest(TableRef.parse(table), **wanted))  # type: ignore[arg-type]  # fields by name
    return pl.concat(source.batches(plan))


def _write(frame: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    match path.suffix:
        case ".parquet":
            frame.write_parquet(path)
        case ".csv":
            frame.write_csv(path)
        case ".tsv":
            frame.write_csv(path, separator="\t")
        case _:
            frame.write_ndjson(path)


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_a_file_is_a_table_of_its_own_whatever_others_are_called(tmp_path: Path, ending: str) -> None:
    names = {"orders": 1, "orders.2023": 2, "x[1]": 3, "we*": 4, "weX": 5}
    for name, rows in names.items():
        _write(pl.DataFrame({"a": range(rows)}), tmp_path / f"{name}{ending}")
    source = _source(tmp_path)
    tables = source.tables()
    found = {
        table.name: sum(batch.height for batch in source.batches(source.plan(TableRequest(table)))) for table in tables
    }
    assert found == names


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".tsv", ".jsonl"])
def test_an_empty_file_is_called_empty(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"orders{ending}").touch()
    with pytest.raises(FileUnreadable, match="reason='it is empty'"):
        _source(tmp_path).schema(TableRef("orders"))


def test_a_table_with_an_empty_file_among_others_says_so(tmp_path: Path) -> None:
    _write(pl.DataFrame({"a": [1]}), tmp_path / "orders" / "1.csv")
    (tmp_path / "orders" / "2.csv").touch()
    with pytest.raises(FileUnreadable, match="one of its files is empty"):
        _source(tmp_path).schema(TableRef("orders"))


def test_the_partitions_of_a_folder_are_parts_of_its_table_and_other_folders_are_not(tmp_path: Path) -> None:
    for folder, value in (("orders", 1), ("orders/day=1", 2), ("orders/day=2", 3), ("orders/old", 4), ("logs", 5)):
        _write(pl.DataFrame({"a": [value]}), tmp_path / folder / "part.parquet")
    (tmp_path / "logs" / "part.parquet").rename(tmp_path / "logs" / "part.txt")
    (tmp_path / "events").mkdir()
    _write(pl.DataFrame({"a": [6]}), tmp_path / "events" / "day=1" / "part.parquet")
    source = _source(tmp_path)
    assert [str(table) for table in source.tables()] == ["events", "orders"]
    assert sorted(_read(source, "orders")["a"].to_list()) == [1, 2, 3]
    assert _read(source, "events")["a"].to_list() == [6]


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".tsv", ".jsonl"])
def test_every_row_of_every_format_comes_once_in_bounded_batches(tmp_path: Path, ending: str) -> None:
    _write(NUMBERS, tmp_path / f"numbers{ending}")
    source = _source(tmp_path, batch_rows=999)
    plan = source.plan(TableRequest(TableRef("numbers")))
    batches = list(source.batches(plan))
    assert max(batch.height for batch in batches) <= 999
    assert pl.concat(batches).equals(NUMBERS)
    assert source.row_count(plan) == 10_000
    assert [column.kind for column in plan.schema.columns] == [Kind.INTEGER, Kind.TEXT]


def test_every_type_arrives_as_its_kind(tmp_path: Path) -> None:
    pl.DataFrame([series.alias(name) for name, series, *_ in VALUES]).write_parquet(tmp_path / "t.parquet")
    source = _source(tmp_path)
    frame = _read(source, "t")
    assert [column.kind for column in source.schema(TableRef("t")).columns] == [row[2] for row in VALUES]
    assert frame.dtypes == [row[3] for row in VALUES]
    assert frame.row(0) == tuple(row[4] for row in VALUES)
    assert frame.row(1) == (None,) * len(VALUES)


def test_a_table_is_a_file_a_folder_or_a_pattern(tmp_path: Path) -> None:
    halves = NUMBERS.head(5_000), NUMBERS.tail(5_000)
    _write(halves[0], tmp_path / "parts" / "a.parquet")
    _write(halves[1], tmp_path / "parts" / "b.parquet")
    _write(halves[0], tmp_path / "day_1.csv")
    _write(halves[1], tmp_path / "day_2.csv")
    (tmp_path / "notes.md").write_text("no table")
    source = _source(tmp_path)
    assert source.tables() == [TableRef("day_1"), TableRef("day_2"), TableRef("parts")]
    for table, ids in (
        ("parts", NUMBERS),
        ("parts/*", NUMBERS),
        ("parts.a", halves[0]),
        ("day_*", NUMBERS),
        ("day_2.csv", halves[1]),
    ):
        assert _read(source, table)["id"].to_list() == ids["id"].to_list()


def test_parts_that_differ_are_brought_together(tmp_path: Path) -> None:
    _write(pl.DataFrame({"a": [1], "b": ["x"]}), tmp_path / "t" / "1.csv")
    _write(pl.DataFrame({"a": [2.5], "c": [True]}), tmp_path / "t" / "2.csv")
    assert _read(_source(tmp_path), "t").rows() == [(1.0, "x", None), (2.5, None, True)]


def test_a_plan_says_where_the_types_come_from(tmp_path: Path) -> None:
    _write(NUMBERS, tmp_path / "a.parquet")
    _write(NUMBERS, tmp_path / "b.csv")
    reasons = {
        table: _source(tmp_path, infer_rows=rows).plan(TableRequest(TableRef(table))).reason
        for table, rows in (("a", None), ("b", 1000))
    }
    assert reasons["a"].endswith("the files say what their columns are.")
    assert reasons["b"].endswith("what the columns are is guessed from the first 1,000 rows of each.")


def test_a_value_beyond_the_guess_is_an_error_that_quotes_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n" + "1\n" * 2000 + "secret\n")
    with pytest.raises(FileTypesDiffer, match="infer_rows") as caught:
        _read(_source(tmp_path), "t")
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None
    assert not caught.value.retryable
    assert _read(_source(tmp_path, infer_rows=None), "t")["a"].tail(1).to_list() == ["secret"]


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_a_file_that_is_not_what_its_ending_says_is_unreadable(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"t{ending}").write_text("these are my notes, and no table")
    with pytest.raises(FileUnreadable, match="damaged"):
        _source(tmp_path).plan(TableRequest(TableRef("t")))


def test_a_file_that_goes_away_after_the_plan_is_unreadable(tmp_path: Path) -> None:
    _write(NUMBERS, tmp_path / "t.parquet")
    source = _source(tmp_path)
    plan = source.plan(TableRequest(TableRef("t")))
    (tmp_path / "t.parquet").unlink()
    with pytest.raises(FileUnreadable, match="cannot be opened"):
        list(source.batches(plan))


def test_a_missing_table_names_the_nearest_and_a_missing_folder_is_unreachable(tmp_path: Path) -> None:
    _write(NUMBERS, tmp_path / "flights.parquet")
    with pytest.raises(TableNotFound, match="Did you mean 'flights'"):
        _source(tmp_path).plan(TableRequest(TableRef("flight")))
    with pytest.raises(SourceUnreachable):
        _source(tmp_path / "nowhere").plan(TableRequest(TableRef("flights")))
    _source(tmp_path).check()


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "../*"])
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, name: str) -> None:
    _write(NUMBERS, tmp_path / "outside.parquet")
    (tmp_path / "lake").mkdir()
    with pytest.raises(TableNotFound):
        _source(tmp_path / "lake").plan(TableRequest(TableRef(name)))


def test_columns_and_a_condition_are_kept(tmp_path: Path) -> None:
    _write(NUMBERS, tmp_path / "t.parquet")
    source = _source(tmp_path)
    request = TableRequest(TableRef("t"), columns=("id",), where="name is not null and id <= 10")
    plan = source.plan(request)
    assert pl.concat(source.batches(plan)).to_dict(as_series=False) == {"id": [1, 3, 5, 7, 9]}
    assert source.row_count(plan) == 5
    with pytest.raises(ColumnNotFound, match="Did you mean 'name'"):
        source.plan(TableRequest(TableRef("t"), columns=("nam",)))


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("nope = 1", "column that does not exist"),
        ("id >", "syntax error"),
        ("id > 1) or (1 = 1", "syntax error"),
        ("id + 1", "not true or false"),
    ],
)
def test_a_condition_that_cannot_be_evaluated_is_refused(tmp_path: Path, where: str, reason: str) -> None:
    _write(NUMBERS, tmp_path / "t.parquet")
    with pytest.raises(ConditionRefused, match=reason):
        _source(tmp_path).plan(TableRequest(TableRef("t"), where=where))


@pytest.mark.parametrize("sample", [1_000, 0.1])
def test_a_sample_is_about_as_large_as_asked_and_the_count_exact(tmp_path: Path, sample: float) -> None:
    _write(NUMBERS, tmp_path / "t.parquet")
    source = _source(tmp_path)
    plan = source.plan(TableRequest(TableRef("t"), sample=sample))
    ids = pl.concat(source.batches(plan))["id"]
    assert 790 < ids.len() < 1210  # seven standard deviations
    assert ids.n_unique() == ids.len()
    assert (plan.sampled, source.row_count(plan)) == (True, 10_000)


def test_a_sample_of_more_rows_than_there_are_is_the_table(tmp_path: Path) -> None:
    _write(NUMBERS, tmp_path / "t.parquet")
    assert not _source(tmp_path).plan(TableRequest(TableRef("t"), sample=10_000)).sampled


def test_an_empty_file_yields_no_batch(tmp_path: Path) -> None:
    _write(NUMBERS.head(0), tmp_path / "t.parquet")
    source = _source(tmp_path)
    plan = source.plan(TableRequest(TableRef("t")))
    assert list(source.batches(plan)) == []
    assert source.row_count(plan) == 0


def test_a_cancelled_source_reads_no_further(tmp_path: Path) -> None:
    _write(NUMBERS, tmp_path / "t.parquet")
    source = _source(tmp_path, batch_rows=10)
    batches = source.batches(source.plan(TableRequest(TableRef("t"))))
    next(batches)
    began = time.monotonic()
    source.cancel()
    with pytest.raises(ReadCancelled):
        list(batches)
    assert time.monotonic() - began < 2


def test_files_are_profiled_like_tables_with_exact_decimals(tmp_path: Path) -> None:
    pl.DataFrame({"price": [Decimal("0.10"), Decimal("99999999999999999999.99")]}).write_parquet(tmp_path / "t.parquet")
    pipeline = Pipeline(source=_source(tmp_path), store=MemoryStore(), clock=SystemClock())
    (table,) = pipeline.run([TableRequest(TableRef("t"))], Run(run_id="r")).profiled
    (column,) = table.stored.profile.columns
    assert column.schema.declared_type == "decimal(38,2)"
    assert column.numbers is not None
    assert column.numbers.total == Decimal("100000000000000000000.09")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    _write(NUMBERS, tmp_path / "t.parquet")
    (tmp_path / "t.parquet").chmod(0)
    with pytest.raises(FileUnreadable, match="may not read it"):
        _source(tmp_path).plan(TableRequest(TableRef("t")))


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl"])
def test_a_text_in_latin_1_is_said_to_be_no_utf_8(tmp_path: Path, ending: str) -> None:
    text = '{"a":"Müller"}\n' if ending == ".jsonl" else "a,b\nMüller,2\n"
    (tmp_path / f"t{ending}").write_bytes(text.encode("latin-1"))
    with pytest.raises(FileNotUtf8, match="not in UTF-8") as caught:
        _read(_source(tmp_path), "t")
    assert "iconv" in str(caught.value)
    assert "ller" not in str(caught.value)


def test_files_that_differ_in_their_endings_are_tables_of_their_own(tmp_path: Path) -> None:
    _write(pl.DataFrame({"a": [1]}), tmp_path / "orders.csv")
    _write(pl.DataFrame({"a": [1, 2]}), tmp_path / "orders.jsonl")
    _write(pl.DataFrame({"a": [1, 2, 3]}), tmp_path / "users.csv")
    source = _source(tmp_path)
    assert [table.name for table in source.tables()] == ["orders.csv", "orders.jsonl", "users"]
    rows = {
        table.name: sum(batch.height for batch in source.batches(source.plan(TableRequest(table))))
        for table in source.tables()
    }
    assert rows == {"orders.csv": 1, "orders.jsonl": 2, "users": 3}
    with pytest.raises(TableAmbiguous, match=r"known=\['orders.csv', 'orders.jsonl'\]"):
        source.plan(TableRequest(TableRef("orders")))


def test_a_folder_goes_before_a_file_beside_it(tmp_path: Path) -> None:
    _write(pl.DataFrame({"a": [1]}), tmp_path / "orders.csv")
    _write(pl.DataFrame({"a": [1, 2]}), tmp_path / "orders" / "part.csv")
    source = _source(tmp_path)
    assert [table.name for table in source.tables()] == ["orders", "orders.csv"]
    assert _read(source, "orders")["a"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id;name;price\n1;ann;1,5\n2;bob;2\n", [(1, "ann", 1.5), (2, "bob", 2.0)]),
        ("\ufeffid;name;price\n1;ann;1.5\n2;b,c;2.0\n", [(1, "ann", 1.5), (2, "b,c", 2.0)]),
        ("id|name|price\n1|a;b|1.5\n", [(1, "a;b", 1.5)]),
        ("id\tname\tprice\n1\tann\t1.5\n", [(1, "ann", 1.5)]),
        ('"a;b;c;d",name,price\n1,ann,1.5\n', [(1, "ann", 1.5)]),
        ('"a,b";name;price\n1;ann;1,5\n', [(1, "ann", 1.5)]),
    ],
)
def test_a_csv_file_is_read_by_what_stands_between_the_names_of_its_first_line(
    text: str, rows: list[tuple[object, ...]], tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(text)
    assert _read(_source(tmp_path), "t").rows() == rows


def test_a_csv_file_of_one_column_has_a_comma_whatever_its_texts_hold(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name\na;b\nc;d\n")
    assert _read(_source(tmp_path), "t").rows() == [("a;b",), ("c;d",)]


def test_a_line_with_more_fields_than_the_first_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,name\n1,ann\n2,bob,secret\n")
    with pytest.raises(FileUnreadable, match="a line has more fields than the first one") as caught:
        _read(_source(tmp_path), "t")
    assert "secret" not in str(caught.value)
