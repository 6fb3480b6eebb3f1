"""What one sync will do with each of its streams: pure, decided before the first row is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mock_airbyte.destinations.loading import Target
from mock_airbyte.destinations.names import column_names, identifier, namespace
from mock_airbyte.destinations.protocol import Table, TableColumn
from mock_airbyte.failures import SyncFailure
from mock_airbyte.records import Job, StreamConfig, StreamState, SyncMode
from mock_airbyte.sources.protocol import BATCH_ROWS, Since, Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_airbyte.records import Connection

StreamKey = tuple[str, str | None]
_TRUNCATING = {  # how a mode writes when a refresh replaces what is there
    SyncMode.FULL_REFRESH_APPEND: SyncMode.FULL_REFRESH_OVERWRITE,
    SyncMode.INCREMENTAL_APPEND: SyncMode.FULL_REFRESH_OVERWRITE,
    SyncMode.INCREMENTAL_DEDUPED_HISTORY: SyncMode.FULL_REFRESH_OVERWRITE_DEDUPED,
}


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """One stream's part of a sync."""

    number: int  # its place in the connection
    stream: Stream  # with the selected columns only
    mode: SyncMode
    target: Target
    names: Mapping[str, str]  # column in the source → column in the destination
    generation: int
    config: StreamConfig
    since: Since | None = None  # of an incremental read; None, too, where the source keeps its own place
    resumes: bool = False  # whether it goes on where it was, and not from the beginning
    is_resumed: bool = False  # whether an earlier attempt of the same job has committed some of it

    @property
    def commits_on_the_way(self) -> bool:
        """Whether rows may be seen before the stream is complete: not where they take the place of others."""
        return self.since is not None and not self.target.mode.replaces

    @property
    def key(self) -> StreamKey:
        """What tells the stream from the connection's others."""
        return self.stream.name, self.stream.namespace


def plan_streams(
    connection: Connection,
    streams: Sequence[Stream],
    states: Mapping[StreamKey, StreamState],
    *,
    job: Job,
    default_namespace: str | None,
    every: int = BATCH_ROWS,
) -> tuple[StreamPlan, ...]:
    """Plan every stream of the connection.

    A refresh reads everything again, as a new generation; `truncate` also replaces what is there. A state that this
    very job has kept is gone on from, in a refresh too. `every`: rows after which a commit is wanted on the way. Raises
    `SyncFailure` where the source no longer has what is asked for.
    """
    offered = {(stream.name, stream.namespace): stream for stream in streams}
    plans: list[StreamPlan] = []
    for number, config in enumerate(connection.streams):
        stream = offered.get((config.name, config.namespace))
        if stream is None:
            raise _failure(message="The stream does not exist in the source any more.", config=config)
        table = table_of(connection, config, default_namespace=default_namespace)
        place = _Place(number, table, Table(table.schema, f"_airbyte_tmp_{job.job_id}_{number}"), job, every)
        plans.append(_plan(config, stream, states.get((config.name, config.namespace), StreamState()), place))
    _no_clash(plans)
    return tuple(plans)


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    table: Table
    staging: Table
    job: Job
    every: int


def table_of(connection: Connection, config: StreamConfig, *, default_namespace: str | None) -> Table:
    """Return the table that a stream lands in; None as default: the destination has no namespaces."""
    name = identifier(connection.prefix + config.name)
    if default_namespace is None:
        return Table(None, name)
    return Table(namespace(connection, config.namespace, default=default_namespace), name)


def cursor_of(stream: Stream, config: StreamConfig) -> str | None:
    """Return the column that tells new rows from old ones; a path into a document is none."""
    proposed = stream.own.proposed_cursor if stream.own else ()
    path = config.cursor_field or proposed
    return stream.cursor or (path[0] if len(path) == 1 or (path and stream.own is None) else None)


def primary_key_of(stream: Stream, config: StreamConfig) -> tuple[str, ...]:
    """Return the columns that tell one record from another."""
    return stream.primary_key or tuple(path[0] for path in config.primary_key)


def _plan(config: StreamConfig, stream: Stream, state: StreamState, place: _Place) -> StreamPlan:
    chosen, mode = _selected(stream, config), config.sync_mode
    cursor, key = cursor_of(stream, config), primary_key_of(stream, config)
    names = column_names(column.name for column in chosen.columns)
    _all_there((*needed_cursor(stream, config), *(key if mode.is_deduped else ())), names, config)
    target = Target(
        table=place.table,
        staging=place.staging,
        columns=tuple(TableColumn(names[column.name], column.type) for column in chosen.columns),
        mode=_TRUNCATING.get(mode, mode) if place.job.refresh == "truncate" else mode,
        primary_key=tuple(names[column] for column in key if column in names),
        cursor=names.get(cursor or ""),
    )
    is_resumed = state.job_id == place.job.job_id
    begins_anew = mode.replaces or place.job.refresh is not None
    goes_on = place.job.refresh is None or is_resumed
    has_cursor = mode.is_incremental and stream.own is None
    return StreamPlan(
        number=place.number,
        stream=chosen,
        mode=mode,
        target=target,
        names=names,
        generation=state.generation + (begins_anew and not is_resumed),
        config=config,
        since=Since(cursor, state.cursor if goes_on else None, place.every) if has_cursor else None,
        resumes=mode.is_incremental and goes_on,
        is_resumed=is_resumed,
    )


def needed_cursor(stream: Stream, config: StreamConfig) -> tuple[str | None, ...]:
    """Return the column that must be there for an incremental sync (None: one that nobody has named), if any."""
    cursor = cursor_of(stream, config)
    has_path = stream.own is not None and bool(config.cursor_field or stream.own.proposed_cursor)
    if not config.sync_mode.is_incremental or (cursor is None and (has_path or not stream.needs_cursor)):
        return ()
    return (cursor,)


def _all_there(needed: tuple[str | None, ...], names: Mapping[str, str], config: StreamConfig) -> None:
    for column in needed:
        if column not in names:
            message = f"The column does not exist in the stream any more (column={column!r})."
            raise _failure(message=message, config=config)


def _selected(stream: Stream, config: StreamConfig) -> Stream:
    if config.selected_fields is None:
        return stream
    columns = tuple(column for column in stream.columns if column.name in config.selected_fields)
    return replace(stream, columns=columns)


def _no_clash(plans: Sequence[StreamPlan]) -> None:
    tables: dict[Table, StreamPlan] = {}
    for plan in plans:
        other = tables.setdefault(plan.target.table, plan)
        if other is not plan:
            message = f"Two streams would land in one table (table={plan.target.table.name!r}). Give them a prefix."
            raise SyncFailure(message, origin="destination", stream=plan.stream.name)


def _failure(*, message: str, config: StreamConfig) -> SyncFailure:
    return SyncFailure(message, origin="source", stream=config.name)
