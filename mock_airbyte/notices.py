"""What Airbyte's notification webhook sends: a Slack-shaped message, and beside it the facts as `data`. Pure.

A queued notice says `success: false` too, and a schema change carries no `data`, as Airbyte's do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import timedelta

    from mock_airbyte.job_state import JobState

NoticeKind = Literal["success", "failure", "queued", "schema_change"]
KIND_OF_STATUS: Mapping[str, NoticeKind] = {"succeeded": "success", "failed": "failure", "queued": "queued"}
_WORDS: Mapping[NoticeKind, tuple[str, str]] = {
    "success": ("succeeded", "Sync completed"),
    "failure": ("failed", "Sync failed"),
    "queued": ("is queued", "Sync queued"),
    "schema_change": ("has a changed schema", "Schema change detected"),
}
_UNITS = ("kB", "MB", "GB", "TB")
_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: what it is about, when it was made, and what is sent."""

    kind: NoticeKind
    at: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Party:
    """A workspace, connection, source or destination as a message names it."""

    identifier: str
    name: str
    url: str

    def as_json(self) -> dict[str, str]:
        """Return it as the message has it."""
        return {"id": self.identifier, "name": self.name, "url": self.url}


@dataclass(frozen=True, slots=True)
class Parties:
    """Whom a message is about."""

    workspace: Party
    connection: Party
    source: Party
    destination: Party


def job_notice(kind: NoticeKind, state: JobState, parties: Parties, *, now: datetime) -> Notice:
    """Return the message about a job that has come to a status."""
    said = f"\nJob ID: {state.job.job_id}\n"
    return Notice(kind, now, {**_message(kind, parties, said), "data": _facts(kind, state, parties)})


def schema_notice(parties: Parties, *, now: datetime) -> Notice:
    """Return the message about a source whose schema has changed."""
    return Notice("schema_change", now, _message("schema_change", parties, "\n"))


def _message(kind: NoticeKind, parties: Parties, more: str) -> dict[str, Any]:
    words, headline = _WORDS[kind]
    who = f"{parties.connection.name} from {parties.source.name} to {parties.destination.name}"
    link = f"{headline}: <{parties.connection.url}|{parties.connection.name}>"
    return {
        "text": f"Your connection {who} {words}{more}",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": link}}],
    }


def _facts(kind: NoticeKind, state: JobState, parties: Parties) -> dict[str, Any]:
    over = state.updated_at if state.is_terminal else None
    lasted = (over or state.updated_at) - state.job.created_at
    emitted = sum(stream.bytes_emitted for stream in state.streams)
    failure = state.failure
    return {
        "workspace": parties.workspace.as_json(),
        "connection": parties.connection.as_json(),
        "source": parties.source.as_json(),
        "destination": parties.destination.as_json(),
        "jobId": state.job.job_id,
        "startedAt": _moment(state.job.created_at),
        "finishedAt": _moment(over) if over else None,
        "bytesEmitted": emitted,
        "bytesCommitted": state.bytes_committed,
        "recordsEmitted": sum(stream.records_emitted for stream in state.streams),
        "recordsCommitted": state.rows_committed,
        "recordsFilteredOut": 0,
        "bytesFilteredOut": 0,
        "errorMessage": failure.external_message if failure else None,
        "errorType": failure.kind if failure else None,
        "errorOrigin": failure.origin if failure else None,
        "success": kind == "success",
        "durationInSeconds": int(lasted.total_seconds()),
        "durationFormatted": spoken(lasted),
        "bytesEmittedFormatted": sized(emitted),
        "bytesCommittedFormatted": sized(state.bytes_committed),
    }


def spoken(length: timedelta) -> str:
    """Return `1 hours 0 min`, `2 min 5 sec` or `7 sec`."""
    seconds = int(length.total_seconds())
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours} hours {minutes} min"
    return f"{minutes} min {seconds % 60} sec" if minutes else f"{seconds} sec"


def sized(count: float) -> str:
    """Return `1000 B`, `1.2 kB`, `30.5 MB`: with a unit once there are more than a thousand."""
    unit = "B"
    for larger in _UNITS:
        if count <= _THOUSAND:
            break
        count, unit = count / _THOUSAND, larger
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
