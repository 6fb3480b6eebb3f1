from __future__ import annotations

import pytest

from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.reading.servers import in_postgres, source_at, with_extension

pytestmark = pytest.mark.postgres


def test_the_catalog_knows_keys_nulls_and_sizes(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (b text, a int not null, c varchar(4), gone int, primary key (c, a))",
        "alter table t drop column gone",
        "insert into t select 'x', n, n::text from generate_series(1, 1000) n",
        "analyze t",
    )
    schema = source_at(postgres_url).schema(TableRef("t"))
    assert schema.table == TableRef("t", "public")
    assert [(column.name, column.nullable) for column in schema.columns] == [("b", True), ("a", False), ("c", False)]
    assert schema.primary_key == ("c", "a")
    assert schema.row_estimate == 1000
    assert schema.size_bytes is not None
    assert schema.size_bytes >= 40_960


def test_the_catalog_knows_unique_keys_and_comments(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (id int, a int, b text, c int, primary key (id) include (c), unique (b, a) include (c))",
        "create unique index on t (c)",
        "create unique index on t (a) where a > 0",
        "create unique index on t (lower(b))",
        "create index on t (b)",
        "comment on table t is 'orders; \"all\"'",
        "comment on column t.b is 'ä name'",
        "create materialized view v as select * from t",
        "create unique index on v (id)",
    )
    schema = source_at(postgres_url).schema(TableRef("t"))
    assert schema.primary_key == ("id",)
    assert schema.unique_keys == (("b", "a"), ("c",))
    assert schema.comment == 'orders; "all"'
    assert [column.comment for column in schema.columns] == [None, None, "ä name", None]
    assert source_at(postgres_url).schema(TableRef("v")).unique_keys == (("id",),)


def test_what_extensions_brought_is_in_no_list(postgres_url: str) -> None:
    with_extension(postgres_url, "pg_stat_statements")
    in_postgres(postgres_url, "create table t (a int)", "create view v as select 1")
    source = source_at(postgres_url)
    in_postgres(
        postgres_url, "create schema hidden", "create table hidden.t (a int)", "create table hidden.only (a int)"
    )
    assert [str(table) for table in source.tables()] == ["hidden.only", "hidden.t", "public.t", "public.v"]
    assert [str(table) for table in source.tables(unnamed_only=True)] == ["public.t", "public.v"]


def test_a_table_never_analysed_has_no_estimate(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table t (a int)")
    assert source_at(postgres_url).schema(TableRef("t")).row_estimate is None
