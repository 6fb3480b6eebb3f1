from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from taskflow_profilemesh.errors import ReadFailed
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.tables import Partition, TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import in_mysql, rows_of, source_at

pytestmark = pytest.mark.mysql

# declared type, a value in SQL, the kind, the Polars type, the value as read
TYPES: list[tuple[str, str, Kind, type[pl.DataType] | pl.DataType, object]] = [
    ("tinyint(1)", "2", Kind.INTEGER, pl.Int8, 2),
    ("tinyint(3) unsigned", "255", Kind.INTEGER, pl.UInt8, 255),
    ("smallint(6)", "-32768", Kind.INTEGER, pl.Int16, -32768),
    ("mediumint(9)", "-8388608", Kind.INTEGER, pl.Int32, -8388608),
    ("int(10) unsigned", "4294967295", Kind.INTEGER, pl.UInt32, 4294967295),
    ("bigint(20)", "-9223372036854775808", Kind.INTEGER, pl.Int64, -9223372036854775808),
    ("bigint(20) unsigned", "18446744073709551615", Kind.INTEGER, pl.UInt64, 18446744073709551615),
    ("float", "1.5", Kind.FLOAT, pl.Float32, 1.5),
    ("double", "1e308", Kind.FLOAT, pl.Float64, 1e308),
    ("decimal(40,15)", "12345678901234567890.000000000000001", Kind.DECIMAL, pl.Float64, 1.2345678901234567e19),
    ("decimal(12,2)", "-0.01", Kind.DECIMAL, pl.Decimal(12, 2), Decimal("-0.01")),
    ("decimal(38,20)", "123456789012345678.5", Kind.DECIMAL, pl.Decimal(38, 20), Decimal("123456789012345678.5")),
    ("date", "'0000-00-00'", Kind.DATE, pl.Date, None),
    ("date", "'2024-02-29'", Kind.DATE, pl.Date, date(2024, 2, 29)),
    ("datetime", "'2024-00-00'", Kind.DATETIME, pl.Datetime("us"), None),
    ("timestamp", "'2024-01-02 03:04:05'", Kind.DATETIME, pl.Datetime("us", "UTC"), None),
    ("time(3)", "'-25:00:00.123'", Kind.OTHER, pl.String, "-25:00:00.123"),
    ("year(4)", "2024", Kind.INTEGER, pl.Int16, 2024),
    ("char(3)", "'c'", Kind.TEXT, pl.String, "c"),
    ("varchar(10)", "'vä'", Kind.TEXT, pl.String, "vä"),
    ("tinytext", "'t'", Kind.TEXT, pl.String, "t"),
    ("text", "'t'", Kind.TEXT, pl.String, "t"),
    ("mediumtext", "'t'", Kind.TEXT, pl.String, "t"),
    ("longtext", "'t'", Kind.TEXT, pl.String, "t"),
    ("binary(2)", "'ab'", Kind.BINARY, pl.Binary, b"ab"),
    ("varbinary(4)", "X'00ff'", Kind.BINARY, pl.Binary, b"\x00\xff"),
    ("tinyblob", "'b'", Kind.BINARY, pl.Binary, b"b"),
    ("blob", "'b'", Kind.BINARY, pl.Binary, b"b"),
    ("mediumblob", "'b'", Kind.BINARY, pl.Binary, b"b"),
    ("longblob", "'b'", Kind.BINARY, pl.Binary, b"b"),
    ("enum('a','b')", "'b'", Kind.TEXT, pl.String, "b"),
    ("set('x','y')", "'x,y'", Kind.TEXT, pl.String, "x,y"),
    ("bit(5)", "b'101'", Kind.INTEGER, pl.UInt32, 5),
    ("bit(64)", "18446744073709551615", Kind.INTEGER, pl.UInt64, 18446744073709551615),
    ("point", "point(1, 2)", Kind.OTHER, pl.String, "POINT(1 2)"),
]


def test_every_type_arrives_as_its_kind_also_after_a_null_first_row(mysql_url: str) -> None:
    columns = ", ".join(f"c{index} {row[0]} null" for index, row in enumerate(TYPES))
    in_mysql(
        mysql_url,
        "set sql_mode = ''",
        "set time_zone = '+02:00'",
        f"create table t ({columns}) default character set utf8mb4 collate utf8mb4_bin",
        f"insert into t values ({', '.join('null' for _ in TYPES)})",
        f"insert into t values ({', '.join(row[1] for row in TYPES)})",
    )
    source = source_at(mysql_url)
    schema = source.schema(TableRef("t"))
    frame = rows_of(source, "t")
    assert [column.kind for column in schema.columns] == [row[2] for row in TYPES]
    assert frame.dtypes == [row[3] for row in TYPES]
    assert frame.row(0) == (None,) * len(TYPES)
    assert frame.drop("c15").row(1) == tuple(row[4] for index, row in enumerate(TYPES) if index != 15)
    assert frame["c15"][1] == datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC)


def test_a_date_that_a_lenient_server_let_in_is_null(mysql_url: str) -> None:
    in_mysql(
        mysql_url,
        "set sql_mode = 'ALLOW_INVALID_DATES'",
        "create table t (d datetime(6))",
        "insert into t values ('2024-02-31 00:00:00'), ('2024-01-02 03:04:05.000006')",
    )
    values = rows_of(source_at(mysql_url), "t")["d"]
    assert values.null_count() == 1
    assert values.to_physical().max() == 1_704_164_645_000_006


def test_decimal_totals_are_exact(mysql_url: str) -> None:
    in_mysql(
        mysql_url,
        "create table t (a decimal(40,15), b decimal(5,2))",
        "insert into t values (12345678901234567890.000000000000001, null), (1, null)",
    )
    source = source_at(mysql_url)
    totals = source.decimal_totals(source.plan(TableRequest(TableRef("t"))))
    assert totals["a"].total == Decimal("12345678901234567891.000000000000001")
    assert totals["a"].minimum == 1
    assert totals["b"].total is None


def test_the_catalog_knows_keys_nulls_and_sizes(mysql_url: str) -> None:
    in_mysql(
        mysql_url,
        "create table t (b varchar(4), a int not null, c int not null, primary key (c, a))",
        "insert into t select 'x', seq, seq from seq_1_to_1000",
        "analyze table t",
    )
    database = mysql_url.rpartition("/")[2]
    schema = source_at(mysql_url).schema(TableRef("t"))
    assert schema.table == TableRef("t", database)
    assert [(column.name, column.nullable) for column in schema.columns] == [("b", True), ("a", False), ("c", False)]
    assert schema.columns[0].declared_type == "varchar(4)"
    assert schema.primary_key == ("c", "a")
    assert schema.row_estimate is not None
    assert 900 < schema.row_estimate < 1100
    assert schema.size_bytes
    assert source_at(mysql_url).tables() == [TableRef("t", database)]


def test_the_catalog_knows_unique_keys_and_comments(mysql_url: str) -> None:
    in_mysql(
        mysql_url,
        "create table t (id int primary key, a int, b varchar(20) comment 'a name', c int, unique k (b, a), unique (c),"
        " unique part (b(3)), index (a)) comment 'orders'",
        "create view v as select * from t",
        "create sequence s",
    )
    schema = source_at(mysql_url).schema(TableRef("t"))
    assert schema.primary_key == ("id",)
    assert schema.unique_keys == (("b", "a"), ("c",))
    assert (schema.comment, schema.columns[2].comment) == ("orders", "a name")
    view = source_at(mysql_url).schema(TableRef("v"))
    assert (view.unique_keys, view.comment) == ((), None)
    assert [table.name for table in source_at(mysql_url).tables()] == ["t", "v"]


def test_partitions_by_a_column_and_samples_of_views(mysql_url: str) -> None:
    in_mysql(
        mysql_url,
        "create table t (id int primary key, day date, kind varchar(5))",
        "insert into t select seq, date_add('2024-01-01', interval seq % 30 day), 'a' from seq_1_to_3000",
    )
    source = source_at(mysql_url, batch_rows=50)
    plan = source.plan(TableRequest(TableRef("t"), partition=Partition("day", recent=2)))
    days = pl.concat(source.batches(plan))["day"]
    assert plan.scope is not None
    assert sorted(plan.scope.partition_values) == ["2024-01-29", "2024-01-30"]
    assert (days.len(), plan.row_count) == (200, 200)
    assert sorted(map(str, days.unique())) == ["2024-01-29", "2024-01-30"]


def test_a_statement_that_takes_too_long_is_ended_by_the_server(mysql_url: str) -> None:
    in_mysql(mysql_url, "create view v as select sleep(20) as a")
    source = source_at(mysql_url, timeout_seconds=0.3)
    with pytest.raises(ReadFailed, match="statement timeout"):
        rows_of(source, "v")


HOSTILE = "a`b; drop table x; -- 'ä\\ %s .\""


def test_names_of_any_shape_are_safe(mysql_url: str) -> None:
    quoted = "`" + HOSTILE.replace("`", "``") + "`"
    in_mysql(
        mysql_url,
        "create table x (a int)",
        f"create table {quoted} ({quoted} int, `Select` text)",
        f"insert into {quoted} values (1, 'two')",
    )
    source = source_at(mysql_url)
    assert rows_of(source, HOSTILE).rows(named=True) == [{HOSTILE: 1, "Select": "two"}]
    assert "x" in {table.name for table in source.tables()}


@pytest.mark.parametrize(
    ("key", "reads"),
    [("id int primary key", 10), ("id bigint unsigned null unique", 11), ("id varchar(9) primary key", 1)],
)
def test_every_row_is_read_once_whatever_the_key(mysql_url: str, key: str, reads: int) -> None:
    in_mysql(
        mysql_url,
        f"create table t ({key}, n int) engine = innodb",
        "insert into t select seq, seq from seq_1_to_10000",
        "delete from t where n % 3 = 0 or n between 2000 and 4000",
    )
    expected = [n for n in range(1, 10_001) if n % 3 and not 2000 <= n <= 4000]
    if "null unique" in key:
        in_mysql(mysql_url, "insert into t values (null, 0), (null, 0)")
        expected = [0, 0, *expected]
    source = source_at(mysql_url, batch_rows=1000)
    plan = source.plan(TableRequest(TableRef("t")))
    batches = list(source.batches(plan))
    assert 1 <= len(plan.queries) <= reads
    assert (len(plan.queries) > 3) == (reads > 1)
    assert pl.concat(batches)["n"].sort().to_list() == expected
    assert source.row_count(plan) == len(expected)


def test_an_unsigned_key_may_be_as_large_as_it_can(mysql_url: str) -> None:
    largest = 2**64 - 1
    in_mysql(mysql_url, "create table t (id bigint unsigned primary key)", f"insert into t values (0), ({largest})")
    assert rows_of(source_at(mysql_url), "t")["id"].sort().to_list() == [0, largest]


def test_views_samples_and_empty_tables(mysql_url: str) -> None:
    in_mysql(
        mysql_url,
        "create table t (id int primary key)",
        "create view v as select id from t",
        "create table nothing (a int)",
        "insert into t select seq from seq_1_to_10000",
    )
    source = source_at(mysql_url, batch_rows=1000)
    assert rows_of(source, "v").height == 10_000
    assert rows_of(source, "nothing").height == 0
    plan = source.plan(TableRequest(TableRef("t"), sample=0.2))
    assert 1700 < sum(batch.height for batch in source.batches(plan)) < 2300
    assert source.row_count(plan) == 10_000
