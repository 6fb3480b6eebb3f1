"""Running a DAG in the real Airflow, in this process: `dag.test()` on a metadata database of the test process's own.

A DAG that a test builds is in no bundle, so it is registered by hand, in the way that Airflow's own tests do it.
Airflow 2 has no bundles, calls assets datasets, and is served too.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tests.airflow_versions import IS_AIRFLOW_2

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import DAG
    from sqlalchemy.orm import Session

_BUNDLE = "tests"


@dataclass(frozen=True)
class Finished:
    """What became of a DAG run: its state, its tasks' states, and what they returned, by task id."""

    state: str
    states: Mapping[str, str]
    returned: Mapping[str, Any]


def run_dag(dag: DAG, conf: Mapping[str, Any] | None = None) -> Finished:
    """Run the DAG to its end."""
    register(dag)
    run = dag.test(run_conf=dict(conf or {}))
    instances = run.get_task_instances()
    return Finished(
        state=str(run.state),
        states={instance.task_id: str(instance.state) for instance in instances},
        returned={instance.task_id: instance.xcom_pull(task_ids=instance.task_id) for instance in instances},
    )


def asset_events(uri: str) -> list[dict[str, Any]]:
    """Return the `extra` of every event of the asset with this URI, the oldest first."""
    from airflow.providers.common.compat.sdk import Asset
    from airflow.utils.session import create_session
    from sqlalchemy import select

    model, event, asset_id = _asset_models()
    with create_session() as session:
        of_asset = select(event.extra).join(model, model.id == asset_id)
        return [
            dict(extra) for extra in session.scalars(of_asset.where(model.uri == Asset(uri).uri).order_by(event.id))
        ]


def queued(dag: DAG) -> bool:
    """Return whether an asset has asked for a run of the DAG, which the scheduler has not made yet (Airflow 3)."""
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return session.scalar(select(AssetDagRunQueue).where(AssetDagRunQueue.target_dag_id == dag.dag_id)) is not None


def _asset_models() -> tuple[Any, Any, Any]:
    """Return the tables of assets and of their events, and the column of an event that names its asset."""
    if IS_AIRFLOW_2:
        datasets: Any = import_module("airflow.models.dataset")
        return datasets.DatasetModel, datasets.DatasetEvent, datasets.DatasetEvent.dataset_id
    from airflow.models.asset import AssetEvent, AssetModel

    return AssetModel, AssetEvent, AssetEvent.asset_id


@cache
def _metadata_database() -> None:
    from airflow.utils import db
    from airflow.utils.session import create_session

    with warnings.catch_warnings():  # Airflow 2 loads its whole web server for it, which uses what Flask gives up
        if IS_AIRFLOW_2:
            warnings.simplefilter("ignore")
        db.initdb()
    if not IS_AIRFLOW_2:
        from airflow.models.dagbundle import DagBundleModel

        with create_session() as session:
            session.merge(DagBundleModel(name=_BUNDLE))


def register(dag: DAG) -> None:
    """Make the DAG known to Airflow, as its DAG processor does, and not paused."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import update

    _metadata_database()
    with create_session() as session:
        _write_2(dag, session) if IS_AIRFLOW_2 else _write_3(dag, session)
        session.execute(update(DagModel).where(DagModel.dag_id == dag.dag_id).values(is_paused=False))


def _write_3(dag: DAG, session: Session) -> None:
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    lazy = LazyDeserializedDAG.from_dag(dag)
    SerializedDAG.bulk_write_to_db(_BUNDLE, None, [lazy], session=session)
    SerializedDagModel.write_dag(lazy, bundle_name=_BUNDLE, session=session)


def _write_2(dag: Any, session: Session) -> None:
    from airflow.models.serialized_dag import SerializedDagModel

    model: Any = SerializedDagModel
    dag.bulk_write_to_db([dag], session=session)
    model.write_dag(dag, session=session)
