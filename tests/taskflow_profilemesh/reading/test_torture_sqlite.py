"""SQLite takes any value in any column: whatever stands there, nothing costs the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskflow_profilemesh.profiling import Kind
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.reading.servers import in_sqlite, source_at
from tests.taskflow_profilemesh.reading.torture import profile_of, unprofiled

DECLARED = [
    "", "INT", "INTEGER", "BIGINT", "UNSIGNED BIG INT", "TINYINT(1)", "REAL", "DOUBLE PRECISION", "FLOAT", "NUMERIC",
    "DECIMAL(10,5)", "BOOLEAN", "TEXT", "VARCHAR(3)", "NCHAR(5)", "CLOB", "STRING", "DATE", "DATETIME", "TIMESTAMP",
    "TIMESTAMPTZ", "TIME", "JSON", "UUID", "BLOB", "BYTEA", "ANY", "POINT", 'a "quoted; type"',
]  # fmt: skip
VALUES: list[object] = [
    None, 0, 1, 2, -1, 2**63 - 1, -(2**63), 0.5, -0.0, 1e300, float("inf"), float("-inf"), float("nan"), "", " ", "ä😀",
    "1", "1.5", "1e400", "true", "x" * 100_000, "nul\x00inside", "2024-01-02", "2024-02-31", "2024-01-02T03:04:05Z",
    "2024-01-02 03:04:05+02:00", "2024-01-02 24:00:00", "-4713-11-24 12:00:00", "0000-00-00", "24:00:00", "12:00:00Z",
    "now", '{"a": 1, "a": 2}', "{", b"", b"\x00\xff", "00000000-0000-0000-0000-000000000001",
]  # fmt: skip


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("sample", [None, 5])
def test_a_column_of_any_type_may_hold_any_value(tmp_path: Path, declared: str, sample: int | None) -> None:
    url = in_sqlite(
        tmp_path / "a.db",
        f"create table t (id integer primary key, x {declared})",
        "insert into t (x) values (?)",
        rows=[(value,) for value in VALUES],
    )
    profile = profile_of(source_at(url), sample=sample)
    assert unprofiled(profile) == {}
    assert profile.row_count == len(VALUES)
    if sample is None:
        x = profile.column("x")
        assert x is not None
        assert x.null_count == 2  # NaN is NULL there
        assert x.schema.declared_type == declared


@pytest.mark.parametrize("declared", DECLARED)
def test_any_value_may_be_alone_in_a_column(tmp_path: Path, declared: str) -> None:
    columns = ", ".join(f"c{place} {declared}" for place in range(len(VALUES)))
    url = in_sqlite(
        tmp_path / "a.db",
        f"create table t ({columns})",
        f"insert into t values ({', '.join('?' for _ in VALUES)})",
        rows=[(None,) * len(VALUES), tuple(VALUES)],
    )
    profile = profile_of(source_at(url))
    assert unprofiled(profile) == {}
    nulls = [column.null_count for column in profile.columns]
    assert nulls == [2 if value is None or str(value) == "nan" else 1 for value in VALUES]


def test_bytes_that_are_no_utf_8_become_replacement_characters(tmp_path: Path) -> None:
    url = in_sqlite(
        tmp_path / "a.db",
        "create table t (id int, x text, good text)",
        "insert into t values (1, cast(X'ff61' as text), 'a'), (2, 'fine', 'b')",
    )
    profile = profile_of(source_at(url))
    good = profile.column("good")
    assert good is not None
    assert (good.error, good.maximum) == (None, "b")
    assert profile.row_count == 2
    x = profile.column("x")
    assert x is not None
    assert (x.error, x.value_count, x.minimum, x.maximum) == (None, 2, "fine", "\ufffda")


def test_texts_of_other_encodings_are_read(tmp_path: Path) -> None:
    url = in_sqlite(
        tmp_path / "a.db",
        "pragma encoding = 'UTF-16le'",
        "create table t (x text, y xml, z int)",
        "insert into t values ('ä😀', 'ö', 'misfit ü')",
    )
    profile = profile_of(source_at(url))
    assert [column.distinct and column.distinct.top[0].value for column in profile.columns] == ["ä😀", "ö", "misfit ü"]


def test_strict_tables_and_tables_without_row_numbers(tmp_path: Path) -> None:
    url = in_sqlite(
        tmp_path / "a.db",
        "create table strict_one (i int, r real, t text, b blob, a any) strict",
        "create table keyed (k text primary key, n int) without rowid",
        "create table both (k integer primary key, x any) strict, without rowid",
        "insert into strict_one values (1, 0.5, 'x', x'00', 'any'), (null, null, null, null, 7)",
        "insert into keyed values ('a', 1), ('b', null)",
        "insert into both values (1, x'ff'), (2, 'b')",
    )
    source = source_at(url)
    kinds = [column.schema.kind for column in profile_of(source, "strict_one").columns]
    assert kinds == [Kind.INTEGER, Kind.FLOAT, Kind.TEXT, Kind.BINARY, Kind.OTHER]
    for table in ("strict_one", "keyed", "both"):
        profile = profile_of(source, table)
        assert (unprofiled(profile), profile.row_count) == ({}, 2)
    assert profile_of(source, "keyed").schema.primary_key == ("k",)


def test_views_virtual_tables_and_generated_columns(tmp_path: Path) -> None:
    url = in_sqlite(
        tmp_path / "a.db",
        "create table t (a int, b int as (a * 2) stored, c text as (a || 'x') virtual)",
        "create view v as select a, b / 2.0 as half, count(*) over () as n from t",
        "create virtual table words using fts5(word)",
        "insert into t values (1), (2)",
        "insert into words values ('hello')",
    )
    source = source_at(url)
    assert [str(table) for table in source.tables()] == ["t", "v", "words"]
    assert [column.maximum for column in profile_of(source, "t").columns] == [2, 4, "2x"]
    assert unprofiled(profile_of(source, "v")) == {}
    assert profile_of(source, "words").row_count == 1


NAMES = [
    "a\"b; drop table x; -- 'ä\\ %s .`", "Select", " ", "tab\there", "new\nline", "日本語", "%%s", "?", "a.b", "*",
    "c0", "q", "rowid", "x" * 300, "/* */", "--",
]  # fmt: skip


def test_identifiers_of_any_shape_are_safe_everywhere(tmp_path: Path) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in NAMES]
    columns = ", ".join(f"{name} int" for name in quoted)
    nines = ", ".join("9" for _ in NAMES)
    file = tmp_path / "a.db"
    url = in_sqlite(file, "create table x (a int)")
    for name in quoted:
        in_sqlite(file, f"create table {name} ({columns})", f"insert into {name} values ({nines})")
    source = source_at(url)
    known = set(source.tables())
    for name in NAMES:
        assert TableRef(name) in known
        profile = profile_of(source, TableRef.parse(str(TableRef(name))))
        assert [column.schema.name for column in profile.columns] == NAMES
        assert {column.maximum for column in profile.columns} == {9}
    assert profile_of(source, TableRef(NAMES[0]), sample=1).row_count == 1
    assert TableRef("x") in known
