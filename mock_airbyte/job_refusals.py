"""Why a job is not started or not moved, in the words of whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.lifecycle import TRANSITIONS

if TYPE_CHECKING:
    from mock_airbyte.job_state import JobState
    from mock_airbyte.records import Connection


class AlreadyRunning(Exception):
    """The connection has a job that is not over yet."""

    def __init__(self, connection_id: str) -> None:
        """Name the connection, in the words that Airbyte uses."""
        super().__init__(f"A sync is already running for: {connection_id}")


class InactiveConnection(Exception):
    """The connection is switched off."""

    def __init__(self, connection: Connection) -> None:
        """Name the connection."""
        super().__init__(f"The connection {connection.connection_id} is {connection.status}; a job needs it active.")


class BadTransition(ValueError):
    """A job cannot be moved to that status from where it is."""

    def __init__(self, state: JobState, status: str) -> None:
        """Name the job and both statuses."""
        allowed = ", ".join(sorted(TRANSITIONS[state.status])) or "none"
        reason = "its rows are moving" if state.awaits_rows else f"allowed from there: {allowed}"
        super().__init__(f"Job {state.job.job_id} cannot go from {state.status!r} to {status!r}: {reason}.")
