"""The two versions of Airflow that tests run in: what differs between them, for tests of both."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from airflow import __version__

IS_AIRFLOW_2 = __version__.startswith("2.")


def only_airflow_3(reason: str) -> pytest.MarkDecorator:
    """Mark a test, or a module's tests, of something that Airflow 2 has not."""
    return pytest.mark.skipif(IS_AIRFLOW_2, reason=f"Airflow 2: {reason}")


def serialised(dag: Any) -> dict[str, Any]:
    """Return the DAG as Airflow writes it into its database."""
    from airflow.serialization import serialized_objects

    modules: Any = serialized_objects
    form = modules.SerializedDAG if IS_AIRFLOW_2 else modules.DagSerialization
    written: dict[str, Any] = form.to_dict(dag)
    return written


def is_mapped(task: Any) -> bool:
    """Return whether the task is one of `expand`."""
    return hasattr(task, "partial_kwargs")


def schedule_of(dag: Any) -> Any:
    """Return when the DAG runs, as it was written."""
    return dag.schedule_interval if IS_AIRFLOW_2 else dag.schedule


def loaded(file: Path) -> Any:
    """Return Airflow's own collection of the DAGs of a file or folder."""
    bags: Any = import_module("airflow.models.dagbag" if IS_AIRFLOW_2 else "airflow.dag_processing.dagbag")
    return bags.DagBag(str(file), include_examples=False) if IS_AIRFLOW_2 else bags.DagBag(str(file))
