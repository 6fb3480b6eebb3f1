"""The options of the functions here, declared once for type checkers, which answer a misspelt one with the nearest.

Type checkers read this module, and `table_group.py`, which tells by these names whose an option is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypedDict

from taskflow_profilemesh.decorators.options import TablesOptions


class GroupedTableOptions(TablesOptions, total=False):
    """What all tasks of a group share: the options of `ProfileMeshTableOperator` and of every task."""

    columns: Sequence[str] | None
    exclude_columns: Sequence[str] | None
    where: str | None
    sample: float | None
    sample_method: Literal["rows", "pages"] | None
    partition: Mapping[str, Any] | None


class DagChanges(TypedDict, total=False):
    """What `profile_dag` takes beside a config, in place of what that says; further arguments of Airflow's `DAG`."""

    dag_id: str
    description: str | None
    schedule: Any
    start_date: datetime | None
    end_date: datetime | None
    catchup: bool
    tags: Sequence[str]
    default_args: Mapping[str, Any] | None
    params: Mapping[str, Any] | None
    max_active_runs: int
    max_active_tasks: int
    max_consecutive_failed_dag_runs: int
    dagrun_timeout: timedelta | None
    owner_links: Mapping[str, str] | None
    is_paused_upon_creation: bool | None
    doc_md: str | None
    on_success_callback: Any
    on_failure_callback: Any
    render_template_as_native_obj: bool
    fail_fast: bool
    dag_display_name: str
    access_control: Any
