"""What Airbyte's notification webhook says of a sync that succeeded. Pure.

Nothing in a notice proves who sent it: Airbyte signs nothing. Everything is checked here as the input that it is, and
an error names the field, never its value. A notice about anything else (a failure, a queued sync, a changed schema, the
text by which Airbyte tries an address) is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from taskflow_profilemesh.airbyte.answers import (
    AnswerError,
    an_object,
    moment_or_none,
    part,
    text,
    text_or_none,
    whole,
    whole_or_none,
)

LONGEST_NAME: Final = 256
_SUCCESS, _NAME = "data.success", "data.connection.name"
_LARGEST: Final = 2**63 - 1  # what a database's integer holds


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncNotice:
    """A sync that succeeded, as Airbyte told of it. Counts are what the destination has committed; None is unknown."""

    job_id: int
    connection_id: str
    connection_name: str
    workspace_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    rows_synced: int | None = None
    bytes_synced: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values, by the names of a SyncResult; times are ISO 8601 in UTC."""
        return {
            "job_id": self.job_id,
            "connection_id": self.connection_id,
            "connection_name": self.connection_name,
            "workspace_id": self.workspace_id,
            "started_at": self.started_at and self.started_at.isoformat(),
            "finished_at": self.finished_at and self.finished_at.isoformat(),
            "rows_synced": self.rows_synced,
            "bytes_synced": self.bytes_synced,
        }


def read_notice(payload: object) -> SyncNotice | None:
    """Return the sync that succeeded, or None where the notice is about something else; raises `AnswerError`."""
    message = an_object(payload, "the notice")
    if message.get("data") is None:
        return None
    data = part(message, "data")
    if not isinstance(data.get("success"), bool):
        raise AnswerError(_SUCCESS, "is missing or not true or false")
    if not data["success"]:
        return None
    connection = part(data, "connection")
    return SyncNotice(
        job_id=_counted(whole(data, "jobId"), "data.jobId"),
        connection_id=_identifier(text(connection, "id"), "data.connection.id"),
        connection_name=_name(text(connection, "name")),
        workspace_id=_identifier_or_none(text_or_none(part(data, "workspace"), "id"), "data.workspace.id"),
        started_at=moment_or_none(data, "startedAt"),
        finished_at=moment_or_none(data, "finishedAt"),
        rows_synced=_counted_or_none(whole_or_none(data, "recordsCommitted"), "data.recordsCommitted"),
        bytes_synced=_counted_or_none(whole_or_none(data, "bytesCommitted"), "data.bytesCommitted"),
    )


def _counted(value: int, where: str) -> int:
    if not 0 <= value <= _LARGEST:
        raise AnswerError(where, "is not a count")
    return value


def _counted_or_none(value: int | None, where: str) -> int | None:
    return None if value is None else _counted(value, where)


def _identifier(value: str, where: str) -> str:
    try:
        return str(UUID(value))
    except ValueError as error:
        raise AnswerError(where, "is not a UUID") from error


def _identifier_or_none(value: str | None, where: str) -> str | None:
    return None if value is None else _identifier(value, where)


def _name(value: str) -> str:
    if not value or len(value) > LONGEST_NAME or not value.isprintable():
        raise AnswerError(_NAME, f"is not a printable text of at most {LONGEST_NAME} characters")
    return value
