"""`AirbyteSyncSensor`: waits until a sync of a connection, by anyone, has succeeded since a moment.

It decides nothing about jobs: `airbyte/awaited.py` does, for the triggerer as well. Airflow's own loop pokes; a
deferrable sensor defers from its first poke that finds nothing, and pokes again when it is woken. Nothing is kept
between two pokes but what can be looked up again, so that `mode="reschedule"` is as good.
"""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, get_args

from airflow.providers.common.compat.sdk import BaseSensorOperator, PokeReturnValue, conf

from taskflow_profilemesh.operators.failures import airflow_failures
from taskflow_profilemesh.operators.stock_names import under_our_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.airbyte.awaited import AwaitedSync
    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.spec import Compared


class AirbyteSyncSensor(BaseSensorOperator):
    """Wait until a sync of `connection` has succeeded since `since`; return its SyncResult as plain JSON values.

    The result is the one of `@airbyte_sync`, and `@profile_tables` takes it. The newest success counts, even if a later
    sync failed. Nothing is ever started or cancelled. Clearing, refreshing and resetting are no syncs.

    `connection`, or `connection_id`: name or id of the Airbyte connection (templated). One that does not exist fails
    the task at once, as does one that is switched off while nothing has succeeded.
    `conn_id`, or `airbyte_conn_id`: the Airflow connection of type `airbyte` (templated; `airbyte_default`).
    `workspace`: name or id of the workspace to look in (templated); None: all that the credentials see.
    `since`: a datetime or a text in ISO 8601 (templated); without a time zone it is in UTC. None, an empty text, or a
    template that renders to None: the end of the DAG run's data interval (retries and clearing do not move it), and for
    a run without one (triggered by hand or by an asset) the moment for which the run was created.
    `compare`: which moment of a sync must not lie before `since`, its `finished_at` (default) or its `started_at`. Only
    the second makes sure that the sync saw all that the source had at `since`.
    `fail_on_failed_sync`: True fails the task with Airbyte's reason where the newest sync since then failed or was
    cancelled, and none has succeeded; a reason that can pass is left to the task's retries. False: wait for the next.
    `poke_interval`: seconds (or a timedelta) between looks. `timeout`: seconds (or a timedelta) after which the task
    fails without retries; default: Airflow's `sensors.default_timeout`, seven days.
    `deferrable`: wait in the triggerer; goes before `mode`. Default: Airflow's `operators.default_deferrable`. There
    `exponential_backoff` and `max_wait` do nothing. All else is Airflow's: `mode`, `soft_fail`, `silent_fail`, ….
    """

    template_fields: Sequence[str] = ("conn_id", "connection", "workspace", "since")
    ui_color = "#d9f0f4"

    def __init__(  # noqa: PLR0913 -- each option is one keyword of the task, as everywhere in Airflow
        self,
        *,
        connection: str | None = None,
        connection_id: str | None = None,
        conn_id: str | None = None,
        airbyte_conn_id: str | None = None,
        workspace: str | None = None,
        since: datetime | str | None = None,
        compare: Compared = "finished_at",
        fail_on_failed_sync: bool = False,
        poke_interval: timedelta | float = 30,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,  # noqa: ANN401 -- whatever BaseSensorOperator takes
    ) -> None:
        """Check what can be known now: a wrong option is an `InvalidOption` while the DAG file is parsed."""
        super().__init__(poke_interval=poke_interval, **kwargs)
        given = under_our_names(
            {"connection": connection, "conn_id": conn_id},
            {"connection_id": connection_id, "airbyte_conn_id": airbyte_conn_id},
        )
        self.connection = given["connection"] or ""
        self.conn_id = given["conn_id"] or "airbyte_default"
        self.workspace = workspace
        self.since = since.isoformat() if isinstance(since, datetime) else since
        self.compare = compare
        self.fail_on_failed_sync = fail_on_failed_sync
        self.deferrable = deferrable
        self._awaited: AwaitedSync | None = None
        self._check()

    def poke(self, context: Context) -> PokeReturnValue | bool:
        """Look once: return the result, or False; a deferrable sensor defers instead, while there is time."""
        from taskflow_profilemesh.airbyte import awaiting
        from taskflow_profilemesh.airbyte.polling import Done, Failed, Wait

        with airflow_failures(), self._connect() as client:
            awaited = self._awaited = self._awaited or self._begin(context, client)
            verdict = awaiting.look(client, awaited)
            if isinstance(verdict, Done | Failed):
                return PokeReturnValue(is_done=True, xcom_value=awaiting.conclude(client, awaited, verdict).as_dict())
        if self.deferrable and isinstance(verdict, Wait):
            self._defer(awaited)
        return False

    def execute_complete(self, context: Context, event: Any) -> Any:  # noqa: ANN401 -- it has travelled through a database
        """Go on after the triggerer woke the task: look again, for the event is not believed.

        Where the triggerer could not look (`unknown`), this worker waits for the rest of the time.
        """
        from taskflow_profilemesh.airbyte.awaited import AwaitedSync

        told = event if isinstance(event, dict) else {}
        with airflow_failures(), self._connect() as client:
            self._awaited = AwaitedSync.from_dict(told.get("awaited"))
            self.timeout = self._awaited.deadline - client.sender.clock.now().timestamp()
        if told.get("why") == "unknown":
            self.log.warning("The triggerer cannot look at %s; this worker waits.", self._awaited.connection_name)
            self.deferrable = False
        self.mode = "poke"
        return _POKE_ON(self, context)

    def _check(self) -> None:
        from taskflow_profilemesh.airbyte.spec import Compared, check_choice, check_flag, check_text

        if self.connection == "":  # what is rendered, or comes from another task, is looked at when the task runs
            check_text("connection", self.connection)
        check_choice("compare", self.compare, get_args(Compared))
        check_flag("fail_on_failed_sync", self.fail_on_failed_sync)
        check_flag("deferrable", self.deferrable)
        if isinstance(self.since, str) and self.since.strip() and not _is_template(self.since):
            from taskflow_profilemesh.airbyte.awaited import moment_of

            moment_of(self.since)

    def _begin(self, context: Context, client: AirbyteClient) -> AwaitedSync:
        """Look the connection up and return what is waited for."""
        from taskflow_profilemesh.airbyte import awaiting
        from taskflow_profilemesh.airbyte.awaited import AwaitedSync, moment_of

        since = moment_of(_given(self.since) or _end_of_interval(context))
        connection = client.connection(self.connection, workspace=self.workspace)
        awaited = AwaitedSync(
            connection_id=connection.connection_id,
            connection_name=connection.name,
            workspace_id=connection.workspace_id,
            since=since.timestamp(),
            deadline=client.sender.clock.now().timestamp() + self.timeout,
            poll_interval_seconds=self.poke_interval,
            compare=self.compare,
            fail_on_failed_sync=self.fail_on_failed_sync,
        )
        awaiting.check(client, connection, awaited)
        return awaited

    def _connect(self) -> AirbyteClient:
        from taskflow_profilemesh.hooks.airbyte import AirbyteHook

        return AirbyteHook(self.conn_id).get_conn()

    def _defer(self, awaited: AwaitedSync) -> NoReturn:
        from taskflow_profilemesh.triggers.airbyte_awaited import AirbyteAwaitedTrigger

        trigger = AirbyteAwaitedTrigger(conn_id=self.conn_id, awaited=awaited.as_dict())
        self.defer(trigger=trigger, method_name="execute_complete")


# Airflow's loop without the guard around it, which takes a call from `execute_complete` for one from outside.
_POKE_ON = inspect.unwrap(BaseSensorOperator.execute)


def _is_template(text: str) -> bool:
    return "{{" in text or "{%" in text


def _given(since: Any) -> Any:  # noqa: ANN401 -- a template may be rendered to whatever it likes
    """Return `since`, or None where it says nothing: a template makes a text of None."""
    return None if isinstance(since, str) and since.strip() in ("", "None") else since


def _end_of_interval(context: Context) -> datetime | None:
    """Return the end of the run's data interval; without one, the moment for which the run was created."""
    run = context.get("dag_run")
    return context.get("data_interval_end") or getattr(run, "run_after", None) or getattr(run, "start_date", None)
