from __future__ import annotations

import yaml

from taskflow_profilemesh.exports.dbt import dbt_schema, dbt_yaml
from tests.taskflow_profilemesh.exports.orders import ORDERS, stored
from tests.taskflow_profilemesh.profiles import table, texts

COLUMNS = [
    {"name": "id", "data_type": "bigint", "data_tests": ["not_null", "unique"]},
    {"name": "status", "data_type": "text", "data_tests": [{"accepted_values": {"values": ["new", "paid"]}}]},
    {"name": "quantity", "data_type": "bigint", "data_tests": ["not_null"]},
    {"name": "price", "data_type": "double precision", "data_tests": ["not_null"]},
    {"name": "email", "data_type": "text", "data_tests": ["not_null"]},
]


def test_a_table_is_a_model_with_its_tests() -> None:
    entry = {"name": "orders", "description": "what was sold", "columns": COLUMNS}
    assert yaml.safe_load(dbt_yaml(stored().profile)) == {"version": 2, "models": [entry]}


def test_a_table_is_of_the_source_that_is_named() -> None:
    (source,) = dbt_schema(stored().profile, dbt_source="raw")["sources"]
    assert (source["name"], source["schema"]) == ("raw", "shop")
    assert source["tables"][0]["columns"] == COLUMNS


def test_a_value_is_never_taken_for_a_template() -> None:
    column = texts("c", ["{{ secrets }}"] * 50 + ['a "b" \\'] * 50)
    (model,) = dbt_schema(table(column, ref=ORDERS))["models"]
    (test,) = [test for test in model["columns"][0]["data_tests"] if test != "not_null"]
    assert test == {"accepted_values": {"values": ['a "b" \\', '{{ "{{ secrets }}" }}']}}
