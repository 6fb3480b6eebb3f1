"""dbt's `schema.yml`: the table's columns with the tests of dbt itself, `not_null`, `unique` and `accepted_values`.

The table is a model, or a source where a name of one is given. dbt ≥ 1.8 reads it. Ranges are left out: dbt tests them
only with a package, and a file that needs one breaks every project without it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from taskflow_profilemesh.exports.rules import rules_of

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile


def dbt_schema(profile: TableProfile, *, dbt_source: str | None = None) -> dict[str, Any]:
    """Return the content of a `schema.yml`; `dbt_source`: the name of the source that the table is of."""
    table = profile.schema.table
    entry: dict[str, Any] = {"name": table.name}
    if profile.schema.comment:
        entry["description"] = _text(profile.schema.comment)
    entry["columns"] = [_column(profile, column) for column in profile.columns]
    if dbt_source is None:
        return {"version": 2, "models": [entry]}
    source = {"name": dbt_source} | ({"schema": table.schema} if table.schema else {})
    return {"version": 2, "sources": [source | {"tables": [entry]}]}


def dbt_yaml(profile: TableProfile, *, dbt_source: str | None = None) -> str:
    """Return a `schema.yml`."""
    return yaml.safe_dump(dbt_schema(profile, dbt_source=dbt_source), sort_keys=False, allow_unicode=True)


def _column(profile: TableProfile, column: ColumnProfile) -> dict[str, Any]:
    rules = rules_of(profile, column)
    told: dict[str, Any] = {"name": column.schema.name}
    if column.schema.comment:
        told["description"] = _text(column.schema.comment)
    if column.schema.declared_type:
        told["data_type"] = column.schema.declared_type
    tests: list[Any] = []
    if rules.not_null:
        tests.append("not_null")
    if rules.unique:
        tests.append("unique")
    if rules.accepted_values is not None:
        tests.append({"accepted_values": {"values": [_text(value) for value in rules.accepted_values]}})
    return told | ({"data_tests": tests} if tests else {})


def _text(text: str) -> str:
    """Return a text that dbt does not take for a template: it renders what stands in its files."""
    if not any(mark in text for mark in ("{{", "{%", "{#")):
        return text
    return f"{{{{ {json.dumps(text, ensure_ascii=False)} }}}}"
