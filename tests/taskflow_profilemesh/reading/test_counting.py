"""What databases count beside a sample, against what profiles of all rows say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling import ColumnProfile, Precision, TableProfile
from taskflow_profilemesh.reading import DatabaseSource
from taskflow_profilemesh.reading.counting import countings
from taskflow_profilemesh.reading.plan import ReadKind
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.storage.results import results_of
from taskflow_profilemesh.table_requests import table_requests
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock
from tests.taskflow_profilemesh.reading.servers import in_mysql, in_postgres, in_sqlite, source_at

_POSTGRES_COLUMNS = """n int, "q n" bigint, q int, ok boolean, f float8, f4 real, d numeric(10,2), big numeric,
    s text, c char(5), word name, mood mood, day date, ts timestamp, tz timestamptz, at time, doc jsonb, raw bytea,
    span interval, id oid, nothing text"""
_POSTGRES_ROWS = """select g, g * 10000000000, -g, g % 2 = 0, g / 3.0, g, g / 4.0, 1e30 + g,
    case g % 5 when 0 then null else chr(96 + g % 7) || g end, 'c' || g % 9, 'w',
    (array['sad','happy'])[1 + g % 2]::mood, date '2024-01-01' + g, timestamp '2024-01-01' + g * interval '1 hour',
    timestamptz '2024-01-01 00:00+02' + g * interval '1 minute', time '00:00' + g * interval '1 second',
    '{}', '\\x00', '1 day', g, null from generate_series(1, 3000) g"""


def _profile(source: DatabaseSource, request: TableRequest) -> TableProfile:
    pipeline = Pipeline(source=source, store=MemoryStore(), clock=HandClock())
    (table,) = pipeline.run([request], Run(run_id="r")).profiled
    return table.stored.profile


def _same_as_whole(source: DatabaseSource, **how: object) -> None:
    """A sample's counts and extremes are those of the profile of every row."""
    request = TableRequest(TableRef("t"))
    whole, sample = _profile(source, request), _profile(source, replace(request, **{"sample": 500} | how))  # type: ignore[arg-type] # fields by name
    assert sample.profiled_rows < whole.profiled_rows == sample.row_count
    for one, all_of_it in zip(sample.columns, whole.columns, strict=True):
        assert one.counted is not None, one.schema.name
        assert (one.counted.row_count, one.counted.null_count) == (whole.row_count, all_of_it.null_count)
        assert one.null_ratio == all_of_it.null_ratio
        assert one.precision is Precision.SAMPLED
        if one.counted.has_extremes:
            assert (one.schema.name, _ends(one)) == (all_of_it.schema.name, _ends(all_of_it))


def _ends(column: ColumnProfile) -> tuple[object, ...]:
    span = column.time_span
    spanned = span and (span.range_seconds, span.freshness_seconds)
    total = column.numbers.total if column.numbers and column.schema.kind == "decimal" else None
    return column.minimum, column.maximum, spanned, total


def _extreme_columns(profile: TableProfile) -> set[str]:
    return {column.schema.name for column in profile.columns if column.counted and column.counted.has_extremes}


def _postgres_table(url: str) -> None:
    in_postgres(
        url,
        "create type mood as enum ('sad', 'happy')",
        f"create table t ({_POSTGRES_COLUMNS})",
        f"insert into t {_POSTGRES_ROWS}",
        "insert into t (f, f4, d, big, day, ts, tz, at) values ('NaN', 'NaN', 'NaN', 'NaN', 'infinity', '-infinity',"
        " 'infinity', '24:00'), ('infinity', '-infinity', 1, '-infinity', '0044-03-15 BC', '0044-03-15 BC',"
        " '0044-03-15 BC', '00:00')",
    )


@pytest.mark.postgres
@pytest.mark.parametrize("how", [{}, {"sample_method": "pages"}, {"sample": None, "max_rows": 500}, {"sample": 0.2}])
def test_postgres_counts_what_a_profile_of_all_rows_says(postgres_url: str, how: dict[str, object]) -> None:
    _postgres_table(postgres_url)
    _same_as_whole(source_at(postgres_url, batch_rows=1000), **how)


@pytest.mark.postgres
def test_every_column_with_an_order_has_its_extremes_in_one_statement(postgres_url: str) -> None:
    _postgres_table(postgres_url)
    source = source_at(postgres_url)
    profile = _profile(source, TableRequest(TableRef("t"), sample=100))
    without = {"ok", "doc", "raw", "span"}
    assert _extreme_columns(profile) == {column.schema.name for column in profile.columns} - without
    big = profile.column("big")
    assert big is not None
    assert (big.minimum, big.maximum) == (Decimal(10**30 + 1), Decimal(10**30 + 3000))
    results = {(one.column, one.metric): one for one in results_of(profile, {})}
    assert results["s", "null_count"].value == 602
    assert results["s", "null_count"].precision is Precision.EXACT
    assert results["s", "min"].precision is Precision.EXACT
    assert results["doc", "null_ratio"].precision is Precision.EXACT
    assert results["f", "mean"].precision is Precision.SAMPLED


@pytest.mark.postgres
def test_all_columns_are_counted_in_one_statement_that_looks_at_the_table_once(postgres_url: str) -> None:
    _postgres_table(postgres_url)
    plan = source_at(postgres_url).plan(TableRequest(TableRef("t"), sample=0.1))
    assert plan.row_count is None  # nobody counted for the plan
    assert plan.statements is not None
    (counting,) = countings(plan.statements, plan.columns)
    with psycopg.connect(postgres_url) as connection:
        explained = str(connection.execute(f"explain {counting.query()}".encode()).fetchall())
    assert explained.count("Scan on t") == 1


@pytest.mark.mysql
def test_mysql_counts_what_a_profile_of_all_rows_says(mysql_url: str) -> None:
    columns = """n int primary key, big bigint unsigned, ok tinyint(1), f double, f4 float, d decimal(10,2),
        wide decimal(65,30), s varchar(20) character set latin1, t text, e enum('z','a'), st set('x','y'), day date,
        dt datetime(3), ts timestamp null, span time, y year, b bit(12), doc json, raw blob, nothing int"""
    in_mysql(
        mysql_url,
        "set sql_mode = ''",
        f"create table t ({columns}) default character set utf8mb4",
        """insert into t select seq, 18446744073709551615 - seq, seq % 2, seq / 3, seq, seq / 4, seq / 7,
            if(seq % 5, concat('ä', char(65 + seq % 50), seq), null), concat('T', seq), 1 + seq % 2, 1 + seq % 3,
            date_add('2024-01-01', interval seq day), date_add('2024-01-01', interval seq * 1001000 microsecond),
            date_add('2024-01-01', interval seq second), sec_to_time(seq * 400), 1980 + seq % 100, seq, '{}', 'x', null
            from seq_1_to_3000""",
        "insert into t (n, day, dt) values (-1, '0000-00-00', '0000-00-00'), (-2, '2024-00-00', '2024-00-00')",
    )
    source = source_at(mysql_url, batch_rows=1000)
    _same_as_whole(source)
    _same_as_whole(source, sample=None, max_rows=500)
    profile = _profile(source, TableRequest(TableRef("t"), sample=100))
    assert _extreme_columns(profile) >= {"n", "big", "f", "s", "t", "e", "st", "day", "dt", "ts", "y", "b", "nothing"}


def test_sqlite_counts_what_a_profile_of_all_rows_says(tmp_path: Path) -> None:
    rows = [
        (n, n / 3, f"ä{n % 7} {n}" if n % 5 else None, f"2024-01-{1 + n % 28:02}", f"12:00:{n % 60:02}", n % 2, "x" * n)
        for n in range(1, 3001)
    ]
    rows += [(0, float("inf"), "", "2024-02-29", "00:00:00", 0, 7), (-1, -float("inf"), "Z", None, None, None, None)]  # type: ignore[list-item] # SQLite takes any
    url = in_sqlite(
        tmp_path / "a.db",
        "create table t (n int, f real, s text collate nocase, day date, at time, ok boolean, mixed string)",
        "insert into t values (?, ?, ?, ?, ?, ?, ?)",
        rows=rows,
    )
    source = source_at(url, batch_rows=1000)
    _same_as_whole(source)
    profile = _profile(source, TableRequest(TableRef("t"), sample=100))
    assert _extreme_columns(profile) == {"n", "f", "s", "day", "at", "mixed"}


@pytest.mark.postgres
def test_a_table_of_more_rows_than_wanted_is_sampled_and_says_so(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table t (a int)", "insert into t select n from generate_series(1, 20000) n")
    source = source_at(postgres_url)

    def planned(**said: object) -> tuple[ReadKind, str, int | None]:
        (request,) = table_requests({"table": "t"} | said)
        assert isinstance(request, TableRequest)
        plan = source.plan(request)
        return plan.kind, plan.reason, plan.row_count

    kind, reason, row_count = planned(max_rows=1000)
    assert kind is ReadKind.SAMPLE
    assert reason.endswith("about 5.00% of the rows at random, because there are 20,000 of them and max_rows is 1,000.")
    assert row_count == 20_000
    assert planned(max_rows=20_000)[0] is ReadKind.SINGLE
    assert planned(max_rows=10_000_000) == (ReadKind.SINGLE, "One read, because the rows fit one batch.", None)
    assert "because" not in planned(max_rows=1000, sample=0.01)[1].partition(";")[2]


@pytest.mark.postgres
def test_a_sample_of_pages_reads_slices_that_are_spread_over_the_table(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (a int, filler text)",
        "insert into t select n, repeat('x', 200) from generate_series(1, 30000) n",
        "analyze t",
    )
    source = source_at(postgres_url, batch_rows=1000)
    plan = source.plan(TableRequest(TableRef("t"), sample=0.2, sample_method="pages"))
    again = source.plan(TableRequest(TableRef("t"), sample=0.2, sample_method="pages"))
    rows = [row for batch in source.batches(plan) for row in batch["a"].to_list()]
    assert plan == again
    assert 5000 < len(rows) < 7000
    assert len(rows) == len(set(rows))
    assert {row // 6001 for row in rows} == {0, 1, 2, 3, 4}
    assert (
        "tablesample system"
        in source_at(postgres_url).plan(TableRequest(TableRef("t"), sample=0.2, sample_method="pages")).queries[0]
    )
