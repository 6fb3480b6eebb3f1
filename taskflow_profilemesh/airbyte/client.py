"""`AirbyteClient`: what one can ask an Airbyte server, for callers that may block (`async_client.py`: for others)."""

from __future__ import annotations

import logging
from dataclasses import replace
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self, TypeVar

from taskflow_profilemesh.airbyte import calls, finding
from taskflow_profilemesh.airbyte.calls import PAGE_ROWS
from taskflow_profilemesh.airbyte.outcome import job_error
from taskflow_profilemesh.airbyte.polling import Done, Wait, next_step
from taskflow_profilemesh.airbyte.retrying import Patience
from taskflow_profilemesh.airbyte.sending import Sender, pooled_session
from taskflow_profilemesh.airbyte.starting import NO_NOTES, newest_job, start_job
from taskflow_profilemesh.airbyte.wire import Timeouts
from taskflow_profilemesh.errors import (
    AirbyteError,
    AirbyteForbidden,
    AirbyteLoginRefused,
    AirbyteRefused,
    ConnectionNotFound,
)

if TYPE_CHECKING:
    from types import TracebackType

    from taskflow_profilemesh.airbyte.calls import Call, JobsWanted
    from taskflow_profilemesh.airbyte.models import Connection, Destination, Job, JobDetails, Stream, Workspace
    from taskflow_profilemesh.airbyte.settings import AirbyteSettings
    from taskflow_profilemesh.airbyte.spec import JobType, OnConflict
    from taskflow_profilemesh.airbyte.starting import Notes, Started

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_NICE_TO_HAVE = Patience(first_contact_seconds=3.0, established_seconds=5.0)
_CANCEL_LOOK_SECONDS = 1.0
_NO_SUCH_THING = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)


class AirbyteClient:
    """Asks one server as one user. Reads are retried, starts never doubled, every failure is an `AirbyteError`."""

    def __init__(self, sender: Sender, *, failed_log_lines: int = 0) -> None:
        """Use this sender; `from_settings` makes one. `failed_log_lines`: see `AirbyteSettings`."""
        self.sender = sender
        self.failed_log_lines = failed_log_lines
        self._known: dict[str | None, tuple[Connection, ...]] = {}
        self._config_api_denied = False

    @classmethod
    def from_settings(cls, settings: AirbyteSettings, **collaborators: Any) -> Self:  # noqa: ANN401 -- those of `Sender`
        """Make a client; `collaborators` (clock, session, …) replace those that `Sender` would make itself."""
        if "session" not in collaborators:
            collaborators["session"] = pooled_session(proxies=dict(settings.proxies), verify=settings.verify)
        if settings.read_seconds is not None:
            collaborators.setdefault("timeouts", Timeouts(read_seconds=settings.read_seconds))
        sender = Sender(settings.address, settings.auth, **collaborators)
        return cls(sender, failed_log_lines=settings.failed_log_lines)

    def __enter__(self) -> Self:
        """Return the client; leaving the block closes its connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client's connections."""
        self.sender.close()

    # What is there ----------------------------------------------------------------------------------------------

    def health(self) -> bool:
        """Return whether the server says that it is well; needs no credentials."""
        return self.sender.send(calls.health())

    def workspaces(self) -> tuple[Workspace, ...]:
        """List the workspaces that the credentials may see."""
        return self._all(calls.workspaces())

    def connections(self, pattern: str | None = None, *, workspace: str | None = None) -> tuple[Connection, ...]:
        """List connections whose name matches `pattern` (`*`, `?`, `[…]`; case counts; None: all).

        `workspace`: only those of the workspace of this name or id.
        """
        found = self._all(calls.connections(self._workspace_id(workspace)))
        return tuple(one for one in found if pattern is None or fnmatchcase(one.name, pattern))

    def connection(self, name_or_id: str, *, workspace: str | None = None) -> Connection:
        """Return the connection as it is now; names are looked up in all workspaces, or in one.

        Raises `ConnectionNotFound` and `ConnectionAmbiguous`, which list what there is.
        """
        if finding.is_id(name_or_id):
            return self._connection_by_id(name_or_id)
        if len(finding.named(name_or_id, self._known.get(workspace, ()))) != 1:
            self._known[workspace] = self.connections(workspace=workspace)
        found = finding.only_one(name_or_id, self._known[workspace], workspace=workspace)
        return self._connection_by_id(found.connection_id)

    def streams(self, connection: Connection) -> tuple[Stream, ...]:
        """Return what the connection syncs, with the source's namespaces where the credentials may see them."""
        modes = {stream.name: stream.sync_mode for stream in connection.streams}
        found = self._quietly(calls.catalog(connection.connection_id)) or ()
        return (
            tuple(replace(one, sync_mode=modes.get(one.name) or one.sync_mode) for one in found) or connection.streams
        )

    def destination(self, connection: Connection) -> Destination | None:
        """Return where the connection writes to, or None where the credentials may not see it."""
        destination_id = connection.destination_id
        return None if destination_id is None else self._quietly(calls.destination(destination_id))

    # Jobs -------------------------------------------------------------------------------------------------------

    def start(
        self,
        connection_id: str,
        *,
        job_type: JobType = "sync",
        on_conflict: OnConflict = "attach",
        notes: Notes = NO_NOTES,
    ) -> Started:
        """Start a job exactly once; see `starting.py` for lost answers, jobs that already run, and `notes`."""
        return start_job(self, connection_id, job_type=job_type, on_conflict=on_conflict, notes=notes)

    def get(self, job_id: int) -> Job:
        """Return the job as it is now."""
        return self.sender.send(calls.job(job_id))

    def get_sync_status(self, connection_id: str) -> Job | None:
        """Return the connection's newest job, or None if it never had one."""
        return newest_job(self, connection_id)

    def jobs(self, wanted: JobsWanted, *, most: int = PAGE_ROWS) -> tuple[Job, ...]:
        """List up to `most` jobs, the newest first."""
        return self._all(calls.jobs(wanted), most=most)

    def cancel(self, job_id: int, *, patience_seconds: float = 60.0) -> Job:
        """Cancel the job unless it has ended, wait until it has, and return it as it was seen last.

        A job that does not end within `patience_seconds` is returned in whatever status it has.
        """
        ends, asked = self.sender.clock.monotonic() + patience_seconds, False
        while not (job := self.get(job_id)).is_terminal and self.sender.clock.monotonic() < ends:
            # Only now is it sure that the connection's running job is this one: Airbyte cancels what runs.
            asked = asked or self._ask_to_cancel(job_id)
            self.sender.clock.sleep(_CANCEL_LOOK_SECONDS)
        return job

    def wait_for_sync(self, connection_id: str, job_id: int, timeout: float = 3600, *, poll_seconds: float = 30) -> Job:
        """Wait until the job has succeeded and return it; `timeout` in seconds.

        Raises `SyncFailed`, `SyncCancelled` or `SyncTimeout`; the job is left running when the time is up.
        """
        began = self.sender.clock.monotonic()
        while True:
            waited = self.sender.clock.monotonic() - began
            step = next_step(
                self.get(job_id), waited_seconds=waited, timeout_seconds=timeout, poll_seconds=poll_seconds
            )
            if isinstance(step, Done):
                return step.job
            if not isinstance(step, Wait):
                details = self.sync_metadata(job_id)
                secrets = self.sender.auth.secrets
                raise job_error(
                    step, connection=connection_id, details=details, timeout_seconds=timeout, secrets=secrets
                )
            self.sender.clock.sleep(step.seconds)

    def sync_metadata(self, job_id: int) -> JobDetails | None:
        """Return attempts, reasons and counts per stream, or None where the Config API may not be read."""
        return self._quietly(calls.job_details(job_id))

    def sync_logs(self, job_id: int) -> tuple[str, ...] | None:
        """Return the job's log lines, or None where the Config API may not be read. They may quote rows."""
        return self._quietly(calls.job_log(job_id))

    # Inside -----------------------------------------------------------------------------------------------------

    def _connection_by_id(self, connection_id: str) -> Connection:
        try:
            return self.sender.send(calls.connection(connection_id))
        except AirbyteRefused as error:
            if error.status_code not in _NO_SUCH_THING:
                raise
            raise ConnectionNotFound(connection=connection_id, known=self._ids_there_are()) from error

    def _ids_there_are(self) -> tuple[str, ...]:
        """Return names and ids for an error; none where they may not be listed, for the error matters more."""
        try:
            return finding.described(self.connections())
        except AirbyteError:
            return ()

    def _workspace_id(self, workspace: str | None) -> str | None:
        return None if workspace is None else finding.workspace_id(workspace, self.workspaces())

    def _all(self, call: Call[tuple[T, ...]], *, most: int | None = None) -> tuple[T, ...]:
        items: list[T] = []
        limit = PAGE_ROWS if most is None else min(most, PAGE_ROWS)
        while most is None or len(items) < most:
            found = self.sender.send(calls.page(call, offset=len(items), limit=limit))
            if not found:
                break
            items += found
        return tuple(items[:most])

    def _ask_to_cancel(self, job_id: int) -> bool:
        """Return whether the request surely arrived; if not, the next look decides whether it is still needed."""
        try:
            self.sender.send(calls.cancel_job(job_id))
        except (AirbyteLoginRefused, AirbyteForbidden):
            raise
        except AirbyteError as error:
            _LOG.warning("Cancelling job %d got no good answer: %s", job_id, error)
            return False
        return True

    def _quietly(self, call: Call[T]) -> T | None:
        """Return what is nice to have; None where it is forbidden, absent or not answered soon."""
        if call.api == "config" and self._config_api_denied:
            return None
        try:
            return self.sender.send(call, patience=_NICE_TO_HAVE)
        except (AirbyteForbidden, AirbyteLoginRefused) as error:
            self._config_api_denied = self._config_api_denied or call.api == "config"
            _LOG.info("Airbyte keeps details to itself: %s", error)
        except AirbyteError as error:
            _LOG.info("Airbyte gives no details: %s", error)
        return None
