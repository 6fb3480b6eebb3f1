"""Who may read a report, and from which store: as Airflow's own auth manager and settings say."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

# FastAPI resolves the annotations of a dependency by the names of its module.
from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002 -- as said

from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook
from taskflow_profilemesh.plugin.report_app import report_app

if TYPE_CHECKING:
    from fastapi import FastAPI

    from taskflow_profilemesh.plugin.report_app import MayRead


def airflow_report_app() -> FastAPI:
    """Return the application for people who are logged in to Airflow, about the store that its settings name."""
    return report_app(readers, open_store=lambda: ProfileMeshHook().get_store())


def readers(user: GetUserDep) -> MayRead:
    """Return what the user who asks may read; Airflow answers 401 where nobody is logged in."""
    return airflow_readers(user)


def airflow_readers(user: Any) -> MayRead:  # noqa: ANN401 -- of whatever auth manager is set up
    """Return what a user of Airflow may read; asks the auth manager once per DAG."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity, DagDetails

    manager = get_auth_manager()

    @cache
    def may(dag_id: str | None) -> bool:
        if dag_id is None:
            return bool(manager.is_authorized_view(access_view=AccessView.PLUGINS, user=user))
        details = DagDetails(id=dag_id, team_name=_team_of(dag_id))
        return bool(
            manager.is_authorized_dag(method="GET", access_entity=DagAccessEntity.XCOM, details=details, user=user)
        )

    return may


def _team_of(dag_id: str) -> str | None:
    from airflow.models.dag import DagModel

    asked = getattr(DagModel, "get_team_name", None)
    return asked(dag_id) if asked else None
