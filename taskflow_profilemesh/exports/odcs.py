"""A draft of a data contract by the Open Data Contract Standard 3.1 (https://bitol-io.github.io/open-data-contract-standard).

It says what the table is, by the catalog, and checks what `rules.py` suggests. People make a contract of it: its status
is `draft`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

import yaml

from taskflow_profilemesh.exports.rules import rules_of
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.exports.rules import ColumnRules
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile
    from taskflow_profilemesh.storage import StoredProfile

API_VERSION: Final = "v3.1.0"
_IDS: Final = uuid.UUID("6f1c1b56-3f0e-5f6c-9a43-1f9d1d4b7a52")  # our namespace: a table's contract keeps its id
_LOGICAL: Final = {
    Kind.INTEGER: "integer",
    Kind.FLOAT: "number",
    Kind.DECIMAL: "number",
    Kind.BOOLEAN: "boolean",
    Kind.TEXT: "string",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamp",
    Kind.TIME: "time",
    Kind.JSON: "object",
}


def odcs_contract(stored: StoredProfile) -> dict[str, Any]:
    """Return the contract as its YAML's content."""
    table = stored.table
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": str(uuid.uuid5(_IDS, f"{stored.source}\x00{table}")),
        "name": table.name,
        "version": "0.1.0",
        "status": "draft",
        "contractCreatedTs": stored.profiled_at.isoformat(),
        "schema": [_object(stored.profile)],
    }


def odcs_yaml(stored: StoredProfile) -> str:
    """Return the contract as YAML."""
    return yaml.safe_dump(odcs_contract(stored), sort_keys=False, allow_unicode=True)


def _object(profile: TableProfile) -> dict[str, Any]:
    table = profile.schema.table
    told: dict[str, Any] = {
        "name": table.name,
        "physicalName": str(table),
        "physicalType": "table",
        "logicalType": "object",
    }
    if profile.schema.comment:
        told["description"] = profile.schema.comment
    told["properties"] = [_property(profile, column) for column in profile.columns]
    if profile.row_count and profile.scope is None:
        told["quality"] = [{"type": "library", "metric": "rowCount", "mustBeGreaterThan": 0, "unit": "rows"}]
    return told


def _property(profile: TableProfile, column: ColumnProfile) -> dict[str, Any]:
    schema, rules = column.schema, rules_of(profile, column)
    told: dict[str, Any] = {"name": schema.name, "physicalType": schema.declared_type}
    if schema.kind in _LOGICAL:
        told["logicalType"] = _LOGICAL[schema.kind]
    if schema.comment:
        told["description"] = schema.comment
    if schema.name in profile.schema.primary_key:
        told |= {"primaryKey": True, "primaryKeyPosition": profile.schema.primary_key.index(schema.name) + 1}
    if rules.not_null:
        told["required"] = True
    if rules.unique:
        told["unique"] = True
    if rules.minimum is not None and rules.maximum is not None:
        told["logicalTypeOptions"] = {"minimum": rules.minimum, "maximum": rules.maximum}
    if column.withheld is not None:
        told |= {"classification": "personal", "tags": [column.withheld.looks_like.value]}
    quality = _quality(rules)
    return told | ({"quality": quality} if quality else {})


def _quality(rules: ColumnRules) -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = []
    if rules.not_null:
        checks.append({"type": "library", "metric": "nullValues", "mustBe": 0, "unit": "rows"})
    if rules.unique:
        checks.append({"type": "library", "metric": "duplicateValues", "mustBe": 0, "unit": "rows"})
    if rules.accepted_values is not None:
        arguments = {"validValues": list(rules.accepted_values)}
        checks.append({"type": "library", "metric": "invalidValues", "arguments": arguments, "mustBe": 0})
    return checks
