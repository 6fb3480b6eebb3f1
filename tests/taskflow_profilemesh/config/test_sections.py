from __future__ import annotations

from dataclasses import fields
from typing import get_args

from taskflow_profilemesh.config import json_schema
from taskflow_profilemesh.config.drift_sections import DriftDetection, DriftThresholds
from taskflow_profilemesh.config.profiling_section import Table
from taskflow_profilemesh.config.sections import Config
from taskflow_profilemesh.drift import Severity, Thresholds
from taskflow_profilemesh.drift.gate import OnDrift
from taskflow_profilemesh.tables import TableRequest


def _choices(field: str) -> set[str]:
    optional = DriftDetection.model_fields[field].annotation
    return {choice for part in get_args(optional) for choice in get_args(part)}


def test_thresholds_are_those_of_the_comparison() -> None:
    assert list(DriftThresholds.model_fields) == [field.name for field in fields(Thresholds)]


def test_the_choices_are_those_of_the_gate() -> None:
    assert _choices("on_drift") == set(OnDrift)
    assert _choices("drift_severity") == set(Severity)


def test_a_table_has_the_keys_of_a_request() -> None:
    keys = {field.alias or name for name, field in Table.model_fields.items()}
    named_by_rules = {"unwanted_columns"}
    assert keys == {field.name for field in fields(TableRequest)} - named_by_rules | {"schema", "pattern", "exclude"}


def test_an_editor_is_told_of_every_key() -> None:
    schema = json_schema()
    profiling = {"environment", "source", "storage", "profiling", "drift_detection"}
    profiling |= {"incremental", "schema_change", "hooks"}
    assert set(schema["properties"]) == profiling | {"airbyte", "execution", "retry"}
    assert schema["additionalProperties"] is False


def test_a_config_shows_no_store() -> None:
    config = Config.model_validate({"storage": {"store": "postgresql://u:canary-42@h/d"}})
    assert "canary-42" not in repr(config)
