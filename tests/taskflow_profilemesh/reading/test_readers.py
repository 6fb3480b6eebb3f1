"""What every reader of PostgreSQL must do alike: the same frames, whichever brings them."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from taskflow_profilemesh.errors import InvalidOption, QueryRefused, ReadFailed
from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
from taskflow_profilemesh.reading.reads import Reader
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import in_postgres, rows_of, source_at
from tests.taskflow_profilemesh.reading.test_postgresql import TYPES

pytestmark = pytest.mark.postgres

ODD_VALUES = (
    ("double precision", ["'NaN'", "'infinity'", "'-infinity'", "-0.0", "1e-308"]),
    ("real", ["'NaN'", "'infinity'", "1e-38"]),
    ("numeric", ["'NaN'", "'infinity'", "1e-30", "123456789012345678901234567890.123456789", "1e1000"]),
    ("numeric(12,2)", ["'NaN'", "-9999999999.99", "0.005"]),
    ("numeric(38,38)", ["0.99999999999999999999999999999999999999"]),
    ("date", ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'5874897-12-31'", "'4713-01-01 BC'"]),
    ("timestamp", ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'294276-12-31 23:59:59.999999'"]),
    ("timestamptz", ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'294276-12-31 23:59:59.999999+00'"]),
    ("time", ["'24:00'", "'00:00'", "'23:59:59.999999'"]),
    ("text", ["''", "' '", "E'\\n\\t'", "'ä€😀'", "repeat('x', 100000)"]),
    ("bytea", ["''", "'\\x00'"]),
    ("json", ['\'{"a":1,"a":2}\'', "'null'"]),
    ("bigint", ["'-9223372036854775808'", "9223372036854775807"]),
    ("int[][]", ["'{{1,2},{3,null}}'", "'{}'"]),
    ("int4range", ["'empty'", "'(,5]'"]),
)


@pytest.fixture
def torture(postgres_url: str) -> str:
    columns = [f"c{index} {row[0]}" for index, row in enumerate(TYPES)]
    columns += [f"o{index} {kind}" for index, (kind, _) in enumerate(ODD_VALUES)]
    in_postgres(
        postgres_url,
        "create type mood as enum ('sad', 'happy')",
        "create type pair as (a int, b text)",
        "create domain positive as int check (value > 0)",
        "create domain amount as numeric(12,2)",
        "create domain price as amount",
        f"create table torture (id int, {', '.join(columns)})",
        "insert into torture default values",
        f"insert into torture values (1, {', '.join(row[1] for row in TYPES)})",
        *(
            f"insert into torture (id, o{index}) values ({10 + 10 * index + place}, {value}::{kind})"
            for index, (kind, values) in enumerate(ODD_VALUES)
            for place, value in enumerate(values)
        ),
    )
    return postgres_url


@pytest.mark.parametrize("batch_rows", [20, 131_072])
def test_both_readers_bring_the_same_frames(torture: str, batch_rows: int) -> None:
    by_connectorx, by_adbc = (
        rows_of(source_at(torture, reader=reader, batch_rows=batch_rows), "torture")
        for reader in ("connectorx", "adbc")
    )
    assert by_connectorx.height == 2 + sum(len(values) for _, values in ODD_VALUES)
    assert_frame_equal(by_connectorx, by_adbc, check_exact=True)
    for name in by_connectorx.select(pl.selectors.temporal()).columns:  # what no calendar holds prints alike otherwise
        assert by_connectorx[name].to_physical().to_list() == by_adbc[name].to_physical().to_list()


def _numbered(url: str, rows: int = 20_000) -> None:
    in_postgres(
        url, "create table t (id int, filler text)", f"insert into t select n, 'x' from generate_series(1, {rows}) n"
    )


@pytest.fixture(params=["connectorx", "adbc"])
def reader(request: pytest.FixtureRequest) -> Reader:
    chosen: Reader = request.param
    return chosen


def test_every_row_comes_once_in_ranges_and_in_order(postgres_url: str, reader: Reader) -> None:
    _numbered(postgres_url)
    source = source_at(postgres_url, batch_rows=1000, reader=reader)
    plan = source.plan(TableRequest(TableRef("t")))
    batches = list(source.batches(plan))
    assert len(plan.queries) > 5
    assert max(batch.height for batch in batches) <= 1000
    assert pl.concat(batches)["id"].to_list() == list(range(1, 20_001))


def test_a_view_comes_in_batches_of_bounded_size(postgres_url: str, reader: Reader) -> None:
    _numbered(postgres_url)
    in_postgres(postgres_url, "create view v as select id, repeat('x', 5000) as filler from t")
    source = source_at(postgres_url, batch_rows=3000, reader=reader)
    heights = [batch.height for batch in source.batches(source.plan(TableRequest(TableRef("v"))))]
    assert sum(heights) == 20_000
    assert max(heights) <= 3000 * 1.25  # cut evenly, and a rest of a few rows is not cut off


def test_an_empty_table_yields_nothing(postgres_url: str, reader: Reader) -> None:
    in_postgres(postgres_url, "create table t (a int)", "create table nothing ()")
    source = source_at(postgres_url, reader=reader)
    assert [list(source.batches(source.plan(TableRequest(TableRef(name))))) for name in ("t", "nothing")] == [[], []]


def test_nothing_can_be_written(postgres_url: str, reader: Reader) -> None:
    in_postgres(
        postgres_url,
        "create table t (a int)",
        "insert into t values (1)",
        "create function f() returns bool language sql as 'insert into t values (2) returning true'",
    )
    source = source_at(postgres_url, reader=reader)
    with pytest.raises(ReadFailed):
        list(source.batches(source.plan(TableRequest(TableRef("t"), where="f()"))))
    assert source.row_count(source.plan(TableRequest(TableRef("t")))) == 1


def test_a_statement_that_takes_too_long_is_ended_by_the_server(postgres_url: str, reader: Reader) -> None:
    in_postgres(postgres_url, "create table t (a int)", "insert into t values (1)")
    source = source_at(postgres_url, timeout_seconds=0.2, reader=reader)
    plan = source.plan(TableRequest(TableRef("t"), where="pg_sleep(30) is not null"))
    with pytest.raises(ReadFailed, match="timeout"):
        list(source.batches(plan))


def test_a_table_that_changed_since_it_was_planned_is_a_refused_query(postgres_url: str, reader: Reader) -> None:
    in_postgres(postgres_url, "create table t (a int, b int)", "insert into t values (1, 2)")
    source = source_at(postgres_url, reader=reader)
    plan = source.plan(TableRequest(TableRef("t")))
    in_postgres(postgres_url, "alter table t drop column b")
    with pytest.raises(QueryRefused, match="column that does not exist"):
        list(source.batches(plan))
    in_postgres(postgres_url, "drop table t")
    with pytest.raises(QueryRefused, match="no longer exists"):
        list(source.batches(plan))


def test_several_tables_come_in_their_order_and_one_that_fails_costs_the_others_nothing(
    postgres_url: str, reader: Reader
) -> None:
    names = [f"t{number}" for number in range(12)]
    in_postgres(postgres_url, *(f"create table {name} as select {place} as a" for place, name in enumerate(names)))
    in_postgres(postgres_url, "create view v as select 100 as a")
    source = source_at(postgres_url, reader=reader)
    plans = [source.plan(TableRequest(TableRef(name))) for name in [*names[:6], "v", *names[6:]]]
    in_postgres(postgres_url, "drop table t3")
    found: dict[str, object] = {}
    for plan, batches in source.tables_batches(plans):
        try:
            found[plan.schema.table.name] = [batch["a"].to_list() for batch in batches]
        except QueryRefused as error:
            found[plan.schema.table.name] = error.reason
    assert list(found) == [plan.schema.table.name for plan in plans]
    assert found.pop("t3") == "something it reads no longer exists"
    assert found.pop("v") == [[100]]
    assert found == {name: [[place]] for place, name in enumerate(names) if place != 3}


@pytest.mark.parametrize(
    ("url", "reader", "words"),
    [
        ("mysql://db/shop", "adbc", "adbc for mysql"),
        ("sqlite:///shop.db", "adbc", "adbc for sqlite"),
        ("postgresql://db/shop", "odbc", "one of auto, connectorx, adbc"),
    ],
)
def test_a_reader_that_cannot_read_there_is_refused_at_once(url: str, reader: Reader, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        DatabaseSource(DatabaseAddress.from_url(url), name="w", reader=reader)


def test_adbc_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskflow_profilemesh.reading.reads.has_adbc", lambda: False)
    with pytest.raises(InvalidOption, match=r"taskflow-profilemesh\[adbc\]"):
        source_at("postgresql://db/shop", reader="adbc")


def test_without_adbc_psycopg_keeps_the_connection_and_connectorx_reads(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _numbered(postgres_url)
    for module in ("reads", "connector"):
        monkeypatch.setattr(f"taskflow_profilemesh.reading.{module}.has_adbc", lambda: False)
    source = source_at(postgres_url, batch_rows=1000)
    assert rows_of(source, "t").height == 20_000
    source.close()


def test_without_any_other_driver_connectorx_does_it_all(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _numbered(postgres_url)
    monkeypatch.setattr("taskflow_profilemesh.reading.reads.has_adbc", lambda: False)
    monkeypatch.setattr("taskflow_profilemesh.reading.drivers.find_spec", lambda _: None)
    with caplog.at_level("INFO", logger="taskflow_profilemesh.reading.snapshot"):
        assert rows_of(source_at(postgres_url, batch_rows=1000), "t").height == 20_000
    assert "public.t: its ranges are read from separate snapshots." in caplog.text


_WITHOUT_PANDAS = """
import sys
from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
from taskflow_profilemesh.tables import TableRef, TableRequest

source = DatabaseSource(DatabaseAddress.from_url(sys.argv[1]), name="shop", reader="adbc")
assert sum(batch.height for batch in source.batches(source.plan(TableRequest(TableRef("t"))))) == 3
source.close()
assert "adbc_driver_manager" in sys.modules
assert "pandas" not in sys.modules
"""


def test_adbc_brings_no_pandas_along(postgres_url: str) -> None:
    _numbered(postgres_url, 3)
    subprocess.run([sys.executable, "-c", _WITHOUT_PANDAS, postgres_url], check=True)


def test_adbc_reads_uuids_and_days_in_their_own_form(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table t (u uuid, d date)")
    request = TableRequest(TableRef("t"))
    (by_adbc,) = source_at(postgres_url, reader="adbc").plan(request).queries
    (by_connectorx,) = source_at(postgres_url, reader="connectorx").plan(request).queries
    assert by_adbc.startswith('select "u" as c0, "d" as c1 from ')
    assert by_connectorx.startswith('select "u"::text as c0, case when "d" >= ')
