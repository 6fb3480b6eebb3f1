from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from taskflow_profilemesh.exports.odcs import odcs_contract, odcs_yaml
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.scope import Scope
from tests.taskflow_profilemesh.exports.orders import stored
from tests.taskflow_profilemesh.profiles import numbers, retyped, table

NOT_NULL = {"type": "library", "metric": "nullValues", "mustBe": 0, "unit": "rows"}


@pytest.fixture(scope="module")
def published() -> jsonschema.Draft201909Validator:
    """The schema that the standard publishes, as its own package has it."""
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
    assert "v3.1.0" in schema["properties"]["apiVersion"]["enum"]
    return jsonschema.Draft201909Validator(schema)


def test_a_contract_says_what_the_table_is_and_checks_what_is_suggested() -> None:
    contract = odcs_contract(stored())
    (described,) = contract["schema"]
    assert (contract["apiVersion"], contract["kind"], contract["status"]) == ("v3.1.0", "DataContract", "draft")
    assert (described["name"], described["physicalName"]) == ("orders", "shop.orders")
    assert described["quality"] == [{"type": "library", "metric": "rowCount", "mustBeGreaterThan": 0, "unit": "rows"}]
    ids, status, quantity, _, email = described["properties"]
    assert ids == {
        "name": "id",
        "physicalType": "bigint",
        "logicalType": "integer",
        "primaryKey": True,
        "primaryKeyPosition": 1,
        "required": True,
        "unique": True,
        "quality": [NOT_NULL, {"type": "library", "metric": "duplicateValues", "mustBe": 0, "unit": "rows"}],
    }
    accepted = {"type": "library", "metric": "invalidValues", "arguments": {"validValues": ["new", "paid"]}}
    assert status["quality"] == [accepted | {"mustBe": 0}]
    assert quantity["logicalTypeOptions"] == {"minimum": 0, "maximum": 6}
    assert (email["classification"], email["tags"]) == ("personal", ["email"])


def test_a_contract_is_valid_by_the_published_schema(published: jsonschema.Draft201909Validator) -> None:
    assert list(published.iter_errors(yaml.safe_load(odcs_yaml(stored())))) == []
    broken: dict[str, Any] = odcs_contract(stored()) | {"kind": "Treaty"}
    assert list(published.iter_errors(broken))  # the schema does judge


def test_a_column_of_every_kind_is_valid(published: jsonschema.Draft201909Validator) -> None:
    columns = [retyped(numbers(kind.value, [1.0] * 200), kind.value, kind=kind) for kind in Kind]
    profile = table(*columns)
    contract = odcs_contract(stored(columns=profile.columns, schema=profile.schema))
    assert list(published.iter_errors(contract)) == []


def test_the_package_of_the_standard_reads_it() -> None:
    contract = OpenDataContractStandard.from_string(odcs_yaml(stored()))
    assert contract.schema_ is not None
    assert [column.name for column in contract.schema_[0].properties or []] == [
        "id",
        "status",
        "quantity",
        "price",
        "email",
    ]


def test_a_part_of_a_table_promises_no_rows() -> None:
    assert "quality" not in odcs_contract(stored(scope=Scope(where="id > 5")))["schema"][0]


def test_a_table_keeps_the_id_of_its_contract() -> None:
    assert odcs_contract(stored())["id"] == odcs_contract(stored(row_count=7))["id"]
