"""From a job that did not succeed to the error that says why. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.airbyte.auth import masked
from taskflow_profilemesh.airbyte.models import Failure
from taskflow_profilemesh.errors import (
    SyncCancelled,
    SyncFailed,
    SyncMisconfigured,
    SyncStalled,
    SyncTimeout,
)

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.models import JobDetails
    from taskflow_profilemesh.airbyte.polling import Failed
    from taskflow_profilemesh.errors import (
        AirbyteError,
    )

_CONFIGURATION = "config_error"
_CANCELLED_BY_HAND = "manual_cancellation"
_LONGEST_REASON = 500


def job_error(  # noqa: PLR0913 -- the facts of one message
    step: Failed,
    *,
    connection: str,
    details: JobDetails | None,
    timeout_seconds: float,
    was_cancelled: bool = False,
    url: str | None = None,
    secrets: tuple[str, ...] = (),
) -> AirbyteError:
    """Return the error for a job that failed, was cancelled or ran out of time.

    `was_cancelled`: we cancelled it because its time was up. `secrets` are masked in Airbyte's message.
    """
    job, failure = step.job, details.failure if details else None
    where: dict[str, Any] = {"job_id": job.job_id, "connection": connection, "url": url}
    # Before the details: the job that we cancelled ourselves is, to Airbyte, one that was cancelled by hand.
    if step.cause in ("timed_out", "stalled"):
        kind = SyncTimeout if step.cause == "timed_out" else SyncStalled
        return kind(**where, timeout_seconds=timeout_seconds, status=job.status, cancelled=was_cancelled)
    if step.cause == "cancelled" or (failure is not None and failure.failure_type == _CANCELLED_BY_HAND):
        return SyncCancelled(**where)
    told = failure or Failure()
    return (SyncMisconfigured if told.failure_type == _CONFIGURATION else SyncFailed)(
        **where,
        status=job.status,
        reason=masked(told.message, secrets)[:_LONGEST_REASON] if told.message else None,
        origin=told.origin,
        failure_type=told.failure_type,
        stream=told.stream,
    )
