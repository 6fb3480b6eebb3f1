"""`profile_dag`: a whole DAG by its config, which says when, what is synced before, and what is profiled."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from airflow.providers.common.compat.sdk import DAG, BaseOperator

    from taskflow_profilemesh.config import DagOptions
    from taskflow_profilemesh.dags.options import DagChanges

_PACKAGE = __name__.partition(".")[0]


def profile_dag(config: str | os.PathLike[str] | Mapping[str, Any], **changes: Unpack[DagChanges]) -> DAG:
    """Return the DAG that a config describes, for the DAG file that calls this.

    `config`: the path of a `profilemesh.yml` (a relative one starts from the folder of the DAG file), or a mapping of
    its sections. `execution` and `retry` say how the DAG and its tasks run, `airbyte.connections` what is synced first,
    `profiling.tables` what is profiled; without tables, what each sync wrote. The tasks read the config again when they
    run. `changes` are arguments of Airflow's `DAG`, in place of what the config says; a mapping needs a `dag_id` here
    or in `execution`.

    Raises `InvalidConfig` and `InvalidOption`. Looks nothing up, neither connections nor Variables.
    """
    return dag_by(config, {"config": config}, calling_file(), dict(changes), name=_stem(config))


def dag_by(
    config: object, reference: Mapping[str, Any], file: str, changes: Mapping[str, Any], *, name: str | None
) -> DAG:
    """Return the DAG of a config, which its tasks are told of by the options `reference`.

    `file` is the DAG file's path; `name` is what the DAG is called where nothing else says so.
    """
    from airflow.providers.common.compat.sdk import DAG

    from taskflow_profilemesh.config import read_dag_options
    from taskflow_profilemesh.errors import InvalidOption

    options = read_dag_options(config, environ=os.environ, folder=Path(file).parent)
    dag_id = changes.get("dag_id") or options.dag_id or name
    if dag_id is None:
        raise InvalidOption(option="dag_id", got="None", expected="an id, here or in the config's execution.dag_id")
    arguments = _dag_arguments(options) | dict(changes)
    dag = DAG(**arguments | {"dag_id": dag_id, "default_args": _defaults(options, changes)})  # noqa: AIR002 -- it is among them
    dag.fileloc = file  # Airflow takes it for ours, and relative paths start from its folder
    with dag:
        _build(options, reference)
    return dag


def calling_file() -> str:
    """Return the path of the file that calls this package."""
    frame = sys._getframe(1)  # noqa: SLF001 -- as Airflow finds a DAG's file
    while frame.f_back and str(frame.f_globals.get("__name__", "")).partition(".")[0] == _PACKAGE:
        frame = frame.f_back
    return str(frame.f_globals.get("__file__") or frame.f_code.co_filename)


def _stem(config: object) -> str | None:
    from taskflow_profilemesh.dags.names import id_of

    return id_of(Path(config).stem) if isinstance(config, str | os.PathLike) else None


def _dag_arguments(options: DagOptions) -> dict[str, Any]:
    said = {"description": options.description, "max_active_runs": options.max_active_runs}
    return {name: value for name, value in said.items() if value is not None} | {
        "schedule": options.schedule,
        "start_date": options.start_date,
        "catchup": options.catchup,
        "tags": list(options.tags),
    }


def _defaults(options: DagOptions, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of every task: those of `default_args` before those of the config."""
    said = {
        "owner": options.owner,
        "pool": options.pool,
        "queue": options.queue,
        "execution_timeout": _seconds(options.timeout_seconds),
        "retries": options.retries,
        "retry_delay": _seconds(options.delay_seconds),
        "retry_exponential_backoff": options.exponential_backoff,
        "max_retry_delay": _seconds(options.max_delay_seconds),
    }
    return {name: value for name, value in said.items() if value is not None} | dict(changes.get("default_args") or {})


def _seconds(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _build(options: DagOptions, reference: Mapping[str, Any]) -> None:
    syncs = _syncs(options)
    if options.names_tables or not syncs:
        profile = _profile("profile", options, reference)
        for sync in syncs:
            sync >> profile
        return
    ids = ["profile"] if len(syncs) == 1 else [f"profile_{sync.task_id.removeprefix('sync_')}" for sync in syncs]
    for task_id, sync in zip(ids, syncs, strict=True):
        _profile(task_id, options, reference, tables=sync.output)


def _syncs(options: DagOptions) -> Sequence[BaseOperator]:
    from taskflow_profilemesh.dags.names import ids_of
    from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator

    ids = ids_of(sync["connection"] for sync in options.syncs)
    return [
        AirbyteSyncOperator(task_id="sync" if len(ids) == 1 else f"sync_{name}", **sync)
        for name, sync in zip(ids, options.syncs, strict=True)
    ]


def _profile(task_id: str, options: DagOptions, reference: Mapping[str, Any], *, tables: object = None) -> Any:  # noqa: ANN401 -- an operator, or a group
    """Make what profiles: one task for all tables, or a group with one for each."""
    from taskflow_profilemesh.dags.table_group import group_of
    from taskflow_profilemesh.operators.profile import ProfileMeshOperator

    if not options.task_per_table:
        return ProfileMeshOperator(task_id=task_id, tables=tables, **reference)
    limit = {"max_active_tis_per_dag": options.max_active_tis_per_dag} if options.max_active_tis_per_dag else {}
    return group_of(tables, task_id, dict(reference) | limit)
