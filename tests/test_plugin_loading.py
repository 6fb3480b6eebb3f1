"""What Airflow loads of the package at its start, in a process of its own, in each version of Airflow."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import taskflow_profilemesh
from tests.airflow_versions import IS_AIRFLOW_2

LOADING = """
from airflow import plugins_manager
plugins_manager.{call}()
import taskflow_profilemesh.plugin.profilemesh as ours
print("errors:", {errors})
print("loaded:", any(isinstance(one, ours.ProfileMeshPlugin) or one is ours.ProfileMeshPlugin for one in {plugins}))
"""
AIRFLOW_2 = {
    "call": "ensure_plugins_loaded",
    "errors": "plugins_manager.import_errors",
    "plugins": "plugins_manager.plugins",
}
AIRFLOW_3 = {
    "call": "_get_plugins",
    "errors": "plugins_manager._get_plugins()[1]",
    "plugins": "plugins_manager._get_plugins()[0]",
}
TOKEN = "canary-token-0123456789"
# What serves notifications and reports is imported by Airflow 3's api-server alone, and needs its web framework.
OF_AIRFLOW_3 = tuple(f"taskflow_profilemesh.plugin.{name}" for name in ("airflow_reports", "report_app", "webhook"))


def _loaded() -> subprocess.CompletedProcess[str]:
    program = LOADING.format(**(AIRFLOW_2 if IS_AIRFLOW_2 else AIRFLOW_3))
    variables = os.environ | {"AIRFLOW__PROFILEMESH__WEBHOOK_TOKEN": TOKEN}
    return subprocess.run(
        [sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True, timeout=60
    )


def test_airflow_loads_the_plugin_and_has_no_error_of_it() -> None:
    printed = _loaded().stdout
    assert "errors: {}" in printed
    assert "loaded: True" in printed


def test_a_token_that_can_have_no_effect_is_said_and_not_shown() -> None:
    ran = _loaded()
    said = ran.stdout + ran.stderr
    assert ("it needs Airflow 3" in said) is IS_AIRFLOW_2
    assert TOKEN not in said


@pytest.mark.parametrize(
    "name", sorted(one.name for one in pkgutil.walk_packages(taskflow_profilemesh.__path__, "taskflow_profilemesh."))
)
def test_every_module_can_be_imported(name: str) -> None:
    if IS_AIRFLOW_2 and name in OF_AIRFLOW_3:
        pytest.skip("Airflow 2: it serves no FastAPI")
    import_module(name)
