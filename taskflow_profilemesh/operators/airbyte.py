"""`AirbyteSyncOperator`: one task, one sync, the same result whether the worker waits or the triggerer does.

The operator decides nothing about jobs: `airbyte/sync.py` begins, looks and concludes, here is only how a task waits
(on the worker, or deferred), what it pushes, and what it does when it is killed. What it remembers from one try to the
next, and in which order, stands in `airbyte/remembered.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import BaseOperator, conf

from taskflow_profilemesh.airbyte.spec import CHECKS, SyncSpec, check_flag, check_options, check_text
from taskflow_profilemesh.operators.failures import airflow_failures
from taskflow_profilemesh.operators.links import AirbyteJobLink
from taskflow_profilemesh.operators.memory import TaskMemory
from taskflow_profilemesh.operators.stock_names import check_needless, under_our_names

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

    `connection`: its name or id (templated). `conn_id`: the Airflow connection of type `airbyte` (templated); default:
    `airbyte_default`. `workspace`: name or id of the workspace to look in (templated).
    `deferrable`: wait in the triggerer and free the worker; default: Airflow's `operators.default_deferrable`.
    `asynchronous`: return the job's id as soon as it is started, and leave the job to a sensor. A number has no keys:
    `multiple_outputs`, which a decorated function's `-> dict` sets too, does nothing then.
    All other options are those of `SyncSpec`: `timeout_seconds` is 3600 and `poll_interval_seconds` 30 where they are
    None. The job's id and its page in Airbyte are pushed as the XComs `job_id` and `job_url` before the waiting begins.

    The names of the Airbyte provider's operator are taken too: `connection_id`, `airbyte_conn_id`, `wait_seconds`,
    `timeout`, and `api_version` and `api_type`, which do nothing. A wrong option, and one under two names, is an
    `InvalidOption` while the DAG file is parsed.
    """

    template_fields: Sequence[str] = ("conn_id", "connection", "workspace")
    ui_color = "#e8e4fd"
    operator_extra_links = (AirbyteJobLink(),)

    def __init__(  # noqa: PLR0913 -- each option is one keyword of the task, as everywhere in Airflow
        self,
        *,
        connection: str | None = None,
        conn_id: str | None = None,
        workspace: str | None = None,
        job_type: JobType = "sync",
        timeout_seconds: float | None = None,
        poll_interval_seconds: float | None = None,
        on_conflict: OnConflict = "attach",
        min_rows: int | None = None,
        stall_timeout_seconds: float | None = None,
        cancel_on_kill: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        asynchronous: bool = False,
        connection_id: str | None = None,
        airbyte_conn_id: str | None = None,
        wait_seconds: float | None = None,
        timeout: float | None = None,
        api_version: str | None = None,
        api_type: str | None = None,
        **kwargs: Any,  # noqa: ANN401 -- whatever BaseOperator takes
    ) -> None:
        """Check what can be known now; the connection itself is looked up when the task runs."""
        super().__init__(**kwargs)
        ours = {
            "connection": connection,
            "conn_id": conn_id,
            "timeout_seconds": timeout_seconds,
            "poll_interval_seconds": poll_interval_seconds,
        }
        stock = {
            "connection_id": connection_id,
            "airbyte_conn_id": airbyte_conn_id,
            "timeout": timeout,
            "wait_seconds": wait_seconds,
        }
        given = {name: value for name, value in under_our_names(ours, stock).items() if value is not None}
        check_needless(api_version=api_version, api_type=api_type)
        self.connection = given.get("connection", "")
        self.conn_id = given.get("conn_id", "airbyte_default")
        self.workspace = workspace
        self.job_type = job_type
        self.timeout_seconds = given.get("timeout_seconds", 3600)
        self.poll_interval_seconds = given.get("poll_interval_seconds", 30)
        self.on_conflict = on_conflict
        self.min_rows = min_rows
        self.stall_timeout_seconds = stall_timeout_seconds
        self.cancel_on_kill = cancel_on_kill
        self.deferrable = deferrable
        self.asynchronous = asynchronous
        if asynchronous:
            self.multiple_outputs = False
        self._running: RunningSync | None = None
        self._killed = False
        self._lineage: tuple[SyncedDataset, ...] = ()  # kept for whoever asks after the task
        check_options(**self._waiting())
        check_flag("asynchronous", asynchronous)
        check_flag("deferrable", deferrable)
        if self.connection == "":  # what is rendered, or comes from another task, is looked at when the task runs
            check_text("connection", self.connection)

    def execute(self, context: Context) -> Any:  # noqa: ANN401 -- Airflow's signature
        """Start the sync, or go on with an earlier try's, and wait for it, here or in the triggerer.

        Return the SyncResult; an asynchronous task returns the job's id at once.
        """
        with self._client() as client, self._in_sight(context):
            return self._follow(context, client, self._begin(context, client))

    def execute_complete(self, context: Context, event: Any) -> Any:  # noqa: ANN401 -- as above; the event has travelled through a database
        """Go on after the triggerer woke the task; the job is looked at again before anything is believed.

        Where the triggerer could not look (`unknown`), the rest of the waiting is done here: deferring again would only
        send the task to and fro.
        """
        from taskflow_profilemesh.airbyte.running import RunningSync

        with self._client() as client, self._in_sight(context):
            told = event if isinstance(event, dict) else {}
            running = self._running = RunningSync.from_dict(told.get("sync"))
            if told.get("why") == "unknown":
                self.log.warning("The triggerer cannot look at job %d; this worker waits for it.", running.job_id)
                self.deferrable = False
            return self._follow(context, client, running, stalled=told.get("why") == "stalled")

    def on_kill(self) -> None:
        """Cancel the job that this task started, in this try or an earlier one, unless it was told not to.

        A job whose start is on its way is cancelled as soon as its id is known, if this process lives so long.
        """
        from taskflow_profilemesh.errors import ProfileMeshError

        self._killed = True
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
        """Start the job or find an earlier try's, remember it for `on_kill`, and push it before the waiting begins."""
        from taskflow_profilemesh.airbyte import sync

        limit = self.execution_timeout.total_seconds() if self.execution_timeout else None
        spec = instead_of.spec if instead_of else self._spec(self.connection)
        memory = TaskMemory.of(context)
        running = self._running = sync.begin(client, spec, most_seconds=limit, instead_of=instead_of, memory=memory)
        if self._killed:
            self.on_kill()
        task_instance = context.get("ti")
        if task_instance is not None:
            task_instance.xcom_push(key="job_id", value=running.job_id)
            task_instance.xcom_push(key="job_url", value=sync.page_of(client, running))
        return running

    def _follow(
        self, context: Context, client: AirbyteClient, running: RunningSync, *, stalled: bool = False
    ) -> dict[str, Any] | int:
        """Wait for the job, and for ours where it was another's, and return the result."""
        from taskflow_profilemesh.airbyte import sync
        from taskflow_profilemesh.airbyte.polling import Failed
        from taskflow_profilemesh.airbyte.resuming import settled

        while not (self.asynchronous and running.role != "blocking"):
            step = self._wait(client, running, stalled=stalled)
            if self._killed and sync.is_in_the_way(running, step):
                step = Failed(step.job, "cancelled")  # nothing is started for a task that is told to end
            if not sync.is_in_the_way(running, step) or self._killed:
                with self._own_kill(), settled(TaskMemory.of(context), running):
                    result = sync.conclude(client, running, step).as_dict()
                return self._told(result, context)
            running, stalled = self._begin(context, client, instead_of=running), False
        return running.job_id

    @contextmanager
    def _in_sight(self, context: Context) -> Iterator[None]:
        """Let a retry go on where the job may still run: an error that says otherwise would leave it alone."""
        from taskflow_profilemesh.airbyte.resuming import out_of_sight
        from taskflow_profilemesh.errors import AirbyteError

        try:
            yield
        except AirbyteError as error:
            instead = None if error.retryable else out_of_sight(error, TaskMemory.of(context), self._running)
            if instead is None:
                raise
            raise instead from error

    @contextmanager
    def _own_kill(self) -> Iterator[None]:
        """Say that it was this task that cancelled the job, where it did: after that a retry may help."""
        from taskflow_profilemesh.errors import SyncCancelled, SyncKilled

        try:
            yield
        except SyncCancelled as error:
            if not self._killed:
                raise
            raise SyncKilled(job_id=error.job_id, connection=error.connection, url=error.url) from error

    def _told(self, result: dict[str, Any], context: Context) -> dict[str, Any]:
        """Count the sync, tell the outlets and keep what lineage will ask for; return the result as it is."""
        from taskflow_profilemesh.events.assets import synced_tables
        from taskflow_profilemesh.hooks.metrics import count_sync
        from taskflow_profilemesh.lineage.facets import synced
        from taskflow_profilemesh.operators.asset_events import tell_outlets

        self._lineage = synced(result)
        count_sync(result)
        tell_outlets(self.outlets, context, synced_tables(result))
        return result

    def _wait(self, client: AirbyteClient, running: RunningSync, *, stalled: bool) -> Done | Failed:
        """Return how the job ended; a deferrable task looks once and leaves the waiting to the triggerer."""
        from taskflow_profilemesh.airbyte import sync
        from taskflow_profilemesh.airbyte.polling import Failed, Wait
        from taskflow_profilemesh.airbyte.stall import Progress

        if not self.deferrable:
            return sync.wait(client, running)
        step, _ = sync.patient_look(client, running, Progress())
        if isinstance(step, Wait) and stalled:
            return Failed(client.get(running.job_id), "stalled")
        if isinstance(step, Wait):
            self._defer(running)
        return step

    def _defer(self, running: RunningSync) -> NoReturn:
        from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger

        trigger = AirbyteSyncTrigger(conn_id=self.conn_id, sync=running.as_dict())
        self.defer(trigger=trigger, method_name="execute_complete")
