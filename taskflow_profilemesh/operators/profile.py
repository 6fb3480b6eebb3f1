"""The operator that profiles tables: Airflow's words in, the pipeline's work, Airflow's words out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from airflow.providers.common.compat.sdk import BaseOperator

from taskflow_profilemesh.operators.failures import airflow_failures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.pipeline import Run, RunOutcome

DEFAULT_CONN_ID = "profilemesh_default"
ON_DRIFT = ("record", "warn", "skip", "fail")
SEVERITIES = ("low", "medium", "high")


class ProfileMeshOperator(BaseOperator):
    """Profile tables, store the profiles, and say what drifted since the last ones.

    `conn_id`: the Airflow connection (postgres, mysql, sqlite) of the database. `tables`: a table name, a `TableRef`, a
    mapping such as `{"table": "shop.orders", "columns": ["id"], "where": "id > 5", "sample": 0.1}`, a list of those, or
    the result of an Airbyte sync. `store`: where profiles are kept, as an SQLAlchemy URL or an Airflow connection id;
    None takes the setting `[profilemesh] store`, else a SQLite file in the Airflow home. `on_drift`: what drift of at
    least `drift_severity` does to this task: `record` and `warn` let it succeed, `skip` skips it, `fail` fails it
    without a retry; its result is pushed in any case. `thresholds`: fields of `drift.Thresholds` to change, by name.
    `fail_on_error`: whether a table that cannot be profiled fails the task; those that can be are stored either way,
    unless a table cannot even be found: then nothing is read.

    Returns the plain JSON of `events.xcom.profile_result`, at most 32 KiB.
    """

    template_fields: Sequence[str] = ("tables", "conn_id", "store")
    ui_color = "#d7ecd9"

    def __init__(  # noqa: PLR0913 -- each is an option of the task, by its name
        self,
        *,
        tables: object = None,
        conn_id: str = DEFAULT_CONN_ID,
        store: str | None = None,
        on_drift: Literal["record", "warn", "skip", "fail"] = "record",
        drift_severity: Literal["low", "medium", "high"] = "high",
        thresholds: Mapping[str, float] | None = None,
        fail_on_error: bool = True,
        **kwargs: Any,
    ) -> None:
        """Check the options that are known now; names are looked up when the task runs."""
        super().__init__(**kwargs)
        _check("on_drift", on_drift, ON_DRIFT)
        _check("drift_severity", drift_severity, SEVERITIES)
        self.tables = tables
        self.conn_id = conn_id
        self.store = store
        self.on_drift = on_drift
        self.drift_severity = drift_severity
        self.thresholds = thresholds
        self.fail_on_error = fail_on_error

    def execute(self, context: Context) -> dict[str, Any]:
        """Profile the tables and return the result; see the class for what ends the task otherwise."""
        from taskflow_profilemesh.events.xcom import profile_result

        with airflow_failures():
            outcome = self._profile(_run(context))
        result = profile_result(outcome)
        self._conclude(outcome, result, context)
        return result

    def _profile(self, run: Run) -> RunOutcome:
        from taskflow_profilemesh.clock import SystemClock
        from taskflow_profilemesh.drift import Gate, Thresholds
        from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook
        from taskflow_profilemesh.pipeline import Pipeline
        from taskflow_profilemesh.table_requests import table_requests

        requests = table_requests(self.tables)
        gate = Gate(severity=self.drift_severity, stopping=self.on_drift in ("skip", "fail"))
        thresholds = Thresholds.from_mapping(self.thresholds or {})
        hook = ProfileMeshHook(self.conn_id, store=self.store)
        source, store = hook.get_source(), hook.get_store()
        try:
            pipeline = Pipeline(source=source, store=store, clock=SystemClock(), gate=gate, thresholds=thresholds)
            return pipeline.run(requests, run, fail_on_error=self.fail_on_error)
        finally:
            store.close()

    def _conclude(self, outcome: RunOutcome, result: dict[str, Any], context: Context) -> None:
        """Skip or fail for drift or for failed tables, after the result was pushed; else return."""
        from airflow.providers.common.compat.sdk import XCOM_RETURN_KEY, AirflowSkipException

        if error := outcome.error(fail_on_error=self.fail_on_error):
            context["ti"].xcom_push(XCOM_RETURN_KEY, result)
            with airflow_failures():
                raise error
        if drift := outcome.drift(self.drift_severity):
            if self.on_drift == "warn":
                self.log.warning("%s", drift)
            if self.on_drift in ("skip", "fail"):
                context["ti"].xcom_push(XCOM_RETURN_KEY, result)
            if self.on_drift == "skip":
                raise AirflowSkipException(str(drift)) from drift
            if self.on_drift == "fail":
                with airflow_failures():
                    raise drift


def _check(option: str, got: str, known: Sequence[str]) -> None:
    if got not in known:
        from taskflow_profilemesh.errors import InvalidOption

        raise InvalidOption(option=option, got=str(got), expected=f"one of {', '.join(known)}", known=known)


def _run(context: Context) -> Run:
    from taskflow_profilemesh.pipeline import Run

    ti = context.get("ti")
    if ti is None:  # called outside a task, in a test for instance
        return Run(run_id="manual")
    origin = "/".join(str(part) for part in (ti.dag_id, ti.task_id, ti.run_id, ti.map_index))
    return Run(run_id=ti.run_id, origin=origin, logical_date=context.get("logical_date"))
