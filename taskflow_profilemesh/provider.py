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
            {"integration-name": "Airbyte", "external-doc-url": "https://docs.airbyte.com/", "tags": ["service"]},
            {"integration-name": "ProfileMesh", "tags": ["software"]},
        ],
        "operators": [
            {"integration-name": "Airbyte", "python-modules": ["taskflow_profilemesh.operators.airbyte"]},
            {
                "integration-name": "ProfileMesh",
                "python-modules": ["taskflow_profilemesh.operators.profile", "taskflow_profilemesh.operators.table"],
            },
        ],
        "sensors": [
            {"integration-name": "Airbyte", "python-modules": ["taskflow_profilemesh.sensors.airbyte"]},
            {"integration-name": "ProfileMesh", "python-modules": ["taskflow_profilemesh.sensors.plan"]},
        ],
        "hooks": [
            {"integration-name": "Airbyte", "python-modules": ["taskflow_profilemesh.hooks.airbyte"]},
            {"integration-name": "ProfileMesh", "python-modules": ["taskflow_profilemesh.hooks.profilemesh"]},
        ],
        "connection-types": [_profilemesh_connection(), _airbyte_connection()],
        "notifications": ["taskflow_profilemesh.notifiers.drift.DriftNotifier"],
        "task-decorators": [
            {"name": "airbyte_sync", "class-name": "taskflow_profilemesh.decorators.airbyte_sync.airbyte_sync_task"},
            {
                "name": "profile_tables",
                "class-name": "taskflow_profilemesh.decorators.profile_tables.profile_tables_task",
            },
        ],
        "extra-links": [
            "taskflow_profilemesh.operators.links.AirbyteJobLink",
            "taskflow_profilemesh.operators.links.ProfileLink",
        ],
        "config": {"profilemesh": {"description": "Settings of taskflow-profilemesh.", "options": _settings()}},
    }


def _text(label: str) -> dict[str, Any]:
    return {"label": label, "schema": {"type": ["string", "null"]}}


def _profilemesh_connection() -> dict[str, Any]:
    """Return the form of the type that names a source, a store and a config."""
    return {
        "connection-type": "profilemesh",
        "hook-class-name": "taskflow_profilemesh.hooks.profilemesh.ProfileMeshHook",
        "hook-name": "ProfileMesh",
        "ui-field-behaviour": {
            "hidden-fields": ["port", "schema"],
            "relabeling": {
                "host": "Store (URL, or Airflow connection id)",
                "login": "Store user",
                "password": "Store password",
            },
            "placeholders": {
                "host": "postgresql://db.example.com/profiles",
                "source_conn_id": "warehouse",
                "config_path": "/opt/airflow/profilemesh.yml",
                "config": '{"profiling": {"tables": ["shop.*"]}}',
            },
        },
        "conn-fields": {
            "source_conn_id": _text("Source (Airflow connection id)"),
            "config_path": _text("Config file (path)"),
            "config": _text("Config (JSON)"),
        },
    }


def _airbyte_connection() -> dict[str, Any]:
    """Return the form of the type whose *Test* logs in; the fields are those of Airbyte's own provider."""
    return {
        "connection-type": "profilemesh_airbyte",
        "hook-class-name": "taskflow_profilemesh.hooks.airbyte.TestedAirbyteHook",
        "hook-name": "Airbyte (ProfileMesh)",
        "ui-field-behaviour": {
            "hidden-fields": ["port"],
            "relabeling": {
                "host": "Server URL",
                "login": "Client ID",
                "password": "Client Secret",
                "schema": "Token URL (if not the server's own)",
            },
            "placeholders": {"host": "https://api.airbyte.com/v1"},
        },
    }


def _settings() -> dict[str, Any]:
    """Return the options of `[profilemesh]`."""
    return {
        "store": _setting(
            "Where profiles are kept: an SQLAlchemy URL or an Airflow connection id. Empty means a "
            "SQLite file, profilemesh.db, in the Airflow home; workers on several machines do not "
            "share one, so they need a database here.",
            example="postgresql://profiles@db.example.com/profiles",
            sensitive=True,
        ),
        "keep_runs": _setting(
            "How many runs of each table the store keeps; every write forgets a few of those beyond. "
            "Empty means all. A config's storage.keep_runs goes first.",
            example="1000",
        ),
        "keep_days": _setting(
            "For how many days the store keeps runs. Empty means for ever. A config's storage.keep_days goes first.",
            example="365",
        ),
        "webhook_token": _setting(
            "The secret by which the api-server knows Airbyte's notifications, at least 16 characters "
            "that may stand in a URL. Empty switches the receiver at /profilemesh/airbyte off.",
            sensitive=True,
        ),
    }


def _setting(description: str, *, example: str = "", sensitive: bool = False) -> dict[str, Any]:
    return {
        "description": description,
        "type": "string",
        "version_added": "0.1.0",
        "example": example,
        "default": "",
        **({"sensitive": True} if sensitive else {}),
    }
