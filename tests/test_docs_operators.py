"""`docs/operators.md` names every option and key, and what it shows is what is read."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh import ProfileMeshOperator, ProfileMeshTableOperator
from taskflow_profilemesh.config import ConfigText, read_config, read_dag_options, settle
from taskflow_profilemesh.config.sections import Config
from taskflow_profilemesh.decorators.options import ProfileTablesOptions, TaskOptions

PAGE = (Path(__file__).parents[1] / "docs" / "operators.md").read_text(encoding="utf-8")
OPERATORS: list[Any] = [ProfileMeshOperator, ProfileMeshTableOperator]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda one: one.__name__)
def test_every_option_is_told(operator: Any) -> None:
    options = set(signature(operator.__init__).parameters) - {"self", "kwargs"}
    assert [name for name in sorted(options) if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("section", ["airbyte", "execution", "retry"])
def test_every_key_of_a_section_is_told(section: str) -> None:
    model: Any = Config.model_fields[section].default
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{section}` |"))
    assert [name for name in type(model).model_fields if f"`{name}`" not in row] == []


def test_the_config_that_is_shown_is_read() -> None:
    text = ConfigText(PAGE.partition("```yaml\n")[2].partition("```")[0], name="docs")
    options = read_dag_options(text, environ={}, folder=Path())
    assert [sync["connection"] for sync in options.syncs] == ["Shop → Warehouse", "Stock → Warehouse"]
    assert (options.task_per_table, options.retries) == (True, 3)
    assert settle(read_config(text, environ={}, folder=Path())).source_name == "production/warehouse"


def test_the_decorator_has_the_options_of_the_operator() -> None:
    own = set(ProfileTablesOptions.__annotations__) - set(TaskOptions.__annotations__)
    assert own == set(signature(ProfileMeshOperator.__init__).parameters) - {"self", "kwargs"}
