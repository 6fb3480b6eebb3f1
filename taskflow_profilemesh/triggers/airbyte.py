"""`AirbyteSyncTrigger`: waits for one job in the triggerer and wakes the task when there is something to decide.

The event says only why it woke and hands back, unchanged, what it was given: the task looks at the job itself before it
believes anything. A triggerer that restarts makes a new trigger of the same values: nothing is lost, the deadline is a
moment and not a duration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient
    from taskflow_profilemesh.airbyte.polling import Done, Failed
    from taskflow_profilemesh.airbyte.running import RunningSync

EVENT_VERSION = 1


class AirbyteSyncTrigger(BaseTrigger):
    """Waits for a job. `sync`: a `RunningSync` as plain JSON values; `conn_id`: the Airflow connection to look with."""

    def __init__(self, conn_id: str, sync: Mapping[str, Any]) -> None:
        """Keep the values; they are read when the trigger runs."""
        super().__init__()  # type: ignore[no-untyped-call] # Airflow's triggers are untyped
        self.conn_id = conn_id
        self.sync = dict(sync)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what makes an equal trigger, in JSON values."""
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        return name, {"conn_id": self.conn_id, "sync": self.sync}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is something to decide, then yield the one event."""
        from taskflow_profilemesh.airbyte.running import RunningSync
        from taskflow_profilemesh.errors import ProfileMeshError

        try:
            running = RunningSync.from_dict(self.sync)
            why = await self._wait(await self._client(), running)
        except Exception as error:  # noqa: BLE001 -- whatever it is, a task that is not woken would leave its job alone
            told = error if isinstance(error, ProfileMeshError) else type(error).__name__
            self.log.warning("The triggerer cannot look at the job, the task will: %s", told)
            why = "unknown"
        payload = {"version": EVENT_VERSION, "why": why, "conn_id": self.conn_id, "sync": self.sync}
        yield TriggerEvent(payload)  # type: ignore[no-untyped-call] # as above

    async def on_kill(self) -> None:
        """Cancel the job when a user fails, clears or marks the deferred task, if the job is the task's own."""
        from taskflow_profilemesh.airbyte.running import RunningSync

        running = RunningSync.from_dict(self.sync)
        if running.may_cancel:
            job = await (await self._client()).cancel(running.job_id)
            self.log.info("Job %d of %s is %s.", running.job_id, running.connection_name, job.status)

    async def _wait(self, client: AsyncAirbyteClient, running: RunningSync) -> str:
        from taskflow_profilemesh.airbyte.polling import Wait, pause_seconds
        from taskflow_profilemesh.airbyte.running import decide, needs_details
        from taskflow_profilemesh.airbyte.stall import Progress

        progress = Progress()
        waited = client.clock.now().timestamp() - running.since
        # All triggers of a restarted triggerer begin in one moment: each looks at a moment of its own first.
        await client.sleep(client.draw() * pause_seconds(waited, running.spec.poll_interval_seconds))
        while True:
            job = await client.get(running.job_id)
            details = await client.sync_metadata(job.job_id) if needs_details(running, job) else None
            now = client.clock.now().timestamp()
            step, progress = decide(running, job, details, progress, now=now)
            if not isinstance(step, Wait):
                return _why(step)
            await client.sleep(step.seconds)

    async def _client(self) -> AsyncAirbyteClient:
        return await client_of(self.conn_id)


async def client_of(conn_id: str) -> AsyncAirbyteClient:
    """Return the event loop's one client for this Airflow connection."""
    from taskflow_profilemesh.airbyte.async_client import shared_client
    from taskflow_profilemesh.hooks.airbyte import AirbyteHook

    return shared_client(await AirbyteHook(conn_id).async_settings())


def _why(step: Done | Failed) -> str:
    from taskflow_profilemesh.airbyte.polling import Failed

    return step.cause if isinstance(step, Failed) else "succeeded"
