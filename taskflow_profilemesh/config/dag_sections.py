"""`airbyte:`, `execution:` and `retry:`: what a whole DAG is built from, beside what its tasks profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from taskflow_profilemesh.config.section import ConnectionId, Count, Names, Seconds, Section, Text, one_or_list
from taskflow_profilemesh.errors import InvalidOption


def _moment(value: object) -> object:
    """Read ISO 8601 as an aware moment, UTC where it names no time zone."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if isinstance(read, date) and not isinstance(read, datetime):
        read = datetime.combine(read, time())
    if value is not None and not isinstance(read, datetime):
        kind, message = "moment_type", "Input should be a date or a moment in ISO 8601"
        raise PydanticCustomError(kind, message)
    return read.replace(tzinfo=UTC) if isinstance(read, datetime) and read.tzinfo is None else read


def _connection(value: object) -> object:
    """Take a name for the mapping that names a connection."""
    if isinstance(value, str):
        return {"connection": value}
    if not isinstance(value, Mapping):
        kind, message = "connection_type", "Input should be a connection's name or id, or a mapping with 'connection'"
        raise PydanticCustomError(kind, message)
    return value


class SyncOptions(Section):
    """How a connection is synced; the keys are the options of `AirbyteSyncOperator`, which checks them further."""

    workspace: Text | None = None
    job_type: Literal["sync", "clear"] | None = None
    timeout_seconds: Seconds | None = None
    poll_interval_seconds: Seconds | None = None
    on_conflict: Literal["attach", "wait", "skip", "fail"] | None = None
    min_rows: Annotated[int, Field(ge=0)] | None = None
    stall_timeout_seconds: Seconds | None = None
    cancel_on_kill: bool | None = None
    deferrable: bool | None = None


class SyncedConnection(SyncOptions):
    """One of `airbyte.connections`; what it leaves open is as the section says."""

    connection: Text


Synced = Annotated[SyncedConnection, BeforeValidator(_connection, json_schema_input_type=SyncedConnection | Text)]


class Airbyte(SyncOptions):
    """`airbyte:` the connections that are synced before anything is profiled."""

    conn_id: ConnectionId | None = None
    connections: Annotated[list[Synced], one_or_list(Synced)] | None = None

    def syncs(self) -> tuple[dict[str, Any], ...]:
        """Return the options of each sync, those of the section beneath its own."""
        shared = {name: value for name, value in self.given().items() if name != "connections"}
        return tuple(shared | one.given() for one in self.connections or ())

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        named = [one.connection for one in self.connections or ()]
        if len(set(named)) < len(named):
            raise InvalidOption(option="connections", got="", expected="each connection once")
        return self


class Execution(Section):
    """`execution:` the DAG, and how its tasks are run."""

    dag_id: Text | None = None
    description: Text | None = None
    schedule: Text | None = None
    start_date: Annotated[datetime | None, BeforeValidator(_moment, json_schema_input_type=datetime | date | None)] = (
        None
    )
    catchup: bool | None = None
    tags: Names | None = None
    owner: Text | None = None
    max_active_runs: Count | None = None
    pool: Text | None = None
    queue: Text | None = None
    timeout_seconds: Seconds | None = None
    task_per_table: bool | None = None
    max_active_tis_per_dag: Count | None = None


class Retry(Section):
    """`retry:` how often and when a task is tried again."""

    retries: Annotated[int, Field(ge=0)] | None = None
    delay_seconds: Seconds | None = None
    exponential_backoff: bool | None = None
    max_delay_seconds: Seconds | None = None
