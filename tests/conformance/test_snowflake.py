"""Snowflake as its real driver and a stand-in for its server show it; `snowflakes.py` says what they cannot show."""

from __future__ import annotations

import json
import math
import threading
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.errors import (
    ConditionRefused,
    ProfileMeshError,
    QueryRefused,
    ReadCancelled,
    TableNotFound,
)
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.plan import ReadKind
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.conformance.snowflakes import in_snowflake
from tests.taskflow_profilemesh.reading.servers import rows_of, source_at
from tests.taskflow_profilemesh.reading.test_counting import _profile, _same_as_whole

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(900)]  # the environment is made once

_READING = datetime(2024, 2, 29, 12, 30, 0, 123456)  # noqa: DTZ001 -- of no zone
_MOMENT = datetime(2023, 12, 31, 22, 30, tzinfo=UTC)
_TYPES = (
    ("number(18,0)", "123456789012345678", Kind.INTEGER, 123456789012345678),
    ("int", "7", Kind.DECIMAL, Decimal(7)),
    ("number(12,2)", "-9999999999.99", Kind.DECIMAL, Decimal("-9999999999.99")),
    ("number(38,37)", "1.2345678901234567890123456789012345678", Kind.DECIMAL, None),
    ("float", "2.5", Kind.FLOAT, 2.5),
    ("varchar(20)", "'ä€😀'", Kind.TEXT, "ä€😀"),
    ("boolean", "true", Kind.BOOLEAN, True),
    ("date", "'0001-02-03'::date", Kind.DATE, date(1, 2, 3)),
    ("time", "'23:59:59.123456'::time", Kind.TIME, time(23, 59, 59, 123456)),
    ("timestamp_ntz", "'2024-02-29 12:30:00.123456'::timestamp_ntz", Kind.DATETIME, _READING),
    ("timestamp_tz", "'2024-01-01 00:30:00 +02:00'::timestamp_tz", Kind.DATETIME, _MOMENT),
    ("variant", """parse_json('{"a":[1,null]}')""", Kind.JSON, '{"a":[1,null]}'),
    ("object", "object_construct('k', 1)", Kind.JSON, '{"k":1}'),
    ("array", "array_construct(1, 'b')", Kind.JSON, '[1,"b"]'),
    ("binary", "'00ff'::binary", Kind.BINARY, None),
)


def _numbered(url: str, rows: int = 200_000) -> None:
    in_snowflake(
        url,
        f"create table t as select seq4()::number(18,0) as id, 'x' as filler from table(generator(rowcount => {rows}))",
    )


def test_every_type_arrives_as_its_kind_says(snowflake_url: str) -> None:
    columns = ", ".join(f"c{place} {row[0]}" for place, row in enumerate(_TYPES))
    in_snowflake(
        snowflake_url,
        f"create table t (id int, {columns})",
        f"insert into t select 1, {', '.join(row[1] for row in _TYPES)}",
    )
    source = source_at(snowflake_url)
    schema = source.schema(TableRef("T"))
    (row,) = rows_of(source, "T").to_dicts()
    for place, (declared, _, kind, expected) in enumerate(_TYPES):
        column = schema.column(f"C{place}")
        assert column is not None
        assert column.kind is kind, declared
        value = row[f"C{place}"]
        assert value == expected if expected is not None else value is not None, declared
    assert str(row["C3"]) == "1.2345678901234567890123456789012345678"


def test_nulls_nan_and_infinities_arrive(snowflake_url: str) -> None:
    in_snowflake(
        snowflake_url,
        "create table t (id int, f float, s varchar, b boolean, d date, n number(10,2))",
        "insert into t (id, f) values (1, 'nan'::float), (2, 'inf'::float), (3, '-inf'::float), (4, null)",
    )
    frame = rows_of(source_at(snowflake_url), "T").sort("ID")
    assert math.isnan(frame["F"][0])
    assert frame["F"].to_list()[1:] == [math.inf, -math.inf, None]
    assert all(frame[name].null_count() == 4 for name in "SBDN")


def test_a_table_is_one_stream_of_batches_in_which_every_row_comes_once(snowflake_url: str) -> None:
    _numbered(snowflake_url)
    source = source_at(snowflake_url, batch_rows=10_000)
    plan = source.plan(TableRequest(TableRef("T")))
    batches = list(source.batches(plan))
    assert (plan.kind, plan.memory_bytes) == (ReadKind.SINGLE, None)
    assert max(batch.height for batch in batches) <= 12_500  # slices are even, and a quarter larger rather than many
    assert sorted(value for batch in batches for value in batch["ID"].to_list()) == list(range(200_000))


def test_a_table_without_rows_yields_nothing(snowflake_url: str) -> None:
    in_snowflake(snowflake_url, "create table t (id int, n timestamp_ntz, v variant)")
    source = source_at(snowflake_url)
    plan = source.plan(TableRequest(TableRef("T")))
    assert list(source.batches(plan)) == []
    assert source.row_count(plan) == 0


def test_names_are_themselves_whatever_they_hold(snowflake_url: str) -> None:
    in_snowflake(
        snowflake_url,
        'create table "odd ""name; --ü" ("select" int, "low er" int, UPPER int)',
        'insert into "odd ""name; --ü" values (1, 2, 3)',
    )
    request = TableRequest(TableRef('odd "name; --ü'), columns=("select", "low er", "UPPER"))
    (row,) = rows_of(source_at(snowflake_url), request).to_dicts()
    assert row == {"select": 1, "low er": 2, "UPPER": 3}


def test_a_name_in_lower_case_finds_what_was_created_without_quotes(snowflake_url: str) -> None:
    in_snowflake(snowflake_url, "create table orders (a int)", 'create table "lower" (b int)')
    source = source_at(snowflake_url)
    assert source.plan(TableRequest(TableRef("orders", "public"))).schema.table == TableRef("ORDERS", "PUBLIC")
    plans = source.plans([TableRequest(TableRef(name)) for name in ("lower", "orders", "ORDERS", "nothing")])
    found = [type(plan) if isinstance(plan, ProfileMeshError) else str(plan.schema.table) for plan in plans]
    assert found == ["PUBLIC.lower", "PUBLIC.ORDERS", "PUBLIC.ORDERS", TableNotFound]


def test_tables_and_views_are_listed_with_their_schema(snowflake_url: str) -> None:
    in_snowflake(
        snowflake_url,
        "create table t (a int)",
        "create view v as select a from t",
        "create schema other",
        "create table other.t (a int)",
    )
    source = source_at(snowflake_url)
    assert source.tables() == [TableRef("T", "OTHER"), TableRef("T", "PUBLIC"), TableRef("V", "PUBLIC")]
    assert source.tables(unnamed_only=True) == [TableRef("T", "PUBLIC"), TableRef("V", "PUBLIC")]
    assert source.plan(TableRequest(TableRef("V"))).row_count is None


def test_columns_conditions_and_what_airbyte_adds(snowflake_url: str) -> None:
    in_snowflake(
        snowflake_url,
        "create table t (a int, b varchar, _airbyte_raw_id varchar)",
        r"insert into t values (1, 'it''s \\ here', 'x'), (2, 'y', 'z')",
    )
    source = source_at(snowflake_url)
    assert rows_of(source, "T").columns == ["A", "B"]
    request = TableRequest(TableRef("T"), columns=("B", "_AIRBYTE_RAW_ID"), where="a = 1 -- the first")
    assert rows_of(source, request).to_dicts() == [{"B": "it's \\ here", "_AIRBYTE_RAW_ID": "x"}]
    assert source.row_count(source.plan(request)) == 1


@pytest.mark.parametrize("where", ["nope = 1", "a =", "sum(a) > 1", "1 = 1) or (1 = 1", "nothing(a)"])
def test_a_condition_that_is_none_is_refused_before_a_row_is_read(snowflake_url: str, where: str) -> None:
    in_snowflake(snowflake_url, "create table t (a int)", "insert into t values (1)")
    with pytest.raises(ConditionRefused) as raised:
        source_at(snowflake_url).plan(TableRequest(TableRef("T"), where=where))
    assert "nope" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_table_that_is_gone_since_it_was_planned_is_a_refused_query(snowflake_url: str) -> None:
    in_snowflake(snowflake_url, "create table t (a int)")
    source = source_at(snowflake_url)
    plan = source.plan(TableRequest(TableRef("T")))
    in_snowflake(snowflake_url, "drop table t")
    with pytest.raises(QueryRefused, match="may not read it"):
        list(source.batches(plan))


@pytest.mark.parametrize("how", [{}, {"sample": None, "max_rows": 500}, {"sample": 0.2}])
def test_beside_a_sample_stand_the_counts_of_all_rows(snowflake_url: str, how: dict[str, object]) -> None:
    in_snowflake(
        snowflake_url,
        """create table t as select seq4()::number(18,0) as id, (seq4() / 4)::number(12,2) as price,
           case when seq4() % 3 = 0 then null else 'Ä' || seq4() end as name,
           case when seq4() % 7 = 0 then 'nan'::float when seq4() % 7 = 1 then 'inf'::float else seq4() / 3 end as f,
           dateadd('day', seq4() % 1000, '2020-01-01'::date) as d, seq4() % 2 = 0 as b
           from table(generator(rowcount => 10000))""",
    )
    _same_as_whole(source_at(snowflake_url), **how)


def test_a_sample_is_the_servers_own(snowflake_url: str) -> None:
    _numbered(snowflake_url, 20_000)
    in_snowflake(snowflake_url, "create view v as select id from t")
    source = source_at(snowflake_url)
    (query,) = source.plan(TableRequest(TableRef("T"), sample=0.25)).queries
    assert query.endswith('from "PUBLIC"."T" tablesample bernoulli (25.000000000000)')
    (by_pages,) = source.plan(TableRequest(TableRef("T"), max_rows=5_000, sample_method="pages")).queries
    assert by_pages.endswith('from "PUBLIC"."T" tablesample system (25.000000000000)')
    (of_view,) = source.plan(TableRequest(TableRef("V"), sample=0.25, sample_method="pages")).queries
    assert of_view.endswith('from "PUBLIC"."V" tablesample bernoulli (25.000000000000)')
    assert 4_000 < rows_of(source, TableRequest(TableRef("T"), sample=0.25)).height < 6_000  # eight sigma and more


def test_a_read_that_is_cancelled_ends_and_asks_the_server_to_end_it(
    snowflake: tuple[str, Path], snowflake_url: str
) -> None:
    _numbered(snowflake_url)
    in_snowflake(snowflake_url, "create view v as select count(*) as n from t a, t b where a.id + b.id > 7")
    source = source_at(snowflake_url)
    plan = source.plan(TableRequest(TableRef("V")))
    timer = threading.Timer(0.5, source.cancel)
    timer.start()
    with pytest.raises(ReadCancelled):
        list(source.batches(plan))
    timer.join()
    assert "/queries/v1/abort-request" in snowflake[1].read_text()


def test_a_stream_that_nobody_wants_any_more_leaves_the_connection_usable(snowflake_url: str) -> None:
    _numbered(snowflake_url)
    source = source_at(snowflake_url, batch_rows=1000)
    batches = source.batches(source.plan(TableRequest(TableRef("T"))))
    assert 0 < next(batches).height <= 1250
    batches.close()  # type: ignore[attr-defined]  # it is a generator
    assert source.row_count(source.plan(TableRequest(TableRef("T")))) == 200_000


@pytest.mark.parametrize("passphrase", [None, "phr@se"])
def test_the_driver_takes_a_private_key_with_and_without_a_passphrase(
    snowflake_url: str, tmp_path: Path, passphrase: str | None
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    sealed = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    file = tmp_path / "key.p8"
    file.write_bytes(pem)
    more = f"&private_key_file={file}" + (f"&private_key_file_pwd={quote(passphrase)}" if passphrase else "")
    source_at(snowflake_url.replace(":secret@", "@") + more).check()


def test_airbytes_columns_in_lower_case_are_read_for_their_signals(snowflake_url: str) -> None:
    in_snowflake(
        snowflake_url,
        """create table t (a int, "_airbyte_extracted_at" timestamp_tz, "_airbyte_meta" variant)""",
        """insert into t
           select 1, '2024-01-02 00:00:00 +00:00'::timestamp_tz, parse_json('{"changes":[{"field":"a"}]}')""",
        """insert into t select 2, '2024-01-01 00:00:00 +00:00'::timestamp_tz, parse_json('{"changes":[]}')""",
    )
    signals = _profile(source_at(snowflake_url), TableRequest(TableRef("T"))).signals
    assert signals is not None
    assert signals.latest_extracted_at == datetime(2024, 1, 2, tzinfo=UTC)
    assert signals.changed_ratio == 0.5


def test_the_command_line_plans_and_profiles(snowflake_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    in_snowflake(
        snowflake_url,
        "create table orders (id int, price number(12,2))",
        "insert into orders values (1, 0.10), (2, 0.20), (3, null)",
        "create table tmp_1 (a int)",
    )
    assert main(["plan", snowflake_url, "PUBLIC.*", "--exclude", "TMP_*"]) == 0
    assert "one stream of batches" in capsys.readouterr().out
    assert main(["profile", snowflake_url, "orders", "--json"]) == 0
    printed = capsys.readouterr()
    assert "secret" not in printed.out + printed.err
    assert json.loads(printed.out)
