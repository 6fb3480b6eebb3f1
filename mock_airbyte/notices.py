"""What Airbyte's notification webhook sends: a Slack-shaped message, and beside it the facts as `data`. Pure.

A queued notice says `success: false` too, and a schema change carries no `data`, as Airbyte's do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args

from mock_airbyte.failures import Failure, SyncFailure

if TYPE_CHECKING:
    from mock_airbyte.job_state import JobState

NoticeKind = Literal["success", "failure", "queued", "schema_change"]
NOTICE_KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
KIND_OF_STATUS: Mapping[str, NoticeKind] = {"succeeded": "success", "failed": "failure", "queued": "queued"}
_WORDS: Mapping[NoticeKind, tuple[str, str]] = {
    "success": ("succeeded", "Sync completed"),
    "failure": ("failed", "Sync failed"),
    "queued": ("is queued", "Sync queued"),
    "schema_change": ("has a changed schema", "Schema change detected"),
}
_TESTED: Mapping[str, NoticeKind] = {"sync_success": "success", "sync_failure": "failure"}
TRIGGERS = (
    *_TESTED,
    "sync_disabled",
    "sync_disabled_warning",
    "connection_update",
    "connection_update_action_required",
    "breaking_change_warning",
    "breaking_change_syncs_disabled",
    "connection_sync_queued",
)
_UNITS = ("kB", "MB", "GB", "TB")
_THOUSAND = 1000
_NOBODY = "00000000-0000-0000-0000-000000000000"
_TEST_FAILURE = Failure("This is a test of a failure.", "destination", "config_error")


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
    return Notice(kind, now, {**_message(kind, parties, said), "data": _data(kind, _facts(state), parties)})


def schema_notice(parties: Parties, *, now: datetime) -> Notice:
    """Return the message about a source whose schema has changed."""
    return Notice("schema_change", now, _message("schema_change", parties, "\n"))


def sample_notice(trigger: str, now: datetime) -> dict[str, Any]:
    """Return what is sent to try a webhook: a made-up job's message for the two triggers of jobs, else a text."""
    kind = _TESTED.get(trigger)
    if kind is None:
        return {"text": f"This is a test of the notifications of {trigger.replace('_', ' ')}."}
    names = ("Test Workspace", "Test Connection", "Test Source", "Test Destination")
    parties = Parties(*(Party(_NOBODY, name, "https://airbyte.com") for name in names))
    success = kind == "success"
    facts = _Facts(
        job_id=1,
        started_at=now - timedelta(hours=1),
        over_at=now,
        updated_at=now,
        emitted=(1000, 89),
        committed=(1000, 89) if success else (90, 45),
        failure=None if success else _TEST_FAILURE.raised(),
    )
    return {**_message(kind, parties, "\nJob ID: 1\n"), "data": _data(kind, facts, parties)}


def _message(kind: NoticeKind, parties: Parties, more: str) -> dict[str, Any]:
    words, headline = _WORDS[kind]
    who = f"{parties.connection.name} from {parties.source.name} to {parties.destination.name}"
    link = f"{headline}: <{parties.connection.url}|{parties.connection.name}>"
    return {
        "text": f"Your connection {who} {words}{more}",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": link}}],
    }


@dataclass(frozen=True, slots=True)
class _Facts:
    job_id: int
    started_at: datetime
    over_at: datetime | None
    updated_at: datetime
    emitted: tuple[int, int]  # bytes, records
    committed: tuple[int, int]
    failure: SyncFailure | None


def _facts(state: JobState) -> _Facts:
    streams = state.streams
    return _Facts(
        job_id=state.job.job_id,
        started_at=state.job.created_at,
        over_at=state.updated_at if state.is_terminal else None,
        updated_at=state.updated_at,
        emitted=(sum(one.bytes_emitted for one in streams), sum(one.records_emitted for one in streams)),
        committed=(state.bytes_committed, state.rows_committed),
        failure=state.failure,
    )


def _data(kind: NoticeKind, facts: _Facts, parties: Parties) -> dict[str, Any]:
    lasted = (facts.over_at or facts.updated_at) - facts.started_at
    failure = facts.failure
    return {
        "workspace": parties.workspace.as_json(),
        "connection": parties.connection.as_json(),
        "source": parties.source.as_json(),
        "destination": parties.destination.as_json(),
        "jobId": facts.job_id,
        "startedAt": _moment(facts.started_at),
        "finishedAt": _moment(facts.over_at) if facts.over_at else None,
        "bytesEmitted": facts.emitted[0],
        "bytesCommitted": facts.committed[0],
        "recordsEmitted": facts.emitted[1],
        "recordsCommitted": facts.committed[1],
        "recordsFilteredOut": 0,
        "bytesFilteredOut": 0,
        "errorMessage": failure.external_message if failure else None,
        "errorType": failure.kind if failure else None,
        "errorOrigin": failure.origin if failure else None,
        "success": kind == "success",
        "durationInSeconds": int(lasted.total_seconds()),
        "durationFormatted": spoken(lasted),
        "bytesEmittedFormatted": sized(facts.emitted[0]),
        "bytesCommittedFormatted": sized(facts.committed[0]),
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
