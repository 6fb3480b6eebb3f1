from __future__ import annotations

import json
from typing import Any

from taskflow_profilemesh.exports.gx import gx_json, gx_suite
from tests.taskflow_profilemesh.exports.orders import stored


def _said(**changes: object) -> list[tuple[str, dict[str, Any]]]:
    return [(one["type"], one["kwargs"]) for one in gx_suite(stored(**changes))["expectations"]]


def test_a_suite_expects_what_is_suggested() -> None:
    assert _said() == [
        ("expect_table_row_count_to_be_between", {"min_value": 1}),
        ("expect_column_to_exist", {"column": "id"}),
        ("expect_column_values_to_not_be_null", {"column": "id"}),
        ("expect_column_values_to_be_unique", {"column": "id"}),
        ("expect_column_to_exist", {"column": "status"}),
        ("expect_column_values_to_be_in_set", {"column": "status", "value_set": ["new", "paid"]}),
        ("expect_column_to_exist", {"column": "quantity"}),
        ("expect_column_values_to_not_be_null", {"column": "quantity"}),
        ("expect_column_values_to_be_between", {"column": "quantity", "min_value": 0, "max_value": 6}),
        ("expect_column_to_exist", {"column": "price"}),
        ("expect_column_values_to_not_be_null", {"column": "price"}),
        ("expect_column_values_to_be_between", {"column": "price", "min_value": -2.5, "max_value": 3.5}),
        ("expect_column_to_exist", {"column": "email"}),
        ("expect_column_values_to_not_be_null", {"column": "email"}),
    ]


def test_a_key_of_two_columns_is_unique_in_both() -> None:
    schema = stored().profile.schema
    both = type(schema)(schema.table, schema.columns, primary_key=("id", "status"))
    assert _said(schema=both)[-1] == ("expect_compound_columns_to_be_unique", {"column_list": ["id", "status"]})


def test_a_suite_is_json_with_a_name() -> None:
    assert json.loads(gx_json(stored()))["name"] == "profilemesh.shop.orders"
