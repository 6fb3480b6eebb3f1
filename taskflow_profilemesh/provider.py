"""What Airflow reads about this package at start: decorators, tasks and settings. Importing this must stay cheap."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description in the form that Airflow's provider schema asks for."""
    return {
        "package-name": "taskflow-profilemesh",
        "name": "ProfileMesh",
        "description": "Airbyte syncs that run exactly once, and profiles of the tables that they wrote.",
        "integrations": [
            {"integration-name": "Airbyte", "external-doc-url": "https://docs.airbyte.com/", "tags": ["service"]}
        ],
        "operators": [
            {"integration-name": "Airbyte", "python-modules": ["taskflow_profilemesh.operators.airbyte"]},
        ],
        "sensors": [
            {"integration-name": "Airbyte", "python-modules": ["taskflow_profilemesh.sensors.airbyte"]},
        ],
        "task-decorators": [
            {"name": "airbyte_sync", "class-name": "taskflow_profilemesh.decorators.airbyte_sync.airbyte_sync_task"},
            {
                "name": "profile_tables",
                "class-name": "taskflow_profilemesh.decorators.profile_tables.profile_tables_task",
            },
        ],
        "config": {
            "profilemesh": {
                "description": "Settings of taskflow-profilemesh.",
                "options": {
                    "store": {
                        "description": (
                            "Where profiles are kept: an SQLAlchemy URL or an Airflow connection id. Empty means a "
                            "SQLite file, profilemesh.db, in the Airflow home; workers on several machines do not "
                            "share one, so they need a database here."
                        ),
                        "type": "string",
                        "version_added": "0.1.0",
                        "example": "postgresql://profiles@db.example.com/profiles",
                        "default": "",
                        "sensitive": True,
                    }
                },
            }
        },
    }
