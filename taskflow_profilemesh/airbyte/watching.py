"""Looking at a connection from an event loop: which one it is, and which jobs came after one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.airbyte import calls
from taskflow_profilemesh.airbyte.finding import is_id, only_one

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient
    from taskflow_profilemesh.airbyte.calls import JobsWanted
    from taskflow_profilemesh.airbyte.models import Connection, Job


async def find_connection(client: AsyncAirbyteClient, wanted: str) -> Connection:
    """Return the connection of this id or name; raises `ConnectionNotFound`, `ConnectionAmbiguous` and such."""
    if is_id(wanted):
        return await client.send(calls.connection(wanted))
    found: list[Connection] = []
    while page := await client.send(calls.page(calls.connections(), offset=len(found))):
        found.extend(page)
    return only_one(wanted, found)


async def jobs_after(client: AsyncAirbyteClient, wanted: JobsWanted, job_id: int) -> list[Job]:
    """Return the wanted jobs with higher numbers, newest first; usually that takes one short page.

    A job that is added meanwhile moves the others on by one: a page may begin with what is known, and none is missing.
    """
    found = list(await client.jobs(wanted, most=1))
    while found and found[-1].job_id > job_id:
        page = await client.send(calls.page(calls.jobs(wanted), offset=len(found)))
        older = [job for job in page if job.job_id < found[-1].job_id]
        if not older:  # the end, or a server that does not heed the offset
            break
        found.extend(older)
    return [job for job in found if job.job_id > job_id]
