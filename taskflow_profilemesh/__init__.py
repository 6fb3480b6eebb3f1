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
    from taskflow_profilemesh.airbyte.post_sync_config import PostSyncProfilingTrigger
    from taskflow_profilemesh.airbyte.result import SyncResult
    from taskflow_profilemesh.airbyte.spec import SyncSpec
    from taskflow_profilemesh.dags.from_config import dags_from_config
    from taskflow_profilemesh.dags.profile_dag import profile_dag
    from taskflow_profilemesh.dags.table_group import create_profiling_task_group
    from taskflow_profilemesh.dbt import tables_from_dbt
    from taskflow_profilemesh.decorators.airbyte_sync import airbyte_sync
    from taskflow_profilemesh.decorators.profile_tables import profile_tables
    from taskflow_profilemesh.decorators.table_group import profile_table_group
    from taskflow_profilemesh.errors import ProfileMeshError
    from taskflow_profilemesh.events.hooks import emit_profiling_event
    from taskflow_profilemesh.events.profiling_events import ProfilingEvent
    from taskflow_profilemesh.notifiers.drift import DriftNotifier
    from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
    from taskflow_profilemesh.operators.profile import ProfileMeshOperator
    from taskflow_profilemesh.operators.sync_group import sync_group
    from taskflow_profilemesh.operators.table import ProfileMeshTableOperator
    from taskflow_profilemesh.pipeline import Pipeline
    from taskflow_profilemesh.sensors.airbyte import AirbyteSyncSensor
    from taskflow_profilemesh.sensors.plan import ProfileMeshPlanSensor
    from taskflow_profilemesh.storage import open_store
    from taskflow_profilemesh.tables import TableRef, TableRequest
    from taskflow_profilemesh.triggers.airbyte_asset import airbyte_asset
    from taskflow_profilemesh.triggers.airbyte_completed import AirbyteSyncCompletedTrigger

__all__ = [
    "AirbyteClient",
    "AirbyteSyncCompletedTrigger",
    "AirbyteSyncOperator",
    "AirbyteSyncSensor",
    "DriftNotifier",
    "Pipeline",
    "PostSyncProfilingTrigger",
    "ProfileMeshError",
    "ProfileMeshOperator",
    "ProfileMeshPlanSensor",
    "ProfileMeshTableOperator",
    "ProfilingEvent",
    "SyncResult",
    "SyncSpec",
    "TableRef",
    "TableRequest",
    "airbyte_asset",
    "airbyte_sync",
    "create_profiling_task_group",
    "dags_from_config",
    "emit_profiling_event",
    "open_store",
    "profile_dag",
    "profile_table_group",
    "profile_tables",
    "sync_group",
    "tables_from_dbt",
]

_ROOMS = {
    "AirbyteClient": "airbyte.client",
    "AirbyteSyncCompletedTrigger": "triggers.airbyte_completed",
    "AirbyteSyncOperator": "operators.airbyte",
    "AirbyteSyncSensor": "sensors.airbyte",
    "DriftNotifier": "notifiers.drift",
    "Pipeline": "pipeline",
    "PostSyncProfilingTrigger": "airbyte.post_sync_config",
    "ProfileMeshError": "errors",
    "ProfileMeshOperator": "operators.profile",
    "ProfileMeshPlanSensor": "sensors.plan",
    "ProfileMeshTableOperator": "operators.table",
    "ProfilingEvent": "events.profiling_events",
    "SyncResult": "airbyte.result",
    "SyncSpec": "airbyte.spec",
    "TableRef": "tables",
    "TableRequest": "tables",
    "airbyte_asset": "triggers.airbyte_asset",
    "airbyte_sync": "decorators.airbyte_sync",
    "create_profiling_task_group": "dags.table_group",
    "dags_from_config": "dags.from_config",
    "emit_profiling_event": "events.hooks",
    "open_store": "storage",
    "profile_dag": "dags.profile_dag",
    "profile_table_group": "decorators.table_group",
    "profile_tables": "decorators.profile_tables",
    "sync_group": "operators.sync_group",
    "tables_from_dbt": "dbt",
}


def __getattr__(name: str) -> object:
    """Load a public name from its room."""
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
