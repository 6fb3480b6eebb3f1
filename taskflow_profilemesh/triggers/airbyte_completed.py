"""`AirbyteSyncCompletedTrigger`: watches a connection, and gives each sync that succeeds to the assets that it feeds.

How far it is stands in Airflow's store of assets' states (3.3 and later), so that a triggerer that was down tells what
it missed. Airflow takes an event and writes it down a moment later, without telling the trigger; therefore a job is
written as `pending` first, then given, and as told only `SETTLED_SECONDS` after that. A triggerer that dies in between
gives the job a second time, with `repeated` in its payload. Nothing else is given twice, and nothing is left out.

Before 3.3 there is no such store: a restart begins with what succeeds after it, and the log says so. Airflow 2 has no
watchers that could run this trigger; there it can be imported, so that what imports it can be parsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from airflow.triggers import base

from taskflow_profilemesh.triggers.airbyte import EVENT_VERSION, client_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow.triggers.base import BaseEventTrigger, TriggerEvent

    from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient
    from taskflow_profilemesh.airbyte.completed import Told
    from taskflow_profilemesh.airbyte.models import Connection, Job

SETTLED_SECONDS: Final = 5.0  # the triggerer hands events over every second

if not TYPE_CHECKING:
    BaseEventTrigger = getattr(base, "BaseEventTrigger", base.BaseTrigger)  # 2.11 has only the latter


class AirbyteSyncCompletedTrigger(BaseEventTrigger):
    """Gives an event for each sync of `connection` that succeeds, whoever started it, the oldest first.

    `connection`: name or id of the Airbyte connection. `airbyte_conn_id`: the Airflow connection of type `airbyte`.
    `poll_interval_seconds`: between two looks. `name`: tells apart two watchers that are otherwise equal, for Airflow
    runs equal ones as one, and one can watch for one asset only.

    What succeeded before the first look is history and is not told. A failed or cancelled sync is none. Its event's
    payload: `{"version", "repeated", "job_id", "connection_id", "connection_name", "workspace_id", "started_at",
    "finished_at", "rows_synced", "bytes_synced"}`. What goes wrong is logged and tried again at the next look.
    """

    def __init__(
        self,
        connection: str,
        airbyte_conn_id: str = "airbyte_default",
        poll_interval_seconds: float = 30,
        name: str = "",
    ) -> None:
        """Check the values, which are the identity of the watcher; they are used when it runs."""
        super().__init__()  # type: ignore[no-untyped-call] # Airflow's triggers are untyped
        _check(connection, poll_interval_seconds)
        self.connection = connection
        self.airbyte_conn_id = airbyte_conn_id
        self.poll_interval_seconds = float(poll_interval_seconds)
        self.name = name
        self._told: Told | None = None
        self._found: Connection | None = None
        self._trouble: str | None = None

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what makes an equal trigger, in JSON values."""
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        return name, {
            "connection": self.connection,
            "airbyte_conn_id": self.airbyte_conn_id,
            "poll_interval_seconds": self.poll_interval_seconds,
            "name": self.name,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look for ever, and yield an event for each sync that has succeeded since the last one that was told."""
        client = await self._settled_client()
        # All triggers of a restarted triggerer begin in one moment: each looks at a moment of its own first.
        await client.sleep(client.draw() * self.poll_interval_seconds)
        while True:
            for job in await self._new(client):
                event = await self._event(job)
                if event is None:
                    break
                yield event
                await client.sleep(SETTLED_SECONDS)
                await self._settle(job)
            await client.sleep(self.poll_interval_seconds)

    async def _settled_client(self) -> AsyncAirbyteClient:
        """Return the client, as soon as the Airflow connection can be read: a watcher that ends watches no more."""
        import asyncio

        while True:
            try:
                return await self._client()
            except Exception as error:  # noqa: BLE001 -- as said
                self._complain(error)
                await asyncio.sleep(self.poll_interval_seconds)

    async def _new(self, client: AsyncAirbyteClient) -> list[Job]:
        """Look once; none where that is not possible now."""
        from taskflow_profilemesh.airbyte.completed import newest, succeeded, untold
        from taskflow_profilemesh.airbyte.watching import find_connection, jobs_after

        try:
            self._found = self._found or await find_connection(client, self.connection)
            wanted = succeeded(self._found.connection_id)
            self._told = self._told or await self._load()
            if self._told is None:
                await self._keep(newest(await client.jobs(wanted, most=1)))
            jobs = await jobs_after(client, wanted, self._told.job_id) if self._told else []
        except Exception as error:  # noqa: BLE001 -- whatever it is, a watcher that ends watches no more
            self._complain(error)
            return []
        self._trouble = None
        return untold(jobs, self._told) if self._told else []

    async def _event(self, job: Job) -> TriggerEvent | None:
        """Write down that the job is on its way and return its event; None where that cannot be written now."""
        from taskflow_profilemesh.airbyte.completed import notice_of

        assert self._told is not None  # noqa: S101 -- for the type checker: it is looked with it
        assert self._found is not None  # noqa: S101 -- as above
        repeated = self._told.pending == job.job_id
        try:
            await self._keep(self._told.job_id, pending=job.job_id)
        except Exception as error:  # noqa: BLE001 -- as above
            self._complain(error)
            return None
        payload = {"version": EVENT_VERSION, "repeated": repeated, **notice_of(job, self._found).as_dict()}
        return base.TriggerEvent(payload)  # type: ignore[no-untyped-call] # Airflow's triggers are untyped

    async def _settle(self, job: Job) -> None:
        """Write down that the job was told. Where that fails it is known here, and pending for who comes after."""
        from taskflow_profilemesh.airbyte.completed import Told

        try:
            await self._keep(job.job_id)
        except Exception as error:  # noqa: BLE001 -- as above
            self._complain(error)
            self._told = Told(job.job_id)

    async def _load(self) -> Told | None:
        from taskflow_profilemesh.airbyte.completed import Told
        from taskflow_profilemesh.errors import InvalidOption

        store = self._store()
        if store is None:
            self.log.warning("This Airflow keeps no state of assets: syncs that end while no triggerer runs go unseen.")
            return None
        try:
            kept = await store.aget(self._key)
        except ValueError as error:  # two assets: whose state would it be?
            expected = "a name of its own for each asset that it watches for"
            raise InvalidOption(option="name", got=repr(self.name), expected=expected) from error
        return None if kept is None else Told.from_dict(kept)

    async def _keep(self, job_id: int, *, pending: int | None = None) -> None:
        from taskflow_profilemesh.airbyte.completed import Told

        told, store = Told(job_id, pending), self._store()
        if store is not None:
            await store.aset(self._key, told.as_dict())
        self._told = told

    def _store(self) -> Any:  # noqa: ANN401 -- Airflow 3.3's `AssetStateStoreAccessors`
        return getattr(self, "asset_state_store", None)

    @property
    def _key(self) -> str:
        return f"profilemesh/{self.airbyte_conn_id}/{self.connection}/{self.name}"[:500]

    def _complain(self, error: Exception) -> None:
        """Say what is wrong, once for each trouble; errors that are not ours may quote anything and are only named."""
        from taskflow_profilemesh.errors import ProfileMeshError

        told = str(error) if isinstance(error, ProfileMeshError) else type(error).__name__
        if told != self._trouble:
            self.log.warning("%s cannot be watched now, and is looked at again. %s", self.connection, told)
            self._trouble = told

    async def _client(self) -> AsyncAirbyteClient:
        return await client_of(self.airbyte_conn_id)


def _check(connection: object, poll_interval_seconds: object) -> None:
    from taskflow_profilemesh.errors import InvalidOption

    if not isinstance(connection, str) or not connection.strip():
        expected = "a connection's name or id"
        raise InvalidOption(option="connection", got=repr(connection), expected=expected)
    seconds = poll_interval_seconds
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 1 <= seconds < float("inf"):
        raise InvalidOption(option="poll_interval_seconds", got=repr(seconds), expected="a number of at least 1")
