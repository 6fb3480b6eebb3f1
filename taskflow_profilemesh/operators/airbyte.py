"""`AirbyteSyncOperator`: one task, one sync, the same result whether the worker waits or the triggerer does.

The operator decides nothing about jobs: `airbyte/sync.py` begins, looks and concludes, here is only how a task waits
(on the worker, or deferred), what it pushes, and what it does when it is killed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import BaseOperator, conf

from taskflow_profilemesh.airbyte.spec import CHECKS, SyncSpec, check_options
from taskflow_profilemesh.operators.failures import airflow_failures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.providers.common.compat.sdk import Context
    from airflow.providers.openlineage.extractors import OperatorLineage

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.polling import Done, Failed
    from taskflow_profilemesh.airbyte.running import RunningSync
    from taskflow_profilemesh.airbyte.spec import JobType, OnConflict
    from taskflow_profilemesh.events.openlineage import SyncedDataset

_KILL_SECONDS = 20.0


class AirbyteSyncOperator(BaseOperator):
    """Sync (or clear) one Airbyte connection and return a SyncResult as plain JSON values.

    `connection`: its name or id (templated). `conn_id`: the Airflow connection of type `airbyte` (templated).
    `deferrable`: wait in the triggerer and free the worker; default: Airflow's `operators.default_deferrable`.
    All other options are those of `SyncSpec`. The job's id and its page in Airbyte are pushed as the XComs `job_id` and
    `job_url` before the waiting begins. A wrong option is an `InvalidOption` while the DAG file is parsed.
    """

    template_fields: Sequence[str] = ("conn_id", "connection", "workspace")
    ui_color = "#e8e4fd"

    def __init__(  # noqa: PLR0913 -- each option is one keyword of the task, as everywhere in Airflow
        self,
        *,
        connection: str,
        conn_id: str = "airbyte_default",
        workspace: str | None = None,
        job_type: JobType = "sync",
        timeout_seconds: float = 3600,
        poll_interval_seconds: float = 30,
        on_conflict: OnConflict = "attach",
        min_rows: int | None = None,
        stall_timeout_seconds: float | None = None,
        cancel_on_kill: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,  # noqa: ANN401 -- whatever BaseOperator takes
    ) -> None:
        """Check what can be known now; the connection itself is looked up when the task runs."""
        super().__init__(**kwargs)
        self.connection = connection
        self.conn_id = conn_id
        self.workspace = workspace
        self.job_type = job_type
        self.timeout_seconds = timeout_seconds
        self.poll_interval_seconds = poll_interval_seconds
        self.on_conflict = on_conflict
        self.min_rows = min_rows
        self.stall_timeout_seconds = stall_timeout_seconds
        self.cancel_on_kill = cancel_on_kill
        self.deferrable = deferrable
        self._running: RunningSync | None = None
        self._lineage: tuple[SyncedDataset, ...] = ()  # kept for whoever asks after the task
        check_options(**self._waiting())

    def execute(self, context: Context) -> dict[str, Any] | None:
        """Start the sync and wait for it, here or in the triggerer; return the SyncResult."""
        with self._client() as client:
            return self._follow(context, client, self._begin(context, client))

    def execute_complete(self, context: Context, event: Any) -> dict[str, Any] | None:  # noqa: ANN401 -- it has travelled through a database
        """Go on after the triggerer woke the task; the job is looked at again before anything is believed.

        Where the triggerer could not look (`unknown`), the rest of the waiting is done here: deferring again would only
        send the task to and fro.
        """
        from taskflow_profilemesh.airbyte.running import RunningSync

        with self._client() as client:
            told = event if isinstance(event, dict) else {}
            running = self._running = RunningSync.from_dict(told.get("sync"))
            if told.get("why") == "unknown":
                self.log.warning("The triggerer cannot look at job %d; this worker waits for it.", running.job_id)
                self.deferrable = False
            return self._follow(context, client, running, stalled=told.get("why") == "stalled")

    def on_kill(self) -> None:
        """Cancel the job that this task started, unless it was told not to."""
        from taskflow_profilemesh.errors import ProfileMeshError

        running = self._running
        if running is None or not running.may_cancel:
            return
        try:
            with self._connect() as client:
                job = client.cancel(running.job_id, patience_seconds=_KILL_SECONDS)
        except ProfileMeshError:  # a signal handler calls this: raising would end in whatever the task was doing
            self.log.exception("Job %d of %s could not be cancelled.", running.job_id, running.connection_name)
        else:
            self.log.info("Job %d of %s is %s.", running.job_id, running.connection_name, job.status)

    def get_openlineage_facets_on_complete(self, task_instance: object) -> OperatorLineage[Any, Any] | None:  # noqa: ARG002 -- the listener's signature
        """Return the tables that the sync wrote, by the name of the Airbyte connection: only Airbyte knows where."""
        from taskflow_profilemesh.lineage.facets import operator_lineage

        return operator_lineage(outputs=self._lineage)

    def take(self, wanted: SyncSpec | Mapping[str, Any] | str) -> None:
        """Set the options to what is wanted; what a name or a mapping leaves open stays as it is."""
        for name, value in self._spec(wanted).as_dict().items():
            setattr(self, name, value)

    def _spec(self, wanted: SyncSpec | Mapping[str, Any] | str) -> SyncSpec:
        return SyncSpec.from_value(wanted, workspace=self.workspace, **self._waiting())

    def _waiting(self) -> dict[str, Any]:
        """Return the options whose values are known while the DAG file is parsed."""
        return {name: getattr(self, name) for name in CHECKS}

    @contextmanager
    def _client(self) -> Iterator[AirbyteClient]:
        """Yield a client; what goes wrong inside becomes Airflow's exceptions."""
        from taskflow_profilemesh.errors import SyncConflict

        skip_on = (SyncConflict,) if self.on_conflict == "skip" else ()
        with airflow_failures(skip_on=skip_on), self._connect() as client:
            yield client

    def _connect(self) -> AirbyteClient:
        from taskflow_profilemesh.hooks.airbyte import AirbyteHook

        return AirbyteHook(self.conn_id).get_conn()

    def _begin(self, context: Context, client: AirbyteClient, instead_of: RunningSync | None = None) -> RunningSync:
        """Start the job, remember it for `on_kill`, and push it before the waiting begins."""
        from taskflow_profilemesh.airbyte import sync

        limit = self.execution_timeout.total_seconds() if self.execution_timeout else None
        spec = instead_of.spec if instead_of else self._spec(self.connection)
        running = self._running = sync.begin(client, spec, most_seconds=limit, instead_of=instead_of)
        task_instance = context.get("ti")
        if task_instance is not None:
            task_instance.xcom_push(key="job_id", value=running.job_id)
            task_instance.xcom_push(key="job_url", value=sync.page_of(client, running))
        return running

    def _follow(
        self, context: Context, client: AirbyteClient, running: RunningSync, *, stalled: bool = False
    ) -> dict[str, Any]:
        """Wait for the job, and for ours where it was another's, and return the result."""
        from taskflow_profilemesh.airbyte import sync

        while True:
            step = self._wait(client, running, stalled=stalled)
            if not sync.is_in_the_way(running, step):
                return self._told(sync.conclude(client, running, step).as_dict())
            running, stalled = self._begin(context, client, instead_of=running), False

    def _told(self, result: dict[str, Any]) -> dict[str, Any]:
        """Count the sync and keep what lineage will ask for; return the result as it is."""
        from taskflow_profilemesh.lineage.facets import synced
        from taskflow_profilemesh.operators.metrics import count_sync

        self._lineage = synced(result)
        count_sync(result)
        return result

    def _wait(self, client: AirbyteClient, running: RunningSync, *, stalled: bool) -> Done | Failed:
        """Return how the job ended; a deferrable task looks once and leaves the waiting to the triggerer."""
        from taskflow_profilemesh.airbyte import sync
        from taskflow_profilemesh.airbyte.polling import Failed, Wait
        from taskflow_profilemesh.airbyte.stall import Progress

        if not self.deferrable:
            return sync.wait(client, running)
        step, _ = sync.look(client, running, Progress())
        if isinstance(step, Wait) and stalled:
            return Failed(client.get(running.job_id), "stalled")
        if isinstance(step, Wait):
            self._defer(running)
        return step

    def _defer(self, running: RunningSync) -> NoReturn:
        from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger

        trigger = AirbyteSyncTrigger(conn_id=self.conn_id, sync=running.as_dict())
        self.defer(trigger=trigger, method_name="execute_complete")
