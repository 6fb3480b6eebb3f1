"""What a config says of a DAG: the part of it that must be known while a DAG file is parsed, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from taskflow_profilemesh.config.sections import Config

EVER_SINCE: Final = datetime(2024, 1, 1, tzinfo=UTC)  # with catchup off, any past day will do


@dataclass(frozen=True, slots=True, kw_only=True)
class DagOptions:
    """A DAG by its config, with the defaults of what it does not say.

    `syncs` has the options of each `AirbyteSyncOperator`. `names_tables`: False where the tables that the syncs write
    are profiled. `max_active_tis_per_dag` (None: no limit) goes with `task_per_table`. None elsewhere: Airflow's own.
    """

    dag_id: str | None = None
    description: str | None = None
    schedule: str | None = None  # None: by hand
    start_date: datetime = EVER_SINCE
    catchup: bool = False
    tags: tuple[str, ...] = ("profilemesh",)
    max_active_runs: int | None = None
    owner: str | None = None
    pool: str | None = None
    queue: str | None = None
    timeout_seconds: float | None = None
    task_per_table: bool = False
    max_active_tis_per_dag: int | None = None
    retries: int | None = None
    delay_seconds: float | None = None
    exponential_backoff: bool | None = None
    max_delay_seconds: float | None = None
    syncs: tuple[Mapping[str, Any], ...] = ()
    names_tables: bool = field(default=False)


def dag_options_of(config: Config) -> DagOptions:
    """Return what a checked config says of its DAG."""
    said = config.execution.given() | config.retry.given()
    if "tags" in said:
        said["tags"] = tuple(said["tags"])
    return DagOptions(**said, syncs=config.airbyte.syncs(), names_tables=bool(config.profiling.tables))
