from __future__ import annotations

from typing import Any

import pytest

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.catalog import Whole, snowflake
from taskflow_profilemesh.reading.counting import countings
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.query import Statements
from taskflow_profilemesh.tables import TableRef


def _row(data_type: str = "NUMBER", **said: Any) -> dict[str, Any]:
    row = {
        "schema_name": "PUBLIC",
        "table_name": "T",
        "is_unnamed": True,
        "table_type": "BASE TABLE",
        "row_estimate": 3,
        "table_comment": None,
        "column_name": "A",
        "data_type": data_type,
        "length": None,
        "digits": 38,
        "scale": 0,
        "collation": None,
        "is_nullable": "YES",
        "column_comment": None,
    }
    return row | said


def _table(*rows: dict[str, Any], table: TableRef | None = None) -> Any:
    return snowflake.table_from(table or TableRef("T"), rows, batch_rows=10, batch_bytes=10)


@pytest.mark.parametrize(
    ("row", "kind", "declared", "expression", "digits"),
    [
        (_row(digits=18), Kind.INTEGER, "NUMBER(18,0)", '"A"', None),
        (_row(digits=19), Kind.DECIMAL, "NUMBER(19,0)", '"A"', (19, 0)),
        (_row(digits=12, scale=2), Kind.DECIMAL, "NUMBER(12,2)", '"A"', (12, 2)),
        (_row("FLOAT"), Kind.FLOAT, "FLOAT", '"A"', None),
        (_row("DECFLOAT"), Kind.FLOAT, "DECFLOAT", '"A"::float', None),
        (_row("TEXT", length=20), Kind.TEXT, "VARCHAR(20)", '"A"', None),
        (_row("TEXT", length=20, collation="en-ci"), Kind.TEXT, "VARCHAR(20) COLLATE 'en-ci'", '"A"', None),
        (_row("VARIANT"), Kind.JSON, "VARIANT", 'to_json(to_variant("A"))', None),
        (_row("GEOGRAPHY"), Kind.OTHER, "GEOGRAPHY", 'st_aswkt("A")', None),
        (_row("VECTOR"), Kind.OTHER, "VECTOR", 'to_json(to_variant("A"::array))', None),
        (_row("INTERVAL DAY TO SECOND"), Kind.OTHER, "INTERVAL DAY TO SECOND", '"A"::varchar', None),
        (_row("TIMESTAMP_NTZ"), Kind.DATETIME, "TIMESTAMP_NTZ", '"A"::timestamp_ntz(6)', None),
        (
            _row("TIMESTAMP_LTZ"),
            Kind.DATETIME,
            "TIMESTAMP_LTZ",
            """convert_timezone('UTC', "A")::timestamp_ntz(6)""",
            None,
        ),
    ],
    ids=lambda value: value["data_type"] if isinstance(value, dict) else None,
)
def test_a_type_is_read_in_the_form_that_its_kind_needs(
    row: dict[str, Any], kind: Kind, declared: str, expression: str, digits: tuple[int, int] | None
) -> None:
    (column,) = _table(row).columns
    assert (column.schema.kind, column.schema.declared_type) == (kind, declared)
    assert (column.expression, column.digits) == (expression, digits)
    assert column.zoned is (row["data_type"] == "TIMESTAMP_LTZ")


def test_braces_in_a_name_are_characters() -> None:
    (column,) = _table(_row("VARIANT", column_name='{0} "x"')).columns
    assert column.expression == 'to_json(to_variant("{0} ""x"""))'


@pytest.mark.parametrize(("asked", "found"), [("orders", "orders"), ("ORDERS", "ORDERS")])
def test_of_two_tables_the_one_that_is_written_just_so_is_meant(asked: str, found: str) -> None:
    rows = [_row(table_name="ORDERS"), _row(table_name="orders")]
    assert _table(*rows, table=TableRef(asked)).schema.table == TableRef(found, "PUBLIC")
    assert _table(*reversed(rows), table=TableRef(asked)).schema.table == TableRef(found, "PUBLIC")


def test_no_rows_are_no_table() -> None:
    assert _table() is None


def test_a_view_is_sampled_by_rows_only_and_nobody_knows_its_rows() -> None:
    view = _table(_row(table_type="VIEW", row_estimate=None))
    assert view.cut == Whole("Snowflake sends it as one stream of batches", ("bernoulli",))
    assert view.schema.row_estimate is None
    assert _table(_row()).cut.tablesample == ("bernoulli", "system")


def test_names_are_asked_for_as_texts_and_in_capitals_too() -> None:
    query = snowflake.entries_query([TableRef("it's"), TableRef("T\\", "public")])
    assert "(c.table_schema = current_schema() and c.table_name in ('it''s', 'IT''S'))" in query
    assert "(c.table_schema in ('public', 'PUBLIC') and c.table_name in ('T\\\\'))" in query


def test_extremes_of_collated_texts_are_compared_by_code_points() -> None:
    plain, collated = (_table(_row("TEXT", collation=collation)).columns[0] for collation in (None, "en-ci"))
    statements = Statements(Dialect.SNOWFLAKE, TableRef("T", "PUBLIC"))
    (by_bytes,), (by_points,) = (countings(statements, [column]) for column in (plain, collated))
    assert 'min("A")' in by_bytes.query()
    assert "min(collate(\"A\", 'utf8'))" in by_points.query()


def test_exact_totals_are_texts_without_a_filter_which_snowflake_lacks() -> None:
    (column,) = _table(_row(digits=12, scale=2)).columns
    (query,) = Statements(Dialect.SNOWFLAKE, TableRef("T")).decimal_totals([column])
    assert query == (
        'select to_varchar(min("A")) as n0, to_varchar(max("A")) as x0, to_varchar(sum("A")) as s0 from "T"'
    )
