"""Errors of an Airbyte server, its connections and its jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from taskflow_profilemesh.errors.root import ProfileMeshError, nearest


@dataclass(eq=False, kw_only=True)
class AirbyteError(ProfileMeshError):
    """Something about an Airbyte server, its connections or its jobs."""

    what: ClassVar[str] = "Airbyte could not do it"


@dataclass(eq=False, kw_only=True)
class AirbyteUnreachable(AirbyteError):
    """Nobody answers at Airbyte's address."""

    base_url: str
    reason: str

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "Airbyte cannot be reached"
    advice: ClassVar[str] = "Check the host of the Airflow connection, and that this worker may connect to it."


@dataclass(eq=False, kw_only=True)
class AirbyteLoginRefused(AirbyteError):
    """Airbyte answers but refuses these credentials."""

    base_url: str
    auth: str
    status_code: int

    what: ClassVar[str] = "Airbyte refused the credentials"
    advice: ClassVar[str] = "Check client id (login) and client secret (password) of the Airflow connection."


@dataclass(eq=False, kw_only=True)
class AirbyteForbidden(AirbyteError):
    """The credentials are good but may not do this."""

    method: str
    url: str

    what: ClassVar[str] = "Airbyte does not allow this"
    advice: ClassVar[str] = "Give the application's user access to the workspace."


@dataclass(eq=False, kw_only=True)
class AirbyteAnswerInvalid(AirbyteError):
    """Something answered, but not in Airbyte's words."""

    method: str
    url: str
    status_code: int
    reason: str

    what: ClassVar[str] = "The answer is not Airbyte's"
    advice: ClassVar[str] = "Check that the host is an Airbyte API address and not a web page or a proxy."


@dataclass(eq=False, kw_only=True)
class AirbyteAnswerGarbled(AirbyteAnswerInvalid):
    """A server that had answered in Airbyte's words answers in others, until patience ran out."""

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "Airbyte's answer cannot be read any more"
    advice: ClassVar[str] = "See what answers in its place: a proxy, or a page that tells of maintenance."


@dataclass(eq=False, kw_only=True)
class AirbyteRefused(AirbyteError):
    """Airbyte understood the request and declined it."""

    method: str
    url: str
    status_code: int
    reason: str

    what: ClassVar[str] = "Airbyte declined the request"
    advice: ClassVar[str] = "See the reason that Airbyte gives."


@dataclass(eq=False, kw_only=True)
class AirbyteUnavailable(AirbyteError):
    """Airbyte kept answering 5xx or 429 until patience ran out."""

    method: str
    url: str
    status_code: int
    tries: int

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "Airbyte is not available"
    advice: ClassVar[str] = "Try again later; see the Airbyte server's health and its rate limits."


@dataclass(eq=False, kw_only=True)
class ConnectionNotFound(AirbyteError):
    """No connection has this name or id."""

    connection: str
    known: Sequence[str] = ()
    workspace: str | None = None

    what: ClassVar[str] = "The Airbyte connection does not exist"
    advice: ClassVar[str] = "Use a connection's name or id as Airbyte shows it."

    def hint(self) -> str:
        """Name the nearest connection, where there is one."""
        close = nearest(self.connection, self.known)
        return f"Did you mean {close[0]!r}?" if close else self.advice


@dataclass(eq=False, kw_only=True)
class ConnectionAmbiguous(AirbyteError):
    """Several connections have this name."""

    connection: str
    candidates: Sequence[str]

    what: ClassVar[str] = "Several Airbyte connections have this name"
    advice: ClassVar[str] = "Use the connection's id, or name its workspace."


@dataclass(eq=False, kw_only=True)
class ConnectionInactive(AirbyteError):
    """The connection exists but is switched off."""

    connection: str
    status: str

    what: ClassVar[str] = "The Airbyte connection is not active"
    advice: ClassVar[str] = "Enable it in Airbyte."


@dataclass(eq=False, kw_only=True)
class SyncConflict(AirbyteError):
    """A job of this connection already runs, and the task was told not to join it."""

    connection: str
    job_id: int | None = None

    what: ClassVar[str] = "A sync of this connection already runs"
    advice: ClassVar[str] = "Wait for it, or use on_conflict='attach' to join it."


@dataclass(eq=False, kw_only=True)
class SyncFailed(AirbyteError):
    """The job ended in failure."""

    job_id: int
    connection: str
    status: str
    reason: str | None = None
    origin: str | None = None
    failure_type: str | None = None
    stream: str | None = None
    url: str | None = None

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "The Airbyte sync failed"
    advice: ClassVar[str] = "See the job in Airbyte."


@dataclass(eq=False, kw_only=True)
class SyncMisconfigured(SyncFailed):
    """The job failed for a reason that only a change of configuration can mend."""

    retryable: ClassVar[bool] = False
    what: ClassVar[str] = "The Airbyte sync failed on its configuration"
    advice: ClassVar[str] = "Correct the source or destination in Airbyte; a retry cannot help."


@dataclass(eq=False, kw_only=True)
class SyncCancelled(AirbyteError):
    """The job was cancelled: in Airbyte, or by a task that was killed."""

    job_id: int
    connection: str
    url: str | None = None

    what: ClassVar[str] = "The Airbyte sync was cancelled"
    advice: ClassVar[str] = "Clear the task to start a new sync."


@dataclass(eq=False, kw_only=True)
class SyncKilled(SyncCancelled):
    """The task was told to end, and its job with it. Where a person did it, Airflow has settled the task already."""

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "The task was told to end before its Airbyte sync had ended"
    advice: ClassVar[str] = "A retry starts a new sync."


@dataclass(eq=False, kw_only=True)
class SyncTimeout(AirbyteError):
    """The job did not reach a terminal state in time."""

    job_id: int
    connection: str
    timeout_seconds: float
    status: str
    cancelled: bool
    url: str | None = None

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "The Airbyte sync did not end in time"
    advice: ClassVar[str] = "Raise timeout_seconds, or see in Airbyte what holds the job up."


@dataclass(eq=False, kw_only=True)
class SyncStalled(SyncTimeout):
    """The job runs but has not moved a row for `timeout_seconds`."""

    what: ClassVar[str] = "The Airbyte sync makes no progress"
    advice: ClassVar[str] = "See the job's log in Airbyte, or raise stall_timeout_seconds."


@dataclass(eq=False, kw_only=True)
class SyncOutOfSight(AirbyteError):
    """A job that this task started may still run, but can no longer be looked at."""

    job_id: int | None  # None: its start was sent, and the answer lost
    connection: str
    reason: str

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "The Airbyte sync can no longer be looked at"
    advice: ClassVar[str] = "A retry goes on with its job; without one, see in Airbyte what became of it."


@dataclass(eq=False, kw_only=True)
class SyncTooFewRows(AirbyteError):
    """The job succeeded but moved fewer rows than `min_rows`, or does not say how many (None)."""

    job_id: int
    connection: str
    rows_synced: int | None
    min_rows: int
    url: str | None = None

    what: ClassVar[str] = "The Airbyte sync succeeded with too few rows"
    advice: ClassVar[str] = "Check the source, or lower min_rows."
