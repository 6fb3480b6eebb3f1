"""Running a DAG in the real Airflow, in this process: `dag.test()` on a metadata database of the test process's own.

A DAG that a test builds is in no bundle, so it is registered by hand, in the way that Airflow's own tests do it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.sdk import DAG

_BUNDLE = "tests"


@dataclass(frozen=True)
class Finished:
    """What became of a DAG run: its state, its tasks' states, and what they returned, by task id."""

    state: str
    states: Mapping[str, str]
    returned: Mapping[str, Any]


def run_dag(dag: DAG, conf: Mapping[str, Any] | None = None) -> Finished:
    """Run the DAG to its end."""
    _metadata_database()
    _register(dag)
    run = dag.test(run_conf=dict(conf or {}))
    instances = run.get_task_instances()
    return Finished(
        state=str(run.state),
        states={instance.task_id: str(instance.state) for instance in instances},
        returned={instance.task_id: instance.xcom_pull(task_ids=instance.task_id) for instance in instances},
    )


@cache
def _metadata_database() -> None:
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils import db
    from airflow.utils.session import create_session

    db.initdb()
    with create_session() as session:
        session.merge(DagBundleModel(name=_BUNDLE))


def _register(dag: DAG) -> None:
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG
    from airflow.utils.session import create_session

    lazy = LazyDeserializedDAG.from_dag(dag)
    with create_session() as session:
        SerializedDAG.bulk_write_to_db(_BUNDLE, None, [lazy], session=session)
        SerializedDagModel.write_dag(lazy, bundle_name=_BUNDLE, session=session)
