"""What Airflow reads of the package at start."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from airflow.providers.common.compat.sdk import dag, task
from airflow.providers_manager import ProvidersManager

from taskflow_profilemesh.provider import get_provider_info


def test_it_is_what_airflows_schema_asks_for() -> None:
    schema = json.loads((files("airflow") / "provider_info.schema.json").read_text())
    jsonschema.validate(get_provider_info(), schema)


def test_it_is_found_by_its_entry_point() -> None:
    (entry,) = [one for one in entry_points(group="apache_airflow_provider") if one.value.startswith("taskflow_")]
    assert entry.load() is get_provider_info
    manager: Any = ProvidersManager
    assert "taskflow-profilemesh" in manager().providers


@pytest.mark.parametrize(("name", "module"), [("airbyte_sync", "airbyte_sync"), ("profile_tables", "profile_tables")])
def test_its_decorators_are_registered_with_task(name: str, module: str) -> None:
    @dag(schedule=None)
    def shop() -> None:
        decorator: Any = getattr(task, name)

        def work() -> str:
            return "users"

        decorator(task_id="bare")(work)()

    operator: Any = shop().task_dict["bare"]
    assert operator.custom_operator_name == f"@task.{name}"
    assert type(operator).__module__ == f"taskflow_profilemesh.decorators.{module}_operator"


def test_its_setting_is_declared_with_a_description() -> None:
    option = get_provider_info()["config"]["profilemesh"]["options"]["store"]
    assert option["sensitive"]
    assert "SQLAlchemy URL" in option["description"]
