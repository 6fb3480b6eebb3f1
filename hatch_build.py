"""Put the example DAGs into the wheel, so that an installed package can run its own demo.

A hook rather than a setting: a setting would copy them into editable installs too, where they would grow stale.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExampleDags(BuildHookInterface[Any]):
    """Ships `example_dags` as `taskflow_profilemesh/example_dags`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folder to a standard wheel; an editable one finds it in the checkout."""
        if version == "standard":
            build_data["force_include"]["example_dags"] = "taskflow_profilemesh/example_dags"
