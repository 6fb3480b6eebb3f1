"""Records as bytes and back: JSON by Pydantic, from the types of the records' own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import TypeAdapter

from mock_airbyte.failures import FailureOrigin, FailureType, SyncFailure
from mock_airbyte.records import Job, StreamState
from mock_airbyte.sync.progress import LogLine, Progress, StreamCounts

if TYPE_CHECKING:
    from collections.abc import Callable

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class SavedState:
    """What a connection remembers of one stream."""

    connection_id: str
    stream: tuple[str, str | None]
    state: StreamState


@dataclass(frozen=True, slots=True)
class SavedTokens:
    """How many tokens were issued, and up to which number they were revoked."""

    issued: int = 0
    revoked_up_to: int = 0


@dataclass(frozen=True, slots=True)
class SavedFailure:
    """Why a sync failed."""

    external_message: str
    origin: FailureOrigin
    kind: FailureType
    stream: str | None
    internal_message: str = ""
    stacktrace: str = ""


def _saved_failure(failed: SyncFailure) -> SavedFailure:
    return SavedFailure(
        failed.external_message, failed.origin, failed.kind, failed.stream, failed.internal_message, failed.stacktrace
    )


def _failure(saved: SavedFailure) -> SyncFailure:
    return SyncFailure(
        saved.external_message,
        origin=saved.origin,
        kind=saved.kind,
        stream=saved.stream,
        internal_message=saved.internal_message,
        stacktrace=saved.stacktrace,
    )


@dataclass(frozen=True, slots=True)
class SavedEnd:
    """How the moving of an attempt's rows ended."""

    outcome: Literal["succeeded", "failed", "cancelled"]
    started_at: datetime
    finished_at: datetime
    streams: tuple[StreamCounts, ...]
    lines: tuple[LogLine, ...]
    failure: SavedFailure | None


@dataclass(frozen=True, slots=True)
class SavedJob:
    """A job; no `ends` of attempts whose rows have not moved, or were still moving: they then move again."""

    job: Job
    ends: Mapping[int, SavedEnd]  # by attempt


def saved_job(job: Job, rows: Mapping[int, Progress]) -> SavedJob:
    """Return a job with how the rows moved of those of its attempts whose rows have moved."""
    ends = {attempt: _saved_end(progress) for attempt, progress in rows.items()}
    return SavedJob(job, {attempt: end for attempt, end in ends.items() if end is not None})


def _saved_end(progress: Progress) -> SavedEnd | None:
    if progress.outcome is None or progress.started_at is None or progress.finished_at is None:
        return None
    failed = progress.failure
    return SavedEnd(
        outcome=progress.outcome,
        started_at=progress.started_at,
        finished_at=progress.finished_at,
        streams=progress.streams,
        lines=tuple(progress.lines),
        failure=_saved_failure(failed) if failed else None,
    )


def progress_of(end: SavedEnd, now: Callable[[], datetime]) -> Progress:
    """Return the progress of rows that have moved."""
    failed = end.failure
    return Progress(
        now=now,
        outcome=end.outcome,
        failure=_failure(failed) if failed else None,
        started_at=end.started_at,
        finished_at=end.finished_at,
        lines=list(end.lines),
        _counts={(one.name, one.namespace): one for one in end.streams},
    )


def dump(record: object) -> bytes:
    """Return a record as JSON."""
    return _adapter(type(record)).dump_json(record)


def load(kind: type[Record], body: bytes) -> Record:
    """Return the record that was dumped."""
    record: Record = _adapter(kind).validate_json(body)
    return record


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}  # building one costs more than using it


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
