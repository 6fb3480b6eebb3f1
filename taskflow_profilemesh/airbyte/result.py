"""`SyncResult`: what one finished sync hands to the tasks after it, as plain JSON values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamResult:
    """One stream of a finished sync; `table` is where its rows are, `schema.table` where the schema is known.

    `rows_synced` is what all attempts have committed, `rows_last_attempt` what the last one of them has that worked on
    the stream: the same where there was one attempt. Both are unknown (None) without the Config API.
    """

    name: str
    namespace: str | None
    table: str
    sync_mode: str | None
    rows_synced: int | None
    bytes_synced: int | None
    rows_last_attempt: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """A finished sync. Counts are what the destination has committed; `attempts` is how many tries it took."""

    job_id: int
    status: str
    connection_id: str
    connection_name: str
    started_at: datetime | None
    finished_at: datetime | None
    duration_seconds: float | None
    attempts: int | None
    rows_synced: int | None
    bytes_synced: int | None
    streams: tuple[StreamResult, ...]
    url: str | None

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables that the sync wrote, each once, in the order of the streams."""
        return tuple(dict.fromkeys(stream.table for stream in self.streams))

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON values, times as ISO 8601 in UTC."""
        return {
            "schema_version": SCHEMA_VERSION,
            "job_id": self.job_id,
            "status": self.status,
            "connection_id": self.connection_id,
            "connection_name": self.connection_name,
            "started_at": self.started_at and self.started_at.isoformat(),
            "finished_at": self.finished_at and self.finished_at.isoformat(),
            "duration_seconds": self.duration_seconds,
            "attempts": self.attempts,
            "rows_synced": self.rows_synced,
            "bytes_synced": self.bytes_synced,
            "streams": [asdict(stream) for stream in self.streams],
            "tables": list(self.tables),
            "url": self.url,
        }
