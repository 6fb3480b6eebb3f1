"""`AirbyteAwaitedTrigger`: waits in the triggerer until a sync of a connection, by anyone, has succeeded.

As with `AirbyteSyncTrigger`, the event says only why it woke and hands back, unchanged, what it was given; `since` and
the deadline are moments, so a triggerer that restarts loses nothing. A killed task cancels nothing: the sync is not its
own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from taskflow_profilemesh.triggers.airbyte import EVENT_VERSION, client_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient
    from taskflow_profilemesh.airbyte.awaited import AwaitedSync, Verdict


class AirbyteAwaitedTrigger(BaseTrigger):
    """Waits for a sync. `awaited`: an `AwaitedSync` as plain JSON values; `conn_id`: the Airflow connection."""

    def __init__(self, conn_id: str, awaited: Mapping[str, Any]) -> None:
        """Keep the values; they are read when the trigger runs."""
        super().__init__()  # type: ignore[no-untyped-call] # Airflow's triggers are untyped
        self.conn_id = conn_id
        self.awaited = dict(awaited)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what makes an equal trigger, in JSON values."""
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        return name, {"conn_id": self.conn_id, "awaited": self.awaited}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is something to decide, then yield the one event."""
        from taskflow_profilemesh.airbyte.awaited import AwaitedSync
        from taskflow_profilemesh.errors import ProfileMeshError

        try:
            why = await self._wait(await self._client(), AwaitedSync.from_dict(self.awaited))
        except Exception as error:  # noqa: BLE001 -- whatever it is, a task that is not woken would sleep on
            told = error if isinstance(error, ProfileMeshError) else type(error).__name__
            self.log.warning("The triggerer cannot look at the connection's jobs, the task will: %s", told)
            why = "unknown"
        payload = {"version": EVENT_VERSION, "why": why, "conn_id": self.conn_id, "awaited": self.awaited}
        yield TriggerEvent(payload)  # type: ignore[no-untyped-call] # as above

    async def _wait(self, client: AsyncAirbyteClient, awaited: AwaitedSync) -> str:
        from taskflow_profilemesh.airbyte.awaited import decide, newest_jobs
        from taskflow_profilemesh.airbyte.polling import Wait

        # All triggers of a restarted triggerer begin in one moment: each looks at a moment of its own first.
        await client.sleep(client.draw() * awaited.poll_interval_seconds)
        while True:
            jobs = [job for wanted in newest_jobs(awaited.connection_id) for job in await client.jobs(wanted, most=1)]
            verdict = decide(awaited, jobs, now=client.clock.now().timestamp())
            if not isinstance(verdict, Wait):
                return _why(verdict)
            await client.sleep(verdict.seconds)

    async def _client(self) -> AsyncAirbyteClient:
        return await client_of(self.conn_id)


def _why(verdict: Verdict) -> str:
    from taskflow_profilemesh.airbyte.awaited import OutOfTime
    from taskflow_profilemesh.airbyte.polling import Failed

    if isinstance(verdict, OutOfTime):
        return "timed_out"
    return verdict.cause if isinstance(verdict, Failed) else "succeeded"
