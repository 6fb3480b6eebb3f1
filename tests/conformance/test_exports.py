"""Exports, read by what they are for: Great Expectations holds rows against a suite, dbt builds a project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from taskflow_profilemesh.exports.dbt import dbt_yaml
from taskflow_profilemesh.exports.gx import gx_suite
from tests.conformance.environments import DBT, GREAT_EXPECTATIONS, Client, Wanted
from tests.taskflow_profilemesh.exports.orders import ORDERS, stored
from tests.taskflow_profilemesh.profiles import table, texts

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(1200)]  # the first ones install

GOOD: dict[str, list[Any]] = {
    "id": [1, 2],
    "status": ["new", None],
    "quantity": [2, 6],
    "price": [1.5, -2.5],
    "email": ["a@b.org", "c@d.org"],
}
BAD = GOOD | {"id": [1, 1], "status": ["lost", "new"], "quantity": [2, 7], "price": [None, 0.0]}
_PROJECT = 'name: shop\nversion: "1.0"\nprofile: shop\n'
_PROFILE = 'shop: {target: dev, outputs: {dev: {type: duckdb, path: ":memory:"}}}\n'


def test_great_expectations_holds_rows_against_a_suite(client: Callable[[Wanted], Client]) -> None:
    gx = client(GREAT_EXPECTATIONS)
    suite = gx_suite(stored())
    assert gx.answer("great_expectations", "validate", suite=suite, rows=GOOD) == {"failed": [], "count": 14}
    assert gx.answer("great_expectations", "validate", suite=suite, rows=BAD)["failed"] == [
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_not_be_null",
    ]


@pytest.mark.parametrize(("status", "passes"), [("'{{ \"{{ x }}\" }}'", True), ("'lost'", False)])
def test_dbt_runs_the_tests_of_a_model(client: Callable[[Wanted], Client], status: str, *, passes: bool) -> None:
    dbt = client(DBT)
    profile = table(texts("status", ["{{ x }}"] * 100 + ['a "b" \\'] * 100), ref=ORDERS)
    (dbt.work / "models").mkdir()
    (dbt.work / "dbt_project.yml").write_text(_PROJECT)
    (dbt.work / "profiles.yml").write_text(_PROFILE)
    (dbt.work / "models" / "orders.sql").write_text(f"select {status} as status union all select 'a \"b\" \\'\n")
    (dbt.work / "models" / "schema.yml").write_text(dbt_yaml(profile))
    command = ["dbt", "build", "--profiles-dir", "."]
    if passes:
        assert "PASS=3" in dbt.run(command)  # the model, and two tests
        return
    with pytest.raises(AssertionError, match="FAIL 1 accepted_values"):
        dbt.run(command)
