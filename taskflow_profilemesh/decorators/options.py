"""The options of the decorators, declared once: what every task has, and what each decorator adds to it.

A decorator takes `**options: Unpack[ItsOptions]`: type checkers then know every name and type, and answer a misspelt
one with the nearest. Importing a decorator does not load this module: type checkers read it, and `dags/table_group.py`,
which tells by these names whose an option is.

The arguments of a decorated function are not checked where it is called: a task is called with results that do not
exist yet, and without the keys of Airflow's context, which are added when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

if TYPE_CHECKING:
    from taskflow_profilemesh.events.profiling_events import ProfilingEvent

TaskCallback: TypeAlias = Callable[[Any], None]
"""Called with the task's context when its state changes."""


EventHooks: TypeAlias = "Sequence[str | Callable[[ProfilingEvent], object] | Mapping[str, Any]]"
"""Names, callables, or mappings as a config has them under `hooks:`."""
Baseline: TypeAlias = Literal["last_run", "moving_average", "prior_period", "stable_window", "pinned", "auto"]
Strategy: TypeAlias = Literal["absolute_threshold", "standard_deviation", "statistical"]


class TaskOptions(TypedDict, total=False):
    """What Airflow's `BaseOperator` takes, apart from what the decorator itself sets.

    The meaning of each is Airflow's own.
    """

    task_id: str
    task_display_name: str | None
    owner: str
    email: str | Sequence[str] | None
    email_on_retry: bool
    email_on_failure: bool
    retries: int | None
    retry_delay: timedelta | float
    retry_exponential_backoff: float
    max_retry_delay: timedelta | float | None
    retry_policy: Any
    start_date: datetime | None
    end_date: datetime | None
    depends_on_past: bool
    ignore_first_depends_on_past: bool
    wait_for_past_depends_before_skipping: bool
    wait_for_downstream: bool
    dag: Any
    task_group: Any
    params: MutableMapping[str, Any] | None
    default_args: dict[str, Any] | None
    priority_weight: int
    weight_rule: Any
    queue: str
    pool: str | None
    pool_slots: int
    execution_timeout: timedelta | None
    on_execute_callback: TaskCallback | Collection[TaskCallback] | None
    on_failure_callback: TaskCallback | Collection[TaskCallback] | None
    on_success_callback: TaskCallback | Collection[TaskCallback] | None
    on_retry_callback: TaskCallback | Collection[TaskCallback] | None
    on_skipped_callback: TaskCallback | Collection[TaskCallback] | None
    on_failure_fail_dagrun: bool
    pre_execute: TaskCallback | None
    post_execute: Callable[[Any, Any], None] | None
    trigger_rule: str
    resources: Mapping[str, Any] | None
    run_as_user: str | None
    map_index_template: str | None
    max_active_tis_per_dag: int | None
    max_active_tis_per_dagrun: int | None
    executor: str | None
    executor_config: dict[str, Any] | None
    do_xcom_push: bool
    multiple_outputs: bool
    inlets: Any
    outlets: Any
    doc: str | None
    doc_md: str | None
    doc_json: str | None
    doc_yaml: str | None
    doc_rst: str | None
    logger_name: str | None
    allow_nested_operators: bool
    render_template_as_native_obj: bool | None


class AirbyteSyncOptions(TaskOptions, total=False):
    """The options of `@airbyte_sync`: those of every task, of `AirbyteSyncOperator` and of `SyncSpec`."""

    conn_id: str
    deferrable: bool
    asynchronous: bool
    connection: str
    workspace: str | None
    job_type: Literal["sync", "clear"]
    timeout_seconds: float
    poll_interval_seconds: float
    on_conflict: Literal["attach", "wait", "skip", "fail"]
    min_rows: int | None
    stall_timeout_seconds: float | None
    cancel_on_kill: bool


class SourceOptions(TaskOptions, total=False):
    """Where the tables are, and what else may say so."""

    config: str | PathLike[str] | Mapping[str, Any] | None
    config_path: str | PathLike[str] | None
    config_variable: str | None
    environment: str | None
    conn_id: str | None


class ProfilingOptions(SourceOptions, total=False):
    """What every task that profiles can have."""

    store: str | None
    on_drift: Literal["record", "warn", "skip", "fail"] | None
    drift_severity: Literal["low", "medium", "high"] | None
    thresholds: Mapping[str, float] | None
    baseline: Baseline | None
    strategy: Strategy | None
    memory_budget_bytes: int | None
    statement_timeout_seconds: float | None
    privacy: Mapping[str, Any] | None
    event_hooks: EventHooks | None


class TablesOptions(ProfilingOptions, total=False):
    """What a task has besides that takes any table as one worker's work."""

    dry_run: bool
    fail_on_error: bool | None
    incremental: str | None
    max_rows: int | None


class ProfileTablesOptions(TablesOptions, total=False):
    """The options of `@profile_tables`: those of every task and of `ProfileMeshOperator`."""

    tables: object
    table_patterns: object


class TableGroupOptions(ProfilingOptions, total=False):
    """The options of `profile_table_group`: what one table that is read whole, by many workers, can have."""
