"""A suite of expectations for Great Expectations 1.x, as its JSON: `ExpectationSuite(**json.loads(text))` reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.exports.rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile
    from taskflow_profilemesh.storage import StoredProfile


def gx_suite(stored: StoredProfile) -> dict[str, Any]:
    """Return the suite as its JSON's content."""
    return {
        "name": f"profilemesh.{stored.table}",
        "expectations": list(_expectations(stored.profile)),
        "meta": {"profilemesh": {"profile_id": stored.profile_id, "profiled_at": stored.profiled_at.isoformat()}},
    }


def gx_json(stored: StoredProfile) -> str:
    """Return the suite as JSON."""
    return json.dumps(gx_suite(stored), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _expectations(profile: TableProfile) -> Iterator[dict[str, Any]]:
    if profile.row_count and profile.scope is None:
        yield _expectation("expect_table_row_count_to_be_between", min_value=1)
    for column in profile.columns:
        yield _expectation("expect_column_to_exist", column=column.schema.name)
        yield from _of_column(profile, column)
    if len(profile.schema.primary_key) > 1:
        yield _expectation("expect_compound_columns_to_be_unique", column_list=list(profile.schema.primary_key))


def _of_column(profile: TableProfile, column: ColumnProfile) -> Iterator[dict[str, Any]]:
    name, rules = column.schema.name, rules_of(profile, column)
    if rules.not_null:
        yield _expectation("expect_column_values_to_not_be_null", column=name)
    if rules.unique:
        yield _expectation("expect_column_values_to_be_unique", column=name)
    if rules.accepted_values is not None:
        yield _expectation("expect_column_values_to_be_in_set", column=name, value_set=list(rules.accepted_values))
    if rules.minimum is not None and rules.maximum is not None:
        yield _expectation(
            "expect_column_values_to_be_between", column=name, min_value=rules.minimum, max_value=rules.maximum
        )


def _expectation(kind: str, **arguments: object) -> dict[str, Any]:
    return {"type": kind, "kwargs": arguments, "meta": {}}
