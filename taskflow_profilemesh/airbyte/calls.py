"""Every call to Airbyte as a value: what is sent, and how the answer is read. Pure; the clients send them.

Lists are read page by page until an empty one comes: Airbyte's `next` is set on the last full page too, and names a
host that may not be the one that was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from taskflow_profilemesh.airbyte.answers import Answer, AnswerError, objects, text, whole_or_none
from taskflow_profilemesh.airbyte.auth import Token
from taskflow_profilemesh.airbyte.models import (
    Connection,
    Destination,
    Job,
    JobDetails,
    Workspace,
    catalog_streams,
    log_lines,
)

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.auth import ClientCredentials
    from taskflow_profilemesh.airbyte.models import (
        Stream,
    )

T = TypeVar("T")

PAGE_ROWS = 100
_ITEMS = "data"
_SHORTEST_TOKEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request. `repeatable`: sending it twice does no more than sending it once. `slow`: it may take long."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    read: Callable[[Answer], T]
    api: Literal["public", "config", "token"] = "public"
    params: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    repeatable: bool = True
    slow: bool = False
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class JobsWanted:
    """Which jobs to list: of a connection, of a type, in a status; None: any."""

    connection_id: str | None = None
    job_type: str | None = None
    status: str | None = None


def token(credentials: ClientCredentials) -> Call[Token]:
    """Exchange client id and secret for a token."""
    body = {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "grant_type": "client_credentials",
    }
    return Call("POST", "", _read_token, api="token", body=body, anonymous=True)


def health() -> Call[bool]:
    """Ask whether the server is well; needs no credentials."""
    return Call("GET", "/health", lambda answer: answer.get("available", True) is not False, "config", anonymous=True)


def workspaces() -> Call[tuple[Workspace, ...]]:
    """List the workspaces that the credentials may see."""
    return Call("GET", "/workspaces", _read_page(Workspace.from_api))


def connections(workspace_id: str | None = None) -> Call[tuple[Connection, ...]]:
    """List the connections of a workspace, or of all that the credentials may see."""
    params = (("workspaceIds", workspace_id),) if workspace_id else ()
    return Call("GET", "/connections", _read_page(Connection.from_api), params=(*params, ("includeDeleted", "false")))


def connection(connection_id: str) -> Call[Connection]:
    """Get one connection by its id."""
    return Call("GET", f"/connections/{connection_id}", Connection.from_api)


def destination(destination_id: str) -> Call[Destination]:
    """Get one destination by its id."""
    return Call("GET", f"/destinations/{destination_id}", Destination.from_api)


def catalog(connection_id: str) -> Call[tuple[Stream, ...]]:
    """Get the selected streams of a connection with the namespaces of their source, from the Config API."""
    return Call("POST", "/connections/get", catalog_streams, "config", body={"connectionId": connection_id})


def create_job(connection_id: str, job_type: str) -> Call[Job]:
    """Start a job. Not repeatable: an answer that was lost may belong to a job that runs."""
    body = {"connectionId": connection_id, "jobType": job_type}
    return Call("POST", "/jobs", Job.from_api, body=body, repeatable=False, slow=True)


def job(job_id: int) -> Call[Job]:
    """Get one job."""
    return Call("GET", f"/jobs/{job_id}", Job.from_api)


def cancel_job(job_id: int) -> Call[Job]:
    """Cancel a job. Airbyte cancels whatever its connection runs now, so this is sent for a running job only."""
    return Call("DELETE", f"/jobs/{job_id}", Job.from_api, repeatable=False)


def jobs(wanted: JobsWanted) -> Call[tuple[Job, ...]]:
    """List jobs, the newest first (Airbyte's own order is the oldest first)."""
    filters = (("connectionId", wanted.connection_id), ("jobType", wanted.job_type), ("status", wanted.status))
    params = tuple((name, value) for name, value in filters if value is not None)
    return Call("GET", "/jobs", _read_page(Job.from_api), params=(*params, ("orderBy", "createdAt|DESC")))


def job_details(job_id: int) -> Call[JobDetails]:
    """Get attempts, reasons and counts per stream of a job, from the Config API."""
    return Call("POST", "/jobs/get", JobDetails.from_config_api, "config", body={"id": job_id})


def job_log(job_id: int) -> Call[tuple[str, ...]]:
    """Get the log lines of a job, from the Config API."""
    return Call("POST", "/jobs/get", log_lines, "config", body={"id": job_id})


def page(call: Call[T], *, offset: int, limit: int = PAGE_ROWS) -> Call[T]:
    """Return the call for one page of a list: at most `limit` (1 to 100) items from `offset` on."""
    return replace(call, params=(*call.params, ("limit", str(limit)), ("offset", str(offset))))


def _read_page(read: Callable[[Answer], T]) -> Callable[[Answer], tuple[T, ...]]:
    def read_items(answer: Answer) -> tuple[T, ...]:
        if _ITEMS not in answer:
            raise AnswerError(_ITEMS, "is missing")
        return tuple(read(item) for item in objects(answer, _ITEMS))

    return read_items


def _read_token(answer: Answer) -> Token:
    lifetime = whole_or_none(answer, "expires_in") or _SHORTEST_TOKEN_SECONDS
    return Token(value=text(answer, "access_token"), lifetime_seconds=lifetime)
