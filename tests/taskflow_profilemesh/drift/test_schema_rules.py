from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from taskflow_profilemesh.comparison import drift_settings
from taskflow_profilemesh.drift import Thresholds
from taskflow_profilemesh.drift.compare import compare
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.profiling.profile import TableProfile
from tests.taskflow_profilemesh.profiles import numbers, renamed, table, texts

DELAY = numbers("dep_delay", np.arange(800.0))
CARRIER = texts("carrier", ["UA", "DL"] * 400)
TAIL = texts("tail", ["N1", "N2"] * 400)


def _changes(given: dict[str, Any], baseline: TableProfile, current: TableProfile) -> list[tuple[str, str]]:
    settings = drift_settings({"schema_change": given}).for_table(current.schema.table, Thresholds())
    report = compare(baseline, current, settings.rules)
    return [(change.kind.value, change.severity.value) for change in report.schema_changes]


BEFORE, AFTER = table(DELAY, CARRIER), table(DELAY, TAIL)


def test_a_kind_is_not_told_and_another_weighs_otherwise() -> None:
    assert _changes({"find_renames": False}, BEFORE, AFTER) == [("removed", "high"), ("added", "low")]
    said = {"find_renames": False, "ignore": ["added"], "severity": {"removed": "medium"}}
    assert _changes(said, BEFORE, AFTER) == [("removed", "medium")]


def test_the_worst_stays_first_when_severities_change() -> None:
    said = {"find_renames": False, "severity": {"removed": "low", "added": "high"}}
    assert _changes(said, BEFORE, AFTER) == [("added", "high"), ("removed", "low")]


def test_only_what_breaks_is_told() -> None:
    assert _changes({"find_renames": False, "breaking_only": True}, BEFORE, AFTER) == [("removed", "high")]


def test_columns_are_ignored_by_pattern_and_a_renamed_one_by_either_name() -> None:
    assert _changes({"find_renames": False, "ignore_columns": ["tai?"]}, BEFORE, AFTER) == [("removed", "high")]
    after = table(DELAY, renamed(CARRIER, "carrier_code"))
    assert _changes({}, BEFORE, after) == [("renamed", "high")]
    assert _changes({"ignore_columns": ["carrier"]}, BEFORE, after) == []
    assert _changes({"ignore_columns": ["*_code"]}, BEFORE, after) == []


def test_a_table_has_words_of_its_own() -> None:
    name = str(AFTER.schema.table)
    said = {"find_renames": False, "ignore": ["added"], "tables": {name: {"ignore": ["removed"]}, "other.*": {}}}
    assert _changes(said, BEFORE, AFTER) == [("added", "low")]


@pytest.mark.parametrize(
    "wrong",
    [{"ignore": ["gone"]}, {"severity": {"added": "bad"}}, {"sevirity": {}}, {"tables": {"a": {"ignore": ["b"]}}}],
)
def test_words_that_there_are_not_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        drift_settings({"schema_change": wrong})
