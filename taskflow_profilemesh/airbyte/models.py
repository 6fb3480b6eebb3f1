"""What Airbyte answers, as typed values. `from_api` is the only reader of its JSON; unknown is None.

The public API (`jobs`, `connections`, …) is what every credential may read. Reasons, attempts and counts per stream
exist only in the Config API (`jobs/get`), whose readers end in `from_config_api`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from taskflow_profilemesh.airbyte.answers import (
    moment_or_none,
    objects,
    part,
    seconds_or_none,
    text,
    text_or_none,
    whole,
    whole_or_none,
)
from taskflow_profilemesh.airbyte.statuses import SUCCEEDED, TERMINAL, status_of

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.answers import (
        Answer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of a connection. `rows_synced` and `bytes_synced` are what the destination has committed."""

    job_id: int
    status: str
    job_type: str
    connection_id: str
    started_at: datetime | None = None
    updated_at: datetime | None = None
    duration_seconds: float | None = None
    rows_synced: int | None = None
    bytes_synced: int | None = None

    @classmethod
    def from_api(cls, answer: Answer) -> Self:
        """Read a job of the public API."""
        return cls(
            job_id=whole(answer, "jobId"),
            status=status_of(text(answer, "status")),
            job_type=text(answer, "jobType"),
            connection_id=text(answer, "connectionId"),
            started_at=moment_or_none(answer, "startTime"),
            updated_at=moment_or_none(answer, "lastUpdatedAt"),
            duration_seconds=seconds_or_none(answer, "duration"),
            rows_synced=whole_or_none(answer, "rowsSynced"),
            bytes_synced=whole_or_none(answer, "bytesSynced"),
        )

    @property
    def is_terminal(self) -> bool:
        """Return whether the job has ended, in whatever way."""
        return self.status in TERMINAL

    @property
    def has_succeeded(self) -> bool:
        """Return whether the job has ended well."""
        return self.status == SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One stream that a connection syncs; `namespace` is the source's, None where the source has none or says none."""

    name: str
    namespace: str | None = None
    sync_mode: str | None = None

    @classmethod
    def from_api(cls, answer: Answer) -> Self:
        """Read a stream of a connection's configuration in the public API."""
        return cls(
            name=text(answer, "name"),
            namespace=text_or_none(answer, "namespace"),
            sync_mode=text_or_none(answer, "syncMode"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A pipe from a source to a destination. `namespace_definition`: destination, source or custom_format."""

    connection_id: str
    name: str
    workspace_id: str
    destination_id: str | None
    status: str
    streams: tuple[Stream, ...] = ()
    namespace_definition: str = "destination"
    namespace_format: str | None = None
    prefix: str = ""

    @classmethod
    def from_api(cls, answer: Answer) -> Self:
        """Read a connection of the public API."""
        return cls(
            connection_id=text(answer, "connectionId"),
            name=text_or_none(answer, "name") or text(answer, "connectionId"),
            workspace_id=text(answer, "workspaceId"),
            destination_id=text_or_none(answer, "destinationId"),
            status=text_or_none(answer, "status") or "active",
            streams=tuple(Stream.from_api(item) for item in objects(part(answer, "configurations"), "streams")),
            namespace_definition=text_or_none(answer, "namespaceDefinition") or "destination",
            namespace_format=text_or_none(answer, "namespaceFormat"),
            prefix=text_or_none(answer, "prefix") or "",
        )

    @property
    def is_active(self) -> bool:
        """Return whether Airbyte would start a job of it."""
        return self.status == "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A group of connections that a credential may see."""

    workspace_id: str
    name: str

    @classmethod
    def from_api(cls, answer: Answer) -> Self:
        """Read a workspace of the public API."""
        workspace_id = text(answer, "workspaceId")
        return cls(workspace_id=workspace_id, name=text_or_none(answer, "name") or workspace_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where rows land: its kind (`postgres`, `sqlite`, …) and the namespace that it uses unless told otherwise."""

    kind: str
    default_namespace: str | None = None

    @classmethod
    def from_api(cls, answer: Answer) -> Self:
        """Read a destination of the public API; nothing of its configuration is kept but the two facts."""
        configuration = part(answer, "configuration")
        kind = text_or_none(answer, "destinationType") or text_or_none(configuration, "destinationType") or ""
        kind = kind.lower().removeprefix("destination-")
        field = {"bigquery": "dataset_id", "mysql": "database", "clickhouse": "database"}.get(kind, "schema")
        return cls(kind=kind, default_namespace=text_or_none(configuration, field))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt failed, in Airbyte's words. `message` is the one that Airbyte shows to people."""

    message: str | None = None
    origin: str | None = None
    failure_type: str | None = None
    stream: str | None = None

    @classmethod
    def from_config_api(cls, answer: Answer) -> Self:
        """Read one failure of an attempt's summary; internal messages and stack traces may quote rows: not read."""
        return cls(
            message=text_or_none(answer, "externalMessage"),
            origin=text_or_none(answer, "failureOrigin"),
            failure_type=text_or_none(answer, "failureType"),
            stream=text_or_none(part(answer, "streamDescriptor"), "name"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamCount:
    """How much of one stream an attempt has committed."""

    name: str
    namespace: str | None = None
    rows_synced: int | None = None
    bytes_synced: int | None = None

    @classmethod
    def from_config_api(cls, answer: Answer) -> Self:
        """Read one entry of an attempt's `streamStats`."""
        stats = part(answer, "stats")
        return cls(
            name=text(answer, "streamName"),
            namespace=text_or_none(answer, "streamNamespace"),
            rows_synced=whole_or_none(stats, "recordsCommitted"),
            bytes_synced=whole_or_none(stats, "bytesCommitted"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a job. `rows_emitted` grows while it works."""

    number: int
    status: str
    updated_at: datetime | None = None
    rows_emitted: int | None = None
    bytes_emitted: int | None = None
    rows_committed: int | None = None
    streams: tuple[StreamCount, ...] = ()
    failures: tuple[Failure, ...] = ()

    @classmethod
    def from_config_api(cls, answer: Answer) -> Self:
        """Read the `attempt` object of a job's attempts."""
        stats = part(answer, "totalStats")
        failures = objects(part(answer, "failureSummary"), "failures")
        return cls(
            number=whole(answer, "id"),
            status=text(answer, "status"),
            updated_at=moment_or_none(answer, "updatedAt"),
            rows_emitted=whole_or_none(stats, "recordsEmitted"),
            bytes_emitted=whole_or_none(stats, "bytesEmitted"),
            rows_committed=whole_or_none(stats, "recordsCommitted"),
            streams=tuple(StreamCount.from_config_api(item) for item in objects(answer, "streamStats")),
            failures=tuple(Failure.from_config_api(item) for item in failures),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDetails:
    """What only the Config API tells of a job: its attempts, the last one last."""

    attempts: tuple[Attempt, ...] = ()

    @classmethod
    def from_config_api(cls, answer: Answer) -> Self:
        """Read an answer of `jobs/get`."""
        found = (part(item, "attempt") or item for item in objects(answer, "attempts"))
        return cls(attempts=tuple(sorted(map(Attempt.from_config_api, found), key=lambda attempt: attempt.number)))

    @property
    def failure(self) -> Failure | None:
        """Return why the last attempt failed: the first failure that Airbyte lists, or None."""
        return self.attempts[-1].failures[0] if self.attempts and self.attempts[-1].failures else None

    def committed(self) -> dict[tuple[str, str | None], StreamCount]:
        """Return what each stream has committed over all attempts, by its name and namespace."""
        totals: dict[tuple[str, str | None], StreamCount] = {}
        for count in (count for attempt in self.attempts for count in attempt.streams):
            before = totals.get((count.name, count.namespace))
            totals[count.name, count.namespace] = _sum(before, count) if before else count
        return totals

    def committed_last(self) -> dict[tuple[str, str | None], StreamCount]:
        """Return what the last attempt that worked on each stream has committed of it, by its name and namespace."""
        counts = (count for attempt in self.attempts for count in attempt.streams)
        return {(count.name, count.namespace): count for count in counts}


def _sum(one: StreamCount, other: StreamCount) -> StreamCount:
    return StreamCount(
        name=one.name,
        namespace=one.namespace,
        rows_synced=_plus(one.rows_synced, other.rows_synced),
        bytes_synced=_plus(one.bytes_synced, other.bytes_synced),
    )


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)


def log_lines(answer: Answer) -> tuple[str, ...]:
    """Read the log lines of an answer of `jobs/get`, all attempts in order; both of Airbyte's log formats."""
    lines: list[str] = []
    for item in objects(answer, "attempts"):
        logs = part(item, "logs")
        lines += [str(line) for line in logs.get("logLines") or ()]
        lines += [
            f"{text_or_none(event, 'level')} {text_or_none(event, 'message')}" for event in objects(logs, "events")
        ]
    return tuple(lines)


def catalog_streams(answer: Answer) -> tuple[Stream, ...]:
    """Read the selected streams of an answer of `connections/get`, with their source's namespaces."""
    entries = objects(part(answer, "syncCatalog"), "streams")
    selected = (entry for entry in entries if part(entry, "config").get("selected", True))
    return tuple(_catalog_stream(part(entry, "stream"), part(entry, "config")) for entry in selected)


def _catalog_stream(stream: Answer, config: Answer) -> Stream:
    modes = (text_or_none(config, "syncMode") or "", text_or_none(config, "destinationSyncMode") or "")
    return Stream(
        name=text(stream, "name"),
        namespace=text_or_none(stream, "namespace"),
        sync_mode=_MODES.get(modes),
    )


_MODES = {
    ("full_refresh", "overwrite"): "full_refresh_overwrite",
    ("full_refresh", "overwrite_dedup"): "full_refresh_overwrite_deduped",
    ("full_refresh", "append"): "full_refresh_append",
    ("incremental", "append"): "incremental_append",
    ("incremental", "append_dedup"): "incremental_deduped_history",
}
"""The public API's one word for the Config API's pair of source and destination mode."""
