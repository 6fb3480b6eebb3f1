from __future__ import annotations

from datetime import date, time
from pathlib import Path

import polars as pl
import pytest

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.tables import Partition, TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import in_sqlite, rows_of, source_at

# declared type, a value, the kind, the Polars type, the value as read
TYPES: list[tuple[str, object, Kind, type[pl.DataType] | pl.DataType, object]] = [
    ("BIGINT", 9223372036854775807, Kind.INTEGER, pl.Int64, 9223372036854775807),
    ("DOUBLE", 1.5, Kind.FLOAT, pl.Float64, 1.5),
    ("REAL", float("inf"), Kind.FLOAT, pl.Float64, float("inf")),
    ("VARCHAR(4)", "ä\x00b", Kind.TEXT, pl.String, "ä\x00b"),
    ("TEXT", "", Kind.TEXT, pl.String, ""),
    ("BOOLEAN", 1, Kind.BOOLEAN, pl.Boolean, True),
    ("DATE", "2024-02-29", Kind.DATE, pl.Date, date(2024, 2, 29)),
    ("TIMESTAMP", "2024-01-02 03:04:05.123456", Kind.DATETIME, pl.Datetime("us"), None),
    ("TIMESTAMPTZ", "2024-01-02T03:04:05.123456Z", Kind.DATETIME, pl.Datetime("us", "UTC"), None),
    ("TIME", "23:59:59.5", Kind.TIME, pl.Time, time(23, 59, 59, 500000)),
    ("JSON", '{"a": 1}', Kind.JSON, pl.String, '{"a": 1}'),
    ("BLOB", b"\x00\xff", Kind.BINARY, pl.Binary, b"\x00\xff"),
    ("NUMERIC(10,2)", 7, Kind.DECIMAL, pl.Float64, 7.0),
    ("DECIMAL", 7.25, Kind.DECIMAL, pl.Float64, 7.25),
    ("STRING", 5, Kind.TEXT, pl.String, "5"),
    ("UUID", "u-1", Kind.OTHER, pl.String, "u-1"),
    ("", 5, Kind.OTHER, pl.String, "5"),
]


def _table(file: Path, *, first: tuple[object, ...]) -> str:
    columns = ", ".join(f"c{index} {row[0]}" for index, row in enumerate(TYPES))
    marks = ", ".join("?" for _ in TYPES)
    values = tuple(row[1] for row in TYPES)
    return in_sqlite(file, f"create table t ({columns})", f"insert into t values ({marks})", rows=[first, values])


def test_every_type_arrives_as_its_kind_also_after_a_null_first_row(tmp_path: Path) -> None:
    url = _table(tmp_path / "a b%#ä.db", first=(None,) * len(TYPES))
    source = source_at(url.replace("%", "%25").replace("#", "%23"))
    schema = source.schema(TableRef("t"))
    frame = rows_of(source, "t")
    assert [column.kind for column in schema.columns] == [row[2] for row in TYPES]
    assert [column.declared_type for column in schema.columns] == [row[0] for row in TYPES]
    assert frame.dtypes == [row[3] for row in TYPES]
    assert frame.row(0) == (None,) * len(TYPES)
    assert frame.drop("c7", "c8").row(1) == tuple(row[4] for index, row in enumerate(TYPES) if index not in {7, 8})
    assert frame["c7"].to_physical()[1] == frame["c8"].to_physical()[1] == 1_704_164_645_123_456


@pytest.mark.parametrize(
    ("declared", "values", "read"),
    [
        ("BIGINT", [1, None, "many"], ["1", None, "many"]),
        ("BIGINT", [1, 1.5], ["1", "1.5"]),
        ("BIGINT", [1, 1e300], ["1", "1.0e+300"]),
        ("DOUBLE", [1.5, "n/a"], ["1.5", "n/a"]),
        ("DOUBLE", [1.5, b"\x01"], ["1.5", "01"]),
        ("VARCHAR", ["a", b"\x00\xff"], ["a", "00FF"]),
        ("BOOLEAN", [0, 1, 2], ["0", "1", "2"]),
        ("BOOLEAN", ["true", "false"], ["true", "false"]),
        ("DATE", ["2024-01-02", "2024-02-31"], ["2024-01-02", "2024-02-31"]),
        ("DATE", ["2024-01-02 00:00:00"], ["2024-01-02 00:00:00"]),
        ("TIMESTAMP", ["2024-01-02 03:04:05", 1704164645], ["2024-01-02 03:04:05", "1704164645"]),
        ("TIMESTAMP", ["2024-02-31 03:04:05"], ["2024-02-31 03:04:05"]),
        ("TIMESTAMP", ["now", "soon"], ["now", "soon"]),
        ("TIME", ["24:00:00", "12:00:00"], ["24:00:00", "12:00:00"]),
        ("TIME", ["12:00:00Z"], ["12:00:00Z"]),
        ("TIMESTAMP", ["2024-01-02 24:00:00"], ["2024-01-02 24:00:00"]),
    ],
)
def test_a_column_with_a_misfit_is_read_as_text_and_the_others_as_declared(
    tmp_path: Path, declared: str, values: list[object], read: list[object]
) -> None:
    rows = [(number, value) for number, value in enumerate(values)]
    url = in_sqlite(
        tmp_path / "a.db", f"create table t (id int, x {declared})", "insert into t values (?, ?)", rows=rows
    )
    source = source_at(url)
    plan = source.plan(TableRequest(TableRef("t")))
    frame = rows_of(source, "t")
    assert frame["x"].to_list() == read
    assert frame["id"].dtype == pl.Int64
    assert [column.kind for column in plan.schema.columns] == [Kind.INTEGER, Kind.OTHER]
    assert plan.schema.columns[1].declared_type == declared


def test_a_very_wide_table_is_read(tmp_path: Path) -> None:
    columns = ", ".join(f"c{index} int" for index in range(1900))
    url = in_sqlite(tmp_path / "a.db", f"create table t ({columns})", "insert into t (c0, c1899) values (1, 'x')")
    frame = rows_of(source_at(url), "t")
    assert (frame.width, frame["c0"][0], frame["c1899"][0]) == (1900, 1, "x")


def test_misfits_outside_the_condition_do_not_matter(tmp_path: Path) -> None:
    url = in_sqlite(tmp_path / "a.db", "create table t (x int)", "insert into t values (?)", rows=[(1,), ("n/a",)])
    frame = rows_of(source_at(url), TableRequest(TableRef("t"), where="x <> 'n/a'"))
    assert frame["x"].to_list() == [1]
    assert frame["x"].dtype == pl.Int64


@pytest.mark.parametrize(
    ("table", "reads"),
    [
        ("create table t (id int, n int)", 10),
        ("create table t (id integer primary key, n int)", 10),
        ("create table t (rowid int, n int)", 10),
        ("create table t (rowid int, _rowid_ int, n int)", 10),
        ("create table t (id int primary key, n int) without rowid", 1),
        ("create table t (id int, n int) strict", 10),
    ],
)
def test_every_row_is_read_once_whatever_the_key(tmp_path: Path, table: str, reads: int) -> None:
    width = table.count(",") + 1
    rows = [(n,) * width for n in range(10_000)]
    url = in_sqlite(tmp_path / "a.db", table, f"insert into t values ({','.join('?' * width)})", rows=rows)
    in_sqlite(tmp_path / "a.db", "delete from t where n % 3 = 0 or n between 2000 and 4000")
    source = source_at(url, batch_rows=1000)
    plan = source.plan(TableRequest(TableRef("t")))
    batches = list(source.batches(plan))
    assert (len(plan.queries) > 3) == (reads > 1)
    assert max(batch.height for batch in batches) <= 1000 * 1.25  # ranges of keys are of estimated size
    assert pl.concat(batches)["n"].sort().to_list() == [n for n in range(10_000) if n % 3 and not 2000 <= n <= 4000]


def test_the_row_count_is_known_and_exact(tmp_path: Path) -> None:
    url = in_sqlite(tmp_path / "a.db", "create table t (a int)", "insert into t values (?)", rows=[(1,), (None,), (3,)])
    source = source_at(url)
    assert source.plan(TableRequest(TableRef("t"))).row_count == 3
    assert source.row_count(source.plan(TableRequest(TableRef("t"), where="a > 1"))) == 1


def test_views_generated_columns_and_empty_tables(tmp_path: Path) -> None:
    url = in_sqlite(
        tmp_path / "a.db",
        "create table t (a int, b int generated always as (a * 2))",
        "create view v as select a, b from t",
        "create table hollow (a int, b text)",
        "insert into t (a) values (1), (2)",
    )
    source = source_at(url)
    assert rows_of(source, "t").rows() == [(1, 2), (2, 4)]
    assert rows_of(source, "v").rows() == [(1, 2), (2, 4)]
    assert rows_of(source, "hollow").height == 0
    assert source.tables() == [TableRef("hollow"), TableRef("t"), TableRef("v")]


def test_the_catalog_knows_keys_and_nulls(tmp_path: Path) -> None:
    url = in_sqlite(tmp_path / "a.db", "create table t (b text, a int not null, c int, primary key (c, a))")
    schema = source_at(url).schema(TableRef("t", "main"))
    assert schema.table == TableRef("t")
    assert schema.primary_key == ("c", "a")
    assert [column.nullable for column in schema.columns] == [True, False, True]


def test_the_catalog_knows_unique_keys_and_sizes(tmp_path: Path) -> None:
    url = in_sqlite(
        tmp_path / "a.db",
        "create table t (id integer primary key, a int, b text, c int unique, unique (b, a))",
        "create unique index some on t (a) where a > 0",
        "create unique index lower on t (lower(b))",
        "create table keyed (k text primary key, u int unique) without rowid",
        "create view v as select * from t",
        "insert into t (b) values ('x')",
    )
    schema = source_at(url).schema(TableRef("t"))
    assert schema.unique_keys == (("b", "a"), ("c",))
    assert schema.size_bytes == 4096
    assert source_at(url).schema(TableRef("keyed")).unique_keys == (("u",),)
    view = source_at(url).schema(TableRef("v"))
    assert (view.unique_keys, view.size_bytes) == ((), None)


@pytest.mark.parametrize("declared", ["date", "int", "text", "real", ""])
def test_partitions_are_told_by_values_of_any_type(tmp_path: Path, declared: str) -> None:
    values = {"date": "2024-01-0{}", "text": "it's {}", "": "{}"}.get(declared)
    rows = [(n, values.format(n % 4) if values else n % 4) for n in range(400)]
    url = in_sqlite(
        tmp_path / "a.db", f"create table t (id int, p {declared})", "insert into t values (?, ?)", rows=rows
    )
    source = source_at(url, batch_rows=50)
    plan = source.plan(TableRequest(TableRef("t"), partition=Partition("p", recent=2)))
    assert sorted(pl.concat(source.batches(plan))["id"].to_list()) == [n for n in range(400) if n % 4 > 1]
    assert plan.row_count == 200
    assert len(plan.queries) > 1


HOSTILE = "a\"b; drop table x; -- 'ä\\ %s .`"


def test_names_of_any_shape_are_safe(tmp_path: Path) -> None:
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    url = in_sqlite(
        tmp_path / "a.db",
        "create table x (a int)",
        f'create table {quoted} ({quoted} int, "Select" text)',
        f"insert into {quoted} values (1, 'two')",
    )
    source = source_at(url)
    assert rows_of(source, HOSTILE).rows(named=True) == [{HOSTILE: 1, "Select": "two"}]
    assert TableRef("x") in source.tables()


def test_a_sample_is_about_as_large_as_asked(tmp_path: Path) -> None:
    rows = [(number,) for number in range(10_000)]
    url = in_sqlite(tmp_path / "a.db", "create table t (a int)", "insert into t values (?)", rows=rows)
    source = source_at(url, batch_rows=1000)
    plan = source.plan(TableRequest(TableRef("t"), sample=2000))
    assert 1700 < sum(batch.height for batch in source.batches(plan)) < 2300
    assert source.row_count(plan) == 10_000
    assert source.decimal_totals(plan) == {}


def test_whole_numbers_that_no_double_holds_are_read_as_such(tmp_path: Path) -> None:
    wide = [9007199254740993, -9223372036854775808, None, 1]
    mixed = [9007199254740993, 0.5, 2, 3]
    rows = [(wide[place], mixed[place], "n/a" if place else wide[0], place) for place in range(4)]
    url = in_sqlite(
        tmp_path / "a.db",
        "create table t (w numeric, m decimal(20, 1), x numeric, s numeric)",
        "insert into t values (?, ?, ?, ?)",
        rows=rows,
    )
    frame = rows_of(source_at(url), "t")
    assert frame["w"].to_list() == wide
    assert frame["w"].dtype == pl.Int64
    assert frame["m"].to_list() == [9007199254740992.0, 0.5, 2.0, 3.0]
    assert frame["x"].to_list() == ["9007199254740993", "n/a", "n/a", "n/a"]
    assert frame["s"].dtype == pl.Float64
