from __future__ import annotations

from dataclasses import replace

import pytest

from taskflow_profilemesh.errors import ColumnNotFound, InvalidOption
from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.reading import Dialect, ReadPlan
from taskflow_profilemesh.reading.catalog import CatalogColumn, CatalogTable, Key, Pages, Whole
from taskflow_profilemesh.reading.plan import Bounds, Planner, chosen_columns
from taskflow_profilemesh.reading.query import Statements
from taskflow_profilemesh.reading.sampling import Sampling, sample_share
from taskflow_profilemesh.reading.signals import signal_columns
from taskflow_profilemesh.tables import TableRef, TableRequest

TABLE = TableRef("t", "s")


def _entry(cut: Pages | Key | Whole, *names: str) -> CatalogTable:
    columns = tuple(CatalogColumn(ColumnSchema(name, Kind.INTEGER, "int"), f'"{name}"') for name in names or ("a",))
    return CatalogTable(TableSchema(TABLE, tuple(column.schema for column in columns)), columns, cut)


def _plan(entry: CatalogTable, *, share: float | None = None, dialect: Dialect = Dialect.POSTGRESQL) -> ReadPlan:
    planner = Planner(Statements(dialect, TABLE, "a > 0 -- all"), 100)
    return planner.plan(
        entry, entry.columns, bounds=Bounds(low=1, high=250), sampling=None if share is None else Sampling(share)
    )


def test_a_small_table_is_one_read_with_its_condition_on_a_line_of_its_own() -> None:
    plan = _plan(_entry(Pages(count=3, per_batch=10)))
    assert plan.queries == ('select "a" as c0 from "s"."t" where (\na > 0 -- all\n)',)
    assert plan.reason == "One read, because the rows fit one batch."
    assert not plan.sampled


def test_a_large_table_is_read_in_ranges() -> None:
    plan = _plan(_entry(Pages(count=25, per_batch=10)))
    assert len(plan.queries) == 3
    assert plan.reason == (
        "3 reads of a range of pages each, because a batch holds at most 100 rows or 64 MiB of the table."
    )


def test_a_key_is_cut_by_its_bounds() -> None:
    plan = _plan(_entry(Key("`id`")), dialect=Dialect.MYSQL)
    assert [query.rpartition("and ")[2] for query in plan.queries] == ["(`id` < 85)", "`id` < 169)", "(`id` >= 169)"]


def test_what_cannot_be_cut_says_why() -> None:
    assert _plan(_entry(Whole("a view has no pages"))).reason == "One read, because a view has no pages."


def test_a_sample_that_fits_one_batch_is_the_servers_own() -> None:
    plan = _plan(_entry(Pages(count=25, per_batch=10)), share=0.25)
    assert "tablesample bernoulli (25.0)" in plan.queries[0]
    assert plan.sampled


def test_a_large_sample_is_thrown_range_by_range() -> None:
    plan = _plan(_entry(Pages(count=25, per_batch=10)), share=0.5)
    assert len(plan.queries) == 2
    assert all("(random() < 0.5)" in query for query in plan.queries)


def test_a_view_is_sampled_row_by_row() -> None:
    assert "(random() < 0.5)" in _plan(_entry(Whole("a view")), share=0.5).queries[0]


def test_without_columns_nothing_is_read() -> None:
    planner = Planner(Statements(Dialect.POSTGRESQL, TABLE), 100)
    assert planner.plan(_entry(Pages(1, 1)), (), bounds=Bounds()).queries == ()


def test_airbytes_own_columns_are_left_out_unless_named() -> None:
    entry = _entry(Whole("x"), "a", "_airbyte_meta", "b")

    def names(request: TableRequest) -> list[str]:
        return [column.schema.name for column in chosen_columns(entry, request, source="w")]

    assert names(TableRequest(TABLE)) == ["a", "b"]
    assert names(TableRequest(TABLE, columns=("b", "_airbyte_meta"))) == ["_airbyte_meta", "b"]
    assert names(TableRequest(TABLE, exclude_columns=("a",))) == ["b"]


def test_signals_are_selected_after_the_columns_and_are_in_neither_schema() -> None:
    entry = _entry(Whole("x"), "_airbyte_extracted_at", "_airbyte_loaded_at", "a")
    request = TableRequest(TABLE)
    signals = signal_columns(entry, request, Dialect.POSTGRESQL)
    planner = Planner(Statements(Dialect.POSTGRESQL, TABLE), 100, signals=signals)
    plan = planner.plan(entry, chosen_columns(entry, request, source="w"), bounds=Bounds())
    assert plan.queries == ('select "a" as c0, "_airbyte_extracted_at" as c1 from "s"."t"',)
    assert [column.name for column in plan.schema.columns] == ["a"]
    assert [column.name for column in plan.declared.columns] == ["a"]


def test_postgresql_tells_of_a_jsonb_only_whether_it_lists_changes() -> None:
    jsonb = CatalogColumn(ColumnSchema("_airbyte_meta", Kind.JSON, "jsonb"), '"_airbyte_meta"::text')
    texts = replace(jsonb, schema=replace(jsonb.schema, kind=Kind.TEXT, declared_type="text"))

    def read(column: CatalogColumn, dialect: Dialect | None) -> Kind:
        entry = CatalogTable(TableSchema(TABLE, (column.schema,)), (column,), Whole("x"))
        (signal,) = signal_columns(entry, TableRequest(TABLE), dialect)
        return signal.schema.kind

    assert read(jsonb, Dialect.POSTGRESQL) is Kind.BOOLEAN
    assert read(texts, Dialect.POSTGRESQL) is Kind.TEXT
    assert read(jsonb, Dialect.MYSQL) is Kind.JSON


@pytest.mark.parametrize("request_", [TableRequest(TABLE, columns=("B",)), TableRequest(TABLE, exclude_columns=("B",))])
def test_an_unknown_column_is_an_error_that_names_the_nearest(request_: TableRequest) -> None:
    with pytest.raises(ColumnNotFound, match="Did you mean 'b'"):
        chosen_columns(_entry(Whole("x"), "a", "b"), request_, source="w")


@pytest.mark.parametrize(
    ("sample", "rows", "share"), [(None, 10, None), (5, 10, 0.5), (10, 10, None), (20, 10, None), (0.3, None, 0.3)]
)
def test_a_sample_becomes_a_share(sample: float | None, rows: int | None, share: float | None) -> None:
    assert sample_share(sample, rows) == share


@pytest.mark.parametrize("sample", [0, -1, True, 0.0, 1.0, 1.5, float("nan")])
def test_what_is_no_sample_is_refused(sample: float) -> None:
    with pytest.raises(InvalidOption, match="sample"):
        sample_share(sample, 10)
