"""What one profile suggests, and what it does not dare to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from taskflow_profilemesh.exports.rules import ColumnRules, rules_of
from taskflow_profilemesh.profiling.precision import Precision
from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.scope import Scope
from tests.taskflow_profilemesh.exports.orders import EMAIL, IDS, PRICE, QUANTITY, STATUS, stored
from tests.taskflow_profilemesh.profiles import numbers, table, texts

NOTHING = ColumnRules()


@pytest.mark.parametrize(
    ("column", "rules"),
    [
        (IDS, ColumnRules(not_null=True, unique=True)),
        (STATUS, ColumnRules(accepted_values=("new", "paid"))),
        (QUANTITY, ColumnRules(not_null=True, minimum=0, maximum=6)),  # 2 … 4, wider by 2; not below 0
        (PRICE, ColumnRules(not_null=True, minimum=-2.5, maximum=3.5)),  # -0.5 … 1.5, wider by 2
        (EMAIL, ColumnRules(not_null=True)),
    ],
)
def test_a_whole_table_suggests_what_is_exact(column: ColumnProfile, rules: ColumnRules) -> None:
    assert rules_of(stored().profile, column) == rules


def test_a_key_that_is_not_declared_is_one_where_all_values_differ() -> None:
    assert rules_of(table(IDS), IDS) == ColumnRules(not_null=True, unique=True)


def test_a_number_with_a_fraction_is_no_key() -> None:
    column = numbers("weight", [n / 7 for n in range(200)])
    assert not rules_of(table(column), column).unique


def test_an_estimated_count_is_no_key() -> None:
    column = replace(IDS, distinct=Distinct(200, error_ratio=0.05))
    assert not rules_of(table(column), column).unique


@pytest.mark.parametrize("row_count", [99, 100])
def test_few_rows_suggest_nothing(row_count: int) -> None:
    column = numbers("n", [1.0] * row_count)
    assert rules_of(table(column), column).not_null is (row_count == 100)


def test_a_null_among_many_rows_is_enough() -> None:
    column = numbers("n", [1.0] * 500, nulls=1)
    assert not rules_of(table(column), column).not_null


@pytest.mark.parametrize(
    "values",
    [["a"] * 200, ["a"] * 19 + ["b"] * 20, [f"v{n % 11}" for n in range(500)], ["a" * 256] * 100 + ["b"] * 100],
    ids=["one", "too few rows a value", "eleven", "maybe cut"],
)
def test_values_that_may_not_be_all_are_not_suggested(values: list[str]) -> None:
    column = texts("c", values)
    assert rules_of(table(column), column).accepted_values is None


def test_a_part_of_a_table_suggests_only_what_is_declared() -> None:
    profile = stored(scope=Scope(where="id > 5")).profile
    assert rules_of(profile, IDS) == ColumnRules(not_null=True, unique=True)
    assert {rules_of(profile, column) for column in (STATUS, QUANTITY, PRICE, EMAIL)} == {NOTHING}


def test_a_sample_suggests_only_what_is_declared() -> None:
    column = replace(QUANTITY, precision=Precision.SAMPLED)
    assert rules_of(table(column), column) == NOTHING
    assert rules_of(table(QUANTITY, rows=1000), QUANTITY) == NOTHING


def test_a_column_that_is_declared_so_has_no_nulls() -> None:
    column = replace(STATUS, schema=replace(STATUS.schema, nullable=False), precision=Precision.SAMPLED)
    assert rules_of(table(column), column) == ColumnRules(not_null=True)


def test_numbers_that_are_none_suggest_no_range() -> None:
    assert PRICE.numbers is not None
    column = replace(PRICE, numbers=replace(PRICE.numbers, nan_count=1))
    assert rules_of(table(column), column).maximum is None


def test_decimals_become_numbers_that_json_can_hold() -> None:
    column = numbers("amount", [1.0, 2.0] * 100, kind=Kind.DECIMAL, minimum=Decimal("1.00"), maximum=Decimal("2.00"))
    rules = rules_of(table(column), column)
    assert (rules.minimum, rules.maximum) == (0.0, 3.0)
    assert isinstance(rules.maximum, float)
