"""Waiting for a sync that somebody else runs, for callers that may block: check → look → conclude.

What the result or the error says is `sync.py`'s: a sync means the same whoever started it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from taskflow_profilemesh.airbyte import sync
from taskflow_profilemesh.airbyte.awaited import decide, newest_jobs
from taskflow_profilemesh.airbyte.polling import Done, Wait
from taskflow_profilemesh.airbyte.running import RunningSync
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.errors import ConnectionInactive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.airbyte.awaited import AwaitedSync, Verdict
    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.models import Connection, Job
    from taskflow_profilemesh.airbyte.polling import Failed
    from taskflow_profilemesh.airbyte.result import SyncResult

_LOG = logging.getLogger(__name__)


def check(client: AirbyteClient, connection: Connection, awaited: AwaitedSync) -> None:
    """Raise `ConnectionInactive` where nothing has succeeded yet and Airbyte would start nothing either."""
    if not connection.is_active and not isinstance(look(client, awaited), Done):
        raise ConnectionInactive(connection=connection.name, status=connection.status)


def look(client: AirbyteClient, awaited: AwaitedSync) -> Verdict:
    """Look once and decide; the log says what is waited for."""
    jobs = [job for wanted in newest_jobs(awaited.connection_id) for job in client.jobs(wanted, most=1)]
    verdict = decide(awaited, jobs, now=client.sender.clock.now().timestamp())
    if isinstance(verdict, Wait):
        since = awaited.since_at.isoformat(timespec="seconds")
        _LOG.info("%s: no sync has succeeded since %s; %s.", awaited.connection_name, since, _newest(jobs))
    return verdict


def conclude(client: AirbyteClient, awaited: AwaitedSync, step: Done | Failed) -> SyncResult:
    """Return the result of the sync that succeeded; raise why, for one that did not."""
    found = RunningSync(
        spec=SyncSpec(connection=awaited.connection_id),
        connection_id=awaited.connection_id,
        connection_name=awaited.connection_name,
        workspace_id=awaited.workspace_id,
        job_id=step.job.job_id,
        role="joined",  # never ours to cancel
        since=awaited.since,
        deadline=awaited.deadline,
    )
    return sync.conclude(client, found, step)


def _newest(jobs: Sequence[Job]) -> str:
    newest = max(jobs, key=lambda job: job.job_id, default=None)
    return f"the newest is job {newest.job_id} ({newest.status})" if newest else "it never had one"
