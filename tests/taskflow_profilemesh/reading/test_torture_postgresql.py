"""Every type that PostgreSQL has, its worst values, and names of any shape: nothing costs the table."""

from __future__ import annotations

import psycopg
import pytest

from taskflow_profilemesh.profiling import Kind
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.reading.servers import in_postgres, rows_of, source_at, with_extension
from tests.taskflow_profilemesh.reading.torture import profile_of, unprofiled

pytestmark = pytest.mark.postgres

WORST: dict[str, tuple[str, ...]] = {  # of types that need more than one value to be fully nasty
    "float8": ("'NaN'", "'Infinity'", "'-Infinity'", "-0.0", "5e-324", "1.7976931348623157e308"),
    "float4": ("'NaN'", "'Infinity'", "'-Infinity'", "1e-45", "3.4028235e38"),
    "numeric": ("'NaN'", "123456789012345678901234567890", "1e-30", "1e1000", "-1e-1000"),
    "numeric(30,0)": ("'NaN'", "123456789012345678901234567890"),
    "numeric(1000,500)": ("1e-500", "-1e499"),
    "numeric(3,-2)": ("99900", "-100"),
    "numeric(2,5)": ("0.00099",),
    "date": ("'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'0001-01-01'"),
    "timestamp": ("'infinity'", "'-infinity'", "'4713-01-01 BC'", "'294276-12-31 23:59:59.999999'"),
    "timestamptz": ("'infinity'", "'-infinity'", "'4713-01-01 00:00+14 BC'", "'294276-12-31 23:59:59.999999+00'"),
    "timestamp(0)": ("'2024-01-01 23:59:59.6'",),
    "time": ("'24:00:00'", "'00:00'", "'23:59:59.999999'"),
    "timetz": ("'24:00:00-15:59'", "'00:00+15:59'"),
    "interval": ("'178000000 years'", "'-1 year 2 days -3 hours'", "'0'"),
    "json": ('\'{"a": 1, "a": 2}\'', "'\"\\u0000\"'", "' [1 , 1e400] '", "'null'"),
    "jsonb": ('\'{"b": 1, "a": 1e131071}\'', "'{}'", "'\"\\ud83d\\ude00\"'"),
    "text": ("''", "' '", "E'\\u200b\\t\\n'", "repeat('ä😀', 40000)", "E'\\x01'", "'null'"),
    "varchar(3)": ("''", "'äöü'"),
    "char(5)": ("''", "'  a'"),
    "bytea": ("''", "'\\x00ff'", "decode(repeat('00', 100000), 'hex')"),
    "int4[]": ("'{}'", "'{{1,2},{3,null}}'", "'[-2:-1]={1,2}'"),
    "float8[]": ("'{NaN,-Infinity}'",),
    "text[]": ('\'{"a,b",NULL,"NULL","\\""}\'',),
    "jsonb[]": ("array['{\"a\": 1}'::jsonb]",),
    "uuid[]": ("array['00000000-0000-0000-0000-000000000001'::uuid]",),
    "int2": ("-32768", "32767"),
    "int8": ("-9223372036854775808", "9223372036854775807"),
    "int8range": ("'empty'", "'(,)'"),
    "daterange": ("'[-infinity,infinity]'",),
    "int4multirange": ("'{}'", "'{[1,3),[5,)}'"),
    "bit(3)": ("B'101'",),
    "bit varying": ("B''", "B'1'"),
    "money": ("'-92233720368547758.08'", "'92233720368547758.07'"),
    "box": ("'(1,1),(NaN,-Infinity)'",),
    "inet": ("'::ffff:1.2.3.4/128'", "'10.0.0.1/8'"),
    "public.mood": ("'it''s \"so-so\"'",),
    "public.pair": ("row(1, null)", "row(null, '\"x,\\')"),
    "public.positive": ("7",),
    "public.moods": ("'{sad}'",),
    "public.span": ("'[1.5,2.5]'",),
    "bool": ("true", "false"),
    "xid8": ("'18446744073709551615'",),
    "pg_lsn": ("'FFFFFFFF/FFFFFFFF'",),
    "tid": ("'(4294967295,65535)'",),
    "regclass": ("'pg_class'", "'99999'"),
    "aclitem": ("'=r/postgres'",),
    "tsvector": ("'a:1A b'", "''"),
    "tsquery": ("'a & !b'",),
    "pg_snapshot": ("'10:20:10,14,15'",),
    "oidvector": ("'1 2'",),
    "int2vector": ("'1 2'",),
    "refcursor": ("'c'",),
    "gtsvector": (),
}
_OWN_TYPES = (
    "create type mood as enum ('sad', 'it''s \"so-so\"')",
    "create type pair as (a int, b text)",
    "create domain positive as int check (value > 0)",
    "create domain moods as mood[]",
    "create type span as range (subtype = float8)",
)
_EXTENSIONS = {"hstore": '\'a=>NULL, "b c"=>"1"\'', "ltree": "'Top.Science'", "citext": "'MiXeD'", "cube": "'(1,2)'"}


def _types(url: str) -> list[str]:
    """Every type that a column can have here, as the server writes it."""
    query = """select format_type(oid, null) from pg_type where typtype in ('b', 'c', 'd', 'e', 'r', 'm')
        and typisdefined and typtype <> 'p' and typnamespace = 'pg_catalog'::regnamespace and typrelid = 0
        and typelem = 0 order by 1"""
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(query)]


def _accepted(url: str, declared: str, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the values that this server takes for the type; None where no column can have it."""
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            connection.execute(f"create temp table probe (x {declared})".encode())
        except psycopg.Error:
            return None
        taken = []
        for value in values:
            try:
                connection.execute(f"insert into probe values ({value})".encode())
                taken.append(value)
            except psycopg.Error:
                continue
    return tuple(taken)


def test_every_type_and_its_worst_values_are_profiled(postgres_url: str) -> None:
    in_postgres(postgres_url, *_OWN_TYPES)
    declared = {name: WORST.get(name, ()) for name in _types(postgres_url)} | WORST
    columns = {
        name: taken for name, values in declared.items() if (taken := _accepted(postgres_url, name, values)) is not None
    }
    assert len(columns) > 80
    names = {name: f"c{place}" for place, name in enumerate(columns)}
    in_postgres(
        postgres_url,
        f"create table t ({', '.join(f'{names[name]} {name}' for name in columns)})",
        "insert into t default values",
        *(f"insert into t ({names[name]}) values ({value})" for name, values in columns.items() for value in values),
    )
    source = source_at(postgres_url)
    profile = profile_of(source)
    assert unprofiled(profile) == {}
    found = {column.schema.name: column for column in profile.columns}
    for name, values in columns.items():
        assert (name, found[names[name]].value_count) == (name, len(values))
    assert found[names["date"]].minimum == "-infinity"
    assert found[names["date"]].maximum == "infinity"
    numbers = found[names["float8"]].numbers
    assert numbers is not None
    assert (numbers.nan_count, numbers.infinite_count) == (1, 2)
    thirty = found[names["numeric(30,0)"]]
    assert str(thirty.maximum) == "123456789012345678901234567890"
    sampled = profile_of(source, sample=3)
    assert unprofiled(sampled) == {}


@pytest.mark.parametrize("extension", sorted(_EXTENSIONS))
def test_types_of_extensions_are_profiled(postgres_url: str, extension: str) -> None:
    value = _EXTENSIONS[extension]
    with_extension(postgres_url, extension)
    in_postgres(
        postgres_url,
        f"create table t (a int, x {extension}, xs {extension}[])",
        f"insert into t values (1, {value}, array[{value}::{extension}]), (2, null, null)",
    )
    profile = profile_of(source_at(postgres_url))
    assert unprofiled(profile) == {}
    assert [column.null_count for column in profile.columns] == [0, 1, 1]
    kind = profile.columns[1].schema.kind
    assert kind is (Kind.TEXT if extension == "citext" else Kind.OTHER)


def test_generated_identity_and_system_named_columns_are_read(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (id int generated always as identity, twice int generated always as (n * 2) stored, n int,"
        ' "ctid2" int, "user" text, "select" text)',
        "insert into t (n, \"user\") values (1, 'a'), (2, 'b')",
    )
    frame = rows_of(source_at(postgres_url), "t")
    assert frame.rows() == [(1, 2, 1, None, "a", None), (2, 4, 2, None, "b", None)]


@pytest.mark.parametrize("sample", [None, 1])
def test_a_table_without_columns_has_rows(postgres_url: str, sample: int | None) -> None:
    in_postgres(postgres_url, "create table t ()", "insert into t default values", "insert into t default values")
    profile = profile_of(source_at(postgres_url), sample=sample)
    assert (profile.row_count, profile.columns) == (2, ())


NAMES = [
    "a\"b; drop table x; -- 'ä\\ %s .`",
    "Select",
    "MiXeD",
    " ",
    "tab\there",
    "new\nline",
    "日本語テーブル",
    "%%s",
    "{}",
    "$1",
    ":name",
    "a.b",
    "*",
    "c0",
    "q",
    "x" * 63,
    "/* */",
    "--",
    "null",
]


def test_identifiers_of_any_shape_are_safe_everywhere(postgres_url: str) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in NAMES]
    columns = ", ".join(f"{name} int" for name in quoted)
    in_postgres(postgres_url, "create table x (a int)")
    for name, written in zip(NAMES, quoted, strict=True):
        in_postgres(
            postgres_url,
            f"create schema {written}",
            f"create table {written}.{written} ({columns})",
            f"insert into {written}.{written} select {', '.join('n' for _ in NAMES)} from generate_series(1, 9) n",
            f"comment on table {written}.{written} is 'it''s {len(name)}'",
        )
    source = source_at(postgres_url)
    assert {TableRef(name, name) for name in NAMES} <= set(source.tables())
    for name in NAMES:
        table = TableRef.parse(str(TableRef(name, name)))
        profile = profile_of(source, table)
        assert [column.schema.name for column in profile.columns] == NAMES
        assert {column.maximum for column in profile.columns} == {9}
        assert profile.schema.comment == f"it's {len(name)}"
    assert profile_of(source, TableRef(NAMES[0], NAMES[0]), sample=5).row_count == 9
    assert TableRef("x", "public") in source.tables()


def test_decimals_that_share_a_double_are_counted_each(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (id numeric(19,0), same numeric(38,10), odd numeric(38,18))",
        "insert into t select 1234567890123456789 + n, 12345678901234567890.5, 1234567890123456789.000000000000000001"
        " + n % 2 from generate_series(1, 100) n",
        "insert into t select null, null, 'NaN'",
    )
    profile = profile_of(source_at(postgres_url), "t")
    told = [column.distinct and (column.distinct.count, column.distinct.is_exact) for column in profile.columns]
    assert told == [(100, True), (1, True), (2, False)]  # the last came as doubles, for its NaN
    assert profile.columns[2].distinct is not None
    assert profile.columns[2].distinct.is_rounded
