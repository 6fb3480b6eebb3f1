"""The journal: which requests came, what they were told, and whether the jobs that they started were looked after.

It is bounded: the oldest requests go first, what is known of the jobs stays. Bodies and queries are kept without
secrets, and long bodies not at all. An assertion that fails says what came instead.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mock_airbyte.paths import below_base, is_called

REMEMBERED_REQUESTS = 10_000
_ENDS = frozenset({"succeeded", "failed", "cancelled"})
_STARTS = ("/jobs", "/connections/sync", "/connections/reset", "/connections/clear", "/connections/refresh")
_SHOWN_IN_A_MESSAGE = 20


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request that came, and what it was told; compared by method, path and status."""

    method: str
    path: str
    status: int  # what was meant for the caller, whether or not it arrived
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    body: Any = field(default=None, compare=False)  # without secrets; None: none, too long or no JSON object
    at: datetime | None = field(default=None, compare=False)  # by the mock's clock
    seconds: float = field(default=0.0, compare=False)  # until the answer, by the mock's clock
    delivered: bool = field(default=True, compare=False)  # whether the caller got the whole answer
    started_job: int | None = field(default=None, compare=False)
    shown_jobs: Mapping[int, str] = field(default_factory=dict, compare=False)  # job id → status, where delivered


@dataclass(slots=True)
class _StartedJob:
    connection_id: str
    job_type: str
    last_seen: str | None = None  # the last status that a caller was shown; None: none ever


class Journal:
    """Remembers requests; safe to use while a server runs."""

    def __init__(self, *, remembered: int = REMEMBERED_REQUESTS) -> None:
        """Begin empty; `remembered`: how many requests are kept (≥ 1)."""
        self._requests: deque[SeenRequest] = deque(maxlen=remembered)
        self._started: dict[int, _StartedJob] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._lock = threading.Lock()

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """What is remembered, oldest first."""
        with self._lock:
            return tuple(self._requests)

    @property
    def counts(self) -> Mapping[tuple[str, int], int]:
        """How many requests ever came, by method and status."""
        with self._lock:
            return dict(self._counts)

    def add(self, request: SeenRequest, *, connection_id: str = "", job_type: str = "sync") -> None:
        """Note a request; the keywords describe the job that it started, if it did."""
        with self._lock:
            self._requests.append(request)
            key = request.method, request.status
            self._counts[key] = self._counts.get(key, 0) + 1
            if request.started_job is not None:
                self._started[request.started_job] = _StartedJob(connection_id, job_type)
            for job_id, status in request.shown_jobs.items():
                if job_id in self._started:
                    self._started[job_id].last_seen = status

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._requests.clear()
            self._started.clear()
            self._counts.clear()

    def find(self, method: str | None = None, path: str = "*") -> tuple[SeenRequest, ...]:
        """Return the requests of a method (None: any) to a path, whole or below its base, `*` being anything."""
        return tuple(one for one in self.requests if method in (None, one.method) and is_called(path, one.path))

    def assert_called(self, method: str, path: str, *, times: int | None = None) -> None:
        """Raise `AssertionError`, saying what came instead, unless the request came `times` times (None: ever)."""
        came = len(self.find(method, path))
        if came == times or (times is None and came):
            return
        wanted = "at least once" if times is None else _times(times)
        message = f"{method} {path} was expected {wanted} and came {_times(came)}. {_listed(self.requests)}"
        raise AssertionError(message)

    def assert_no_duplicate_jobs(self) -> None:
        """Raise `AssertionError` if requests started more than one sync of a connection: a retry doubled it.

        Call it after one piece of work (`clear` begins the next). Jobs that the mock itself started do not count.
        """
        with self._lock:
            by_connection: dict[str, list[int]] = {}
            for job_id, job in self._started.items():
                if job.job_type == "sync":
                    by_connection.setdefault(job.connection_id, []).append(job_id)
        doubled = {connection: jobs for connection, jobs in by_connection.items() if len(jobs) > 1}
        if doubled:
            found = "; ".join(f"connection {connection}: jobs {jobs}" for connection, jobs in doubled.items())
            message = f"One sync per connection was expected; requests started more. {found}."
            raise AssertionError(message)

    def assert_no_orphan_jobs(self) -> None:
        """Raise `AssertionError` if requests started a job and no request was shown its end: nobody looks after it."""
        with self._lock:
            left = {number: job for number, job in self._started.items() if job.last_seen not in _ENDS}
        if left:
            found = "; ".join(
                f"job {number} of connection {job.connection_id}: "
                + (f"last seen {job.last_seen}" if job.last_seen else "its id never reached the caller")
                for number, job in left.items()
            )
            message = f"Every started job was expected to be followed to its end. {found}."
            raise AssertionError(message)


def started_job(method: str, path: str, status: int, body: object) -> int | None:
    """Return the id of the job that a request started, from its answer, or None."""
    if method != "POST" or status != 200 or below_base(path) not in _STARTS:  # noqa: PLR2004 -- an HTTP status
        return None
    return next(iter(shown_jobs(body)), None)


def shown_jobs(body: object) -> dict[int, str]:
    """Return each job of an answer of the public or the Config API with the status that is shown."""
    if not isinstance(body, Mapping):
        return {}
    entries = [body, *_listing(body, "data"), *_listing(body, "jobs")]
    jobs = [job for entry in entries for job in (entry, entry.get("job")) if isinstance(job, Mapping)]
    known = [(job.get("jobId", job.get("id")), job.get("status")) for job in jobs]
    return {number: status for number, status in known if isinstance(number, int) and isinstance(status, str)}


def _listing(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = body.get(name)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _listed(requests: tuple[SeenRequest, ...]) -> str:
    if not requests:
        return "No request came at all."
    shown = [f"{one.method} {one.path} → {one.status}" for one in requests[-_SHOWN_IN_A_MESSAGE:]]
    left_out = f" (the last {len(shown)} of {len(requests)})" if len(shown) < len(requests) else ""
    return "\n  ".join((f"These came{left_out}:", *shown))
