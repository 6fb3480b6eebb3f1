"""What Airflow reads about this package at start: its decorators. Importing this must stay cheap."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description in the form that Airflow's provider schema asks for."""
    return {
        "package-name": "taskflow-profilemesh",
        "name": "ProfileMesh",
        "description": "Airbyte syncs that run exactly once, and profiles of the tables that they wrote.",
    }
