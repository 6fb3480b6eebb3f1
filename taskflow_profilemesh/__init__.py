"""Airbyte syncs that run exactly once, and profiles of the tables that they wrote, as Airflow TaskFlow decorators.

    from taskflow_profilemesh import airbyte_sync, profile_tables

Names are loaded when they are first used (PEP 562): a DAG file that imports a decorator loads nothing heavy, however
often it is parsed. README.md in this folder is a map of the rooms, by symptom.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.result import SyncResult
    from taskflow_profilemesh.airbyte.spec import SyncSpec
    from taskflow_profilemesh.decorators.airbyte_sync import airbyte_sync
    from taskflow_profilemesh.decorators.profile_tables import profile_tables
    from taskflow_profilemesh.errors import ProfileMeshError
    from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
    from taskflow_profilemesh.operators.profile import ProfileMeshOperator
    from taskflow_profilemesh.pipeline import Pipeline
    from taskflow_profilemesh.sensors.airbyte import AirbyteSyncSensor
    from taskflow_profilemesh.storage import open_store
    from taskflow_profilemesh.tables import TableRef, TableRequest

__all__ = [
    "AirbyteClient",
    "AirbyteSyncOperator",
    "AirbyteSyncSensor",
    "Pipeline",
    "ProfileMeshError",
    "ProfileMeshOperator",
    "SyncResult",
    "SyncSpec",
    "TableRef",
    "TableRequest",
    "airbyte_sync",
    "open_store",
    "profile_tables",
]

_ROOMS = {
    "AirbyteClient": "airbyte.client",
    "AirbyteSyncOperator": "operators.airbyte",
    "AirbyteSyncSensor": "sensors.airbyte",
    "Pipeline": "pipeline",
    "ProfileMeshError": "errors",
    "ProfileMeshOperator": "operators.profile",
    "SyncResult": "airbyte.result",
    "SyncSpec": "airbyte.spec",
    "TableRef": "tables",
    "TableRequest": "tables",
    "airbyte_sync": "decorators.airbyte_sync",
    "open_store": "storage",
    "profile_tables": "decorators.profile_tables",
}


def __getattr__(name: str) -> object:
    """Load a public name from its room."""
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
