"""The operator that profiles tables: Airflow's words in, the pipeline's work, Airflow's words out."""

from __future__ import annotations

from logging import INFO, WARNING
from typing import TYPE_CHECKING, Any, Literal

from airflow.providers.common.compat.sdk import XCOM_RETURN_KEY, BaseOperator

from taskflow_profilemesh.operators.failures import airflow_failures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.drift.gate import Gate
    from taskflow_profilemesh.errors import DriftDetected, TablesFailed
    from taskflow_profilemesh.outcome import Run, RunOutcome

DEFAULT_CONN_ID = "profilemesh_default"
ON_DRIFT = ("record", "warn", "skip", "fail")
SEVERITIES = ("low", "medium", "high")
SUMMARIES = 3  # how many tables' summaries an error quotes


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
        **kwargs: Any,  # noqa: ANN401 -- whatever BaseOperator takes
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
        with airflow_failures():
            outcome = self._profile(_run(context))
        result = outcome.as_result()
        self._conclude(outcome, result, context)
        return result

    def _profile(self, run: Run) -> RunOutcome:
        from taskflow_profilemesh.clock import SystemClock
        from taskflow_profilemesh.drift import Thresholds
        from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook
        from taskflow_profilemesh.pipeline import Pipeline
        from taskflow_profilemesh.table_requests import table_requests

        requests = table_requests(self.tables)
        thresholds = Thresholds.from_mapping(self.thresholds or {})
        hook = ProfileMeshHook(self.conn_id, store=self.store)
        source, store = hook.get_source(), hook.get_store()
        try:
            pipeline = Pipeline(
                source=source, store=store, clock=SystemClock(), gate=self._gate(), thresholds=thresholds
            )
            return pipeline.run(requests, run, fail_on_error=self.fail_on_error)
        finally:
            store.close()

    def _gate(self) -> Gate:
        from taskflow_profilemesh.drift import Severity
        from taskflow_profilemesh.drift.gate import Gate, OnDrift

        return Gate(OnDrift(self.on_drift), Severity(self.drift_severity))

    def _conclude(self, outcome: RunOutcome, result: dict[str, Any], context: Context) -> None:
        """Return where all is well; else push the result, which would be lost, and end the task."""
        from taskflow_profilemesh.errors import DriftDetected

        ending = self._failed_tables(outcome) or self._drift(outcome)
        if ending is None:
            return
        if isinstance(ending, DriftDetected) and self.on_drift in ("record", "warn"):
            self.log.log(WARNING if self.on_drift == "warn" else INFO, "%s", ending)
            return
        context["ti"].xcom_push(XCOM_RETURN_KEY, result)
        with airflow_failures(skip_on=(DriftDetected,) if self.on_drift == "skip" else ()):
            raise ending

    def _failed_tables(self, outcome: RunOutcome) -> TablesFailed | None:
        from taskflow_profilemesh.errors import TablesFailed, TablesInterrupted

        if not (self.fail_on_error and outcome.failed):
            return None
        failed = tuple(f"{failure.table}: {failure.error}" for failure in outcome.failed)
        kind = TablesInterrupted if all(failure.error.retryable for failure in outcome.failed) else TablesFailed
        return kind(source=self.conn_id, failed=failed, profiled_tables=len(outcome.profiled))

    def _drift(self, outcome: RunOutcome) -> DriftDetected | None:
        from taskflow_profilemesh.drift import worst
        from taskflow_profilemesh.errors import DriftDetected

        gate = self._gate()
        reached = [table for table in outcome.profiled if table.report and gate.reached(table.report)]
        if not reached:
            return None
        reports = [table.report for table in reached if table.report]
        return DriftDetected(
            severity=str(worst(report.severity for report in reports if report.severity)),
            tables=tuple(str(table.stored.table) for table in reached),
            summary=" ".join(report.summary for report in reports[:SUMMARIES]),
        )


def _check(option: str, got: str, known: Sequence[str]) -> None:
    if got not in known:
        from taskflow_profilemesh.errors import InvalidOption

        raise InvalidOption(option=option, got=str(got), expected=f"one of {', '.join(known)}", known=known)


def _run(context: Context) -> Run:
    from taskflow_profilemesh.outcome import Run

    ti = context.get("ti")
    if ti is None:  # called outside a task, in a test for instance
        return Run(run_id="manual")
    origin = "/".join(str(part) for part in (ti.dag_id, ti.task_id, ti.run_id, ti.map_index))
    return Run(run_id=ti.run_id, origin=origin, logical_date=context.get("logical_date"))
