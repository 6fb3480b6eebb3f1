"""`AirbyteSyncOperator`: one task, one sync, the same result whether the worker waits or the triggerer does.

The operator decides nothing about jobs: `airbyte/sync.py` begins, looks and concludes, here is only how a task waits
(on the worker, or deferred), what it pushes, and what it does when it is killed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseOperator, conf

from taskflow_profilemesh.airbyte.spec import CHECKS, SyncSpec, check_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.airbyte.spec import JobType, OnConflict
    from taskflow_profilemesh.airbyte.sync import RunningSync


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
        check_options(**self._waiting())

    def take(self, wanted: SyncSpec | Mapping[str, Any] | str) -> None:
        """Set the options to what is wanted; what a name or a mapping leaves open stays as it is."""
        spec = SyncSpec.from_value(wanted, workspace=self.workspace, **self._waiting())
        for name, value in spec.as_dict().items():
            setattr(self, name, value)

    def _waiting(self) -> dict[str, Any]:
        """Return the options whose values are known while the DAG file is parsed."""
        return {name: getattr(self, name) for name in CHECKS}
