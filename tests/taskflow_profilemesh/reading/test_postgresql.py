from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import polars as pl
import pytest

from taskflow_profilemesh.profiling import DecimalTotals, TableState
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import in_postgres, rows_of, source_at

pytestmark = pytest.mark.postgres

# declared type, a value in SQL, the kind, the Polars type, the value as read
TYPES: list[tuple[str, str, Kind, type[pl.DataType] | pl.DataType, object]] = [
    ("smallint", "-32768", Kind.INTEGER, pl.Int16, -32768),
    ("integer", "2147483647", Kind.INTEGER, pl.Int32, 2147483647),
    ("bigint", "9223372036854775807", Kind.INTEGER, pl.Int64, 9223372036854775807),
    ("oid", "4294967295", Kind.INTEGER, pl.Int64, 4294967295),
    ("real", "1.5", Kind.FLOAT, pl.Float32, 1.5),
    ("double precision", "'-infinity'", Kind.FLOAT, pl.Float64, float("-inf")),
    ("numeric(12,2)", "1234567890.12", Kind.DECIMAL, pl.Decimal(12, 2), Decimal("1234567890.12")),
    (
        "numeric(38,9)",
        "12345678901234567890123456789.123456789",
        Kind.DECIMAL,
        pl.Decimal(38, 9),
        Decimal("12345678901234567890123456789.123456789"),
    ),
    ("numeric(39,9)", "123456789012345678901234567890.5", Kind.DECIMAL, pl.Float64, 1.2345678901234568e29),
    ("numeric(3,-2)", "-12345", Kind.DECIMAL, pl.Decimal(5, 0), Decimal(-12300)),
    ("numeric(2,5)", "0.00012", Kind.DECIMAL, pl.Decimal(5, 5), Decimal("0.00012")),
    ("numeric", "1e400", Kind.DECIMAL, pl.Float64, float("inf")),
    ("numeric", "1e-400", Kind.DECIMAL, pl.Float64, 0.0),
    ("numeric(40,400)", "1e-390", Kind.DECIMAL, pl.Float64, 0.0),
    ("boolean", "true", Kind.BOOLEAN, pl.Boolean, True),
    ("text", "'ä\"'' \\\\ '", Kind.TEXT, pl.String, "ä\"' \\\\ "),
    ("character varying(4)", "'abcd'", Kind.TEXT, pl.String, "abcd"),
    ("character(5)", "'ab'", Kind.TEXT, pl.String, "ab"),
    ('"char"', "'x'", Kind.TEXT, pl.String, "x"),
    ("name", "'n'", Kind.TEXT, pl.String, "n"),
    ("date", "'2024-02-29'", Kind.DATE, pl.Date, date(2024, 2, 29)),
    ("timestamp without time zone", "'2024-01-02 03:04:05.123456'", Kind.DATETIME, pl.Datetime("us"), None),
    (
        "timestamp with time zone",
        "'2024-01-02 03:04:05+02'",
        Kind.DATETIME,
        pl.Datetime("us", "UTC"),
        datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC),
    ),
    ("time without time zone", "'24:00'", Kind.TIME, pl.Time, time(23, 59, 59, 999999)),
    ("time without time zone", "'12:34:56.7'", Kind.TIME, pl.Time, time(12, 34, 56, 700000)),
    ("json", '\'{"a":  1, "a": 2}\'', Kind.JSON, pl.String, '{"a":  1, "a": 2}'),
    ("jsonb", "'[123456789012345678901234567890]'", Kind.JSON, pl.String, "[123456789012345678901234567890]"),
    ("bytea", "'\\x00ff'", Kind.BINARY, pl.Binary, b"\x00\xff"),
    ("uuid", "'00000000-0000-0000-0000-000000000001'", Kind.OTHER, pl.String, "00000000-0000-0000-0000-000000000001"),
    ("interval", "'1 day 2 hours'", Kind.OTHER, pl.String, "1 day 02:00:00"),
    ("time with time zone", "'10:00+02'", Kind.OTHER, pl.String, "10:00:00+02"),
    ("integer[]", "'{{1,2},{3,null}}'", Kind.OTHER, pl.String, "{{1,2},{3,NULL}}"),
    ("date[]", "'{2024-01-01}'", Kind.OTHER, pl.String, "{2024-01-01}"),
    ("inet", "'10.0.0.1/8'", Kind.OTHER, pl.String, "10.0.0.1/8"),
    ("cidr", "'10.0.0.0/8'", Kind.OTHER, pl.String, "10.0.0.0/8"),
    ("macaddr", "'08:00:2b:01:02:03'", Kind.OTHER, pl.String, "08:00:2b:01:02:03"),
    ("money", "12.5", Kind.OTHER, pl.String, "$12.50"),
    ("xml", "null", Kind.OTHER, pl.String, None),  # not every server is built to hold a value of it
    ("point", "'(1,2)'", Kind.OTHER, pl.String, "(1,2)"),
    ("tsvector", "'a b'", Kind.OTHER, pl.String, "'a' 'b'"),
    ("bit(3)", "B'101'", Kind.OTHER, pl.String, "101"),
    ("bit varying(8)", "B'10'", Kind.OTHER, pl.String, "10"),
    ("int4range", "'[1,5)'", Kind.OTHER, pl.String, "[1,5)"),
    ("tid", "'(0,1)'", Kind.OTHER, pl.String, "(0,1)"),
    ("regclass", "'pg_class'", Kind.OTHER, pl.String, "pg_class"),
    ("pg_lsn", "'0/1'", Kind.OTHER, pl.String, "0/1"),
    ("mood", "'sad'", Kind.TEXT, pl.String, "sad"),
    ("mood[]", "'{sad}'", Kind.OTHER, pl.String, "{sad}"),
    ("pair", "row(1, 'x')", Kind.OTHER, pl.String, "(1,x)"),
    ("positive", "7", Kind.INTEGER, pl.Int32, 7),
    ("price", "7.25", Kind.DECIMAL, pl.Decimal(12, 2), Decimal("7.25")),
]
MOMENT = next(index for index, row in enumerate(TYPES) if row[0] == "timestamp without time zone")


def test_every_type_arrives_as_its_kind_also_after_a_null_first_row(postgres_url: str) -> None:
    columns = ", ".join(f"c{index} {row[0]}" for index, row in enumerate(TYPES))
    in_postgres(
        postgres_url,
        "create type mood as enum ('sad', 'happy')",
        "create type pair as (a int, b text)",
        "create domain positive as int check (value > 0)",
        "create domain amount as numeric(12,2)",
        "create domain price as amount",
        f"create table t ({columns})",
        "insert into t default values",
        f"insert into t values ({', '.join(row[1] for row in TYPES)})",
    )
    source = source_at(postgres_url)
    schema = source.schema(TableRef("t"))
    frame = rows_of(source, "t")
    assert [column.declared_type for column in schema.columns] == [row[0] for row in TYPES]
    assert [column.kind for column in schema.columns] == [row[2] for row in TYPES]
    assert frame.dtypes == [row[3] for row in TYPES]
    assert frame.row(0) == (None,) * len(TYPES)
    read = frame.drop(f"c{MOMENT}").row(1)
    expected = tuple(row[4] for index, row in enumerate(TYPES) if index != MOMENT)
    assert read == expected
    assert frame[f"c{MOMENT}"].to_physical()[1] == 1_704_164_645_123_456


def test_values_that_no_calendar_holds_do_not_break_a_table(postgres_url: str) -> None:
    values = [
        f"({number}, '{value}'::numeric, '{value}'::float8, {day}, {moment}, {moment})"
        for number, (value, day, moment) in enumerate(
            [
                ("NaN", "'infinity'::date", "'infinity'::timestamp"),
                ("Infinity", "'-infinity'", "'-infinity'"),
                ("-Infinity", "'0044-03-15 BC'", "'0044-03-15 BC'"),
                ("1", "'5874897-12-31'", "'294276-12-31'"),
            ]
        )
    ]
    in_postgres(
        postgres_url,
        "create table t (id int, n numeric, f float8, d date, ts timestamp, tz timestamptz)",
        f"insert into t values {', '.join(values)}",
    )
    frame = rows_of(source_at(postgres_url), "t").sort("id")
    assert frame["n"].is_nan().to_list() == [True, False, False, False]
    assert frame["n"].is_infinite().to_list() == [False, True, True, False]
    days = frame["d"].to_physical().to_list()
    assert days[0] == days[3] == max(days)
    assert days[1] == min(days)
    assert frame["d"].dt.year().to_list()[2] == -43
    assert frame["ts"].dt.year().to_list()[2] == -43
    assert frame["tz"].dtype == pl.Datetime("us", "UTC")
    assert frame.null_count().row(0) == (0,) * 6


def test_decimal_totals_are_exact_and_leave_out_what_is_no_number(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (a numeric(38,9), b numeric, c numeric, d int)",
        "insert into t values (12345678901234567890.123456789, 'NaN', null, 1), (0.000000001, 1e-30, null, 2),"
        " (null, 'Infinity', null, 3)",
    )
    source = source_at(postgres_url)
    totals = source.decimal_totals(source.plan(TableRequest(TableRef("t"))))
    assert set(totals) == {"a", "b", "c"}
    assert totals["a"].total == Decimal("12345678901234567890.123456790")
    assert totals["a"].minimum == Decimal("0.000000001")
    assert totals["b"].minimum == totals["b"].maximum == totals["b"].total == Decimal("1e-30")
    assert totals["c"].minimum is None
    only_int = source.plan(TableRequest(TableRef("t"), columns=("d",)))
    assert source.decimal_totals(only_int) == {}


def test_a_bounded_decimal_with_a_nan_arrives_in_doubles_and_its_totals_come_from_an_aggregate(
    postgres_url: str,
) -> None:
    in_postgres(
        postgres_url,
        "create table t (a numeric(12,2), b numeric(12,2))",
        "insert into t values ('NaN', 1.10), (2.20, 2.20), (null, null)",
    )
    source = source_at(postgres_url)
    plan = source.plan(TableRequest(TableRef("t")))
    state = TableState.empty(plan.schema)
    for batch in source.batches(plan):
        assert batch.dtypes == [pl.Float64, pl.Decimal(12, 2)]
        state.add(batch)
    assert state.rounded_decimals == ("a",)
    totals = source.decimal_totals(plan, state.rounded_decimals)
    assert totals == {"a": DecimalTotals(Decimal("2.20"), Decimal("2.20"), Decimal("2.20"))}
    one, two = state.profile(decimals=totals).columns
    assert one.numbers is not None
    assert two.numbers is not None
    assert (one.maximum, one.numbers.nan_count) == (Decimal("2.20"), 1)
    assert (two.minimum, two.maximum, two.numbers.total) == (Decimal("1.10"), Decimal("2.20"), Decimal("3.30"))


def test_a_table_may_have_more_decimal_columns_than_one_aggregate_takes(postgres_url: str) -> None:
    columns = ", ".join(f"c{number} numeric default {number}" for number in range(1200))
    in_postgres(postgres_url, f"create table t ({columns})", "insert into t default values")
    source = source_at(postgres_url)
    totals = source.decimal_totals(source.plan(TableRequest(TableRef("t"))))
    assert [totals[f"c{number}"].total for number in range(1200)] == [Decimal(number) for number in range(1200)]


HOSTILE = "a\"b; drop table x; -- 'ä\\ %s .`"


def test_names_of_any_shape_are_safe(postgres_url: str) -> None:
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    in_postgres(
        postgres_url,
        "create table x (a int)",
        f"create schema {quoted}",
        f'create table {quoted}.{quoted} ({quoted} int, "Select" text, " " int, "a" int, "A" int)',
        f"insert into {quoted}.{quoted} values (1, 'two', 3, 4, 5)",
    )
    source = source_at(postgres_url)
    table = TableRef(HOSTILE, HOSTILE)
    assert table in source.tables()
    frame = rows_of(source, TableRequest(table))
    assert frame.rows(named=True) == [{HOSTILE: 1, "Select": "two", " ": 3, "a": 4, "A": 5}]
    assert TableRef("x", "public") in source.tables()


def _numbered(url: str, *, rows: int = 20_000) -> None:
    in_postgres(
        url,
        "create table t (id int, filler text)",
        f"insert into t select n, repeat('x', n % 50) from generate_series(1, {rows}) n",
    )


def test_ranges_of_pages_hold_every_row_once_after_deletes_and_updates_too(postgres_url: str) -> None:
    _numbered(postgres_url)
    in_postgres(
        postgres_url,
        "delete from t where id % 3 = 0 or id between 4000 and 9000",
        "update t set filler = filler || 'y' where id % 5 = 0",
    )
    source = source_at(postgres_url, batch_rows=1000)
    plan = source.plan(TableRequest(TableRef("t")))
    batches = list(source.batches(plan))
    assert len(plan.queries) > 5
    assert max(batch.height for batch in batches) <= 1000
    ids = pl.concat(batches)["id"].sort().to_list()
    assert ids == [n for n in range(1, 20_001) if n % 3 and not 4000 <= n <= 9000]
    assert source.row_count(plan) == len(ids)


def test_rows_written_after_the_plan_are_read_too(postgres_url: str) -> None:
    _numbered(postgres_url)
    source = source_at(postgres_url, batch_rows=5000)
    plan = source.plan(TableRequest(TableRef("t")))
    in_postgres(postgres_url, "insert into t select n, 'late' from generate_series(20001, 30000) n")
    assert sum(batch.height for batch in source.batches(plan)) == 30_000


def test_the_server_reads_only_the_pages_of_a_range(postgres_url: str) -> None:
    import psycopg

    _numbered(postgres_url)
    plan = source_at(postgres_url, batch_rows=1000).plan(TableRequest(TableRef("t")))
    with psycopg.connect(postgres_url) as connection:
        explained = str(connection.execute(f"explain {plan.queries[1]}".encode()).fetchall())
    assert "Tid Range Scan" in explained


def test_long_values_make_smaller_ranges_within_a_memory_budget(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (id int, filler text)",
        "alter table t alter filler set storage external",
        "insert into t select n, repeat('x', 5000) from generate_series(1, 2000) n",
    )
    source = source_at(postgres_url, memory_budget_bytes=16 << 20)
    plan = source.plan(TableRequest(TableRef("t")))
    assert len(plan.queries) > 5
    assert sum(batch.height for batch in source.batches(plan)) == 2000


def test_a_view_is_one_read(postgres_url: str) -> None:
    _numbered(postgres_url)
    in_postgres(postgres_url, "create view v as select * from t")
    source = source_at(postgres_url, batch_rows=1000)
    plan = source.plan(TableRequest(TableRef("v")))
    assert "a view" in plan.reason
    assert len(plan.queries) == 1
    assert pl.concat(source.batches(plan))["id"].n_unique() == 20_000


def test_a_partitioned_table_has_the_rows_and_bytes_of_its_partitions(postgres_url: str) -> None:
    _numbered(postgres_url, rows=1000)
    in_postgres(
        postgres_url,
        "create table v (like t) partition by range (id)",
        "create table low partition of v for values from (0) to (500)",
        "create table high partition of v default",
        "insert into v select * from t",
        "analyze low",
        "analyze high",
    )
    schema = source_at(postgres_url).schema(TableRef("v"))
    assert schema.row_estimate == 1000
    assert schema.size_bytes
    assert [str(table) for table in source_at(postgres_url).tables()] == ["public.t", "public.v"]


def test_a_materialized_view_is_read_by_pages(postgres_url: str) -> None:
    _numbered(postgres_url)
    in_postgres(postgres_url, "create materialized view v as select * from t")
    source = source_at(postgres_url, batch_rows=1000)
    assert len(source.plan(TableRequest(TableRef("v"))).queries) > 5
    assert rows_of(source, "v").height == 20_000


def test_an_empty_table_yields_no_batch(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table t (a int)", "create table nothing ()")
    source = source_at(postgres_url)
    plan = source.plan(TableRequest(TableRef("t")))
    assert list(source.batches(plan)) == []
    assert source.row_count(plan) == 0
    assert list(source.batches(source.plan(TableRequest(TableRef("nothing"))))) == []


def test_a_condition_and_a_choice_of_columns_are_kept(postgres_url: str) -> None:
    _numbered(postgres_url)
    source = source_at(postgres_url, batch_rows=1000)
    request = TableRequest(TableRef("t"), columns=("id",), where="id <= 10 or id = 20 -- few")
    plan = source.plan(request)
    assert pl.concat(source.batches(plan))["id"].sort().to_list() == [*range(1, 11), 20]
    assert source.row_count(plan) == 11


@pytest.mark.parametrize("sample", [2000, 0.1])
@pytest.mark.parametrize("batch_rows", [500, 131_072])
def test_a_sample_is_about_as_large_as_asked_and_the_count_exact(
    postgres_url: str, sample: float, batch_rows: int
) -> None:
    _numbered(postgres_url)
    source = source_at(postgres_url, batch_rows=batch_rows)
    plan = source.plan(TableRequest(TableRef("t"), sample=sample))
    ids = pl.concat(source.batches(plan))["id"]
    assert plan.sampled
    assert 1700 < ids.len() < 2300  # seven standard deviations
    assert ids.n_unique() == ids.len()
    assert source.row_count(plan) == 20_000


def test_a_sample_of_more_rows_than_there_are_is_the_table(postgres_url: str) -> None:
    _numbered(postgres_url, rows=100)
    plan = source_at(postgres_url).plan(TableRequest(TableRef("t"), sample=100))
    assert not plan.sampled
    assert plan.row_count == 100


def test_infinite_moments_are_told_as_such(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (d date, ts timestamp, tz timestamptz)",
        "insert into t values ('infinity', 'infinity', 'infinity'), ('-infinity', '-infinity', '-infinity')",
    )
    source = source_at(postgres_url)
    plan = source.plan(TableRequest(TableRef("t")))
    state = TableState.empty(plan.schema)
    for batch in source.batches(plan):
        state.add(batch)
    assert [(one.minimum, one.maximum) for one in state.profile().columns] == [("-infinity", "infinity")] * 3
