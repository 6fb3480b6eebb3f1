"""The operator that profiles tables: Airflow's words in, the pipeline's work, Airflow's words out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from logging import INFO, WARNING
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from airflow.providers.common.compat.sdk import XCOM_RETURN_KEY, BaseOperator

from taskflow_profilemesh.operators.failures import airflow_failures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.providers.common.compat.sdk import Context
    from airflow.providers.openlineage.extractors import OperatorLineage

    from taskflow_profilemesh.config import ProfileOptions, Said
    from taskflow_profilemesh.events.openlineage import ProfiledDataset
    from taskflow_profilemesh.outcome import Run, RunOutcome
    from taskflow_profilemesh.reading import DatabaseSource

ON_DRIFT = ("record", "warn", "skip", "fail")
SEVERITIES = ("low", "medium", "high")
LEAST_MEMORY_BYTES = 16 << 20  # as in `config.options`, which would cost every DAG file its import


class ProfileMeshOperator(BaseOperator):
    """Profile tables, store the profiles, and say what drifted since the last ones.

    Each option is taken from here if it is given, else from `config`, else it has the default that stands in brackets.

    `tables`: a table name, one with wildcards (`shop.*`), a `TableRef`, a mapping such as `{"table": "shop.orders",
    "columns": ["id"], "where": "id > 5", "sample": 0.1}` or `{"schema": "shop", "exclude": ["tmp_*"]}`, a list of
    those, or the result of an Airbyte sync. `config`: the path of a `profilemesh.yml` (a relative one starts from the
    DAG's folder), or a mapping of its sections; it is read when the task runs.
    `conn_id` (profilemesh_default): the Airflow connection (postgres, mysql, snowflake, sqlite) of the database.
    `store` (the setting `[profilemesh] store`, else a SQLite file in the Airflow home): where profiles are kept, as an
    SQLAlchemy URL or an Airflow connection id. `on_drift` (record): what drift of at least `drift_severity` (high) does
    to this task: `record` and `warn` let it succeed, `skip` skips it, `fail` fails it without a retry; its result is
    pushed in any case. `thresholds`: fields of `drift.Thresholds` to change, by name, on top of those that `config`
    changes.
    `fail_on_error` (True): whether a table that cannot be profiled fails the task; those that can be are stored either
    way, unless a table cannot even be found: then nothing is read. `incremental`: the column by which rows that are new
    since the last profile are told (`_airbyte_extracted_at`, an id, a timestamp), in tables that name none themselves;
    only new rows are read, unless the table shows that others changed. `max_rows` (no limit): a table of more rows is
    sampled down to about these, unless it says so itself or is read by `incremental`. `memory_budget_bytes` (some 400
    MiB by default): about what the rows on the way may take at a time. `statement_timeout_seconds` (the server's own):
    how long the database may work on one statement.

    Returns the plain JSON of `events.xcom.profile_result`, at most 32 KiB.
    """

    template_fields: Sequence[str] = ("tables", "conn_id", "store", "config")
    ui_color = "#d7ecd9"

    def __init__(  # noqa: PLR0913 -- each is an option of the task, by its name
        self,
        *,
        tables: object = None,
        config: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        conn_id: str | None = None,
        store: str | None = None,
        on_drift: Literal["record", "warn", "skip", "fail"] | None = None,
        drift_severity: Literal["low", "medium", "high"] | None = None,
        thresholds: Mapping[str, float] | None = None,
        fail_on_error: bool | None = None,
        incremental: str | None = None,
        max_rows: int | None = None,
        memory_budget_bytes: int | None = None,
        statement_timeout_seconds: float | None = None,
        **kwargs: Any,  # noqa: ANN401 -- whatever BaseOperator takes
    ) -> None:
        """Check the options that are known now; names are looked up when the task runs."""
        super().__init__(**kwargs)
        _check("on_drift", on_drift, ON_DRIFT)
        _check("drift_severity", drift_severity, SEVERITIES)
        _check_thresholds(thresholds)
        _check_config(config)
        _check_least("max_rows", max_rows, 1)
        _check_least("memory_budget_bytes", memory_budget_bytes, LEAST_MEMORY_BYTES)
        _check_least("statement_timeout_seconds", statement_timeout_seconds, 0.001)
        self.tables = tables
        self.config = os.fspath(config) if isinstance(config, os.PathLike) else config  # a text can be a template
        self.conn_id = conn_id
        self.store = store
        self.on_drift = on_drift
        self.drift_severity = drift_severity
        self.thresholds = thresholds
        self.fail_on_error = fail_on_error
        self.incremental = incremental
        self.max_rows = max_rows
        self.memory_budget_bytes = memory_budget_bytes
        self.statement_timeout_seconds = statement_timeout_seconds
        self._source: DatabaseSource | None = None
        self._lineage: tuple[ProfiledDataset, ...] = ()  # kept for whoever asks after the task

    def on_kill(self) -> None:
        """End what is being read, on the database's server too; the tables that are profiled stay stored."""
        if self._source is not None:
            self._source.cancel()

    def execute(self, context: Context) -> dict[str, Any]:
        """Profile the tables and return the result; see the class for what ends the task otherwise."""
        with airflow_failures():
            options = self._options()
            outcome = self._profile(options, _run(context))
        result = outcome.as_result()
        self._conclude(outcome, result, options, context)
        return result

    def get_openlineage_facets_on_complete(self, task_instance: object) -> OperatorLineage[Any, Any] | None:  # noqa: ARG002 -- the listener's signature
        """Return the profiled tables with their metrics, schema and drift, also of a task that drift failed."""
        from taskflow_profilemesh.lineage.facets import operator_lineage

        return operator_lineage(inputs=self._lineage)

    def _options(self) -> ProfileOptions:
        """Return the options of this run: those given to the task, else those of its config, else the defaults."""
        from taskflow_profilemesh.config import read_config, settle
        from taskflow_profilemesh.table_requests import table_requests

        given: Said = {
            "tables": None if self.tables is None else table_requests(self.tables),
            "conn_id": self.conn_id,
            "store": self.store,
            "on_drift": self.on_drift,
            "drift_severity": self.drift_severity,
            "thresholds": self.thresholds,
            "fail_on_error": self.fail_on_error,
            "incremental": self.incremental,
            "max_rows": self.max_rows,
            "memory_budget_bytes": self.memory_budget_bytes,
            "statement_timeout_seconds": self.statement_timeout_seconds,
        }
        if self.config is None:
            return settle(given)
        folder = Path(self.dag.folder) if self.has_dag() else Path()  # type: ignore[no-untyped-call] # Airflow's
        return settle(given, read_config(self.config, environ=os.environ, folder=folder))

    def _profile(self, options: ProfileOptions, run: Run) -> RunOutcome:
        from taskflow_profilemesh.clock import SystemClock
        from taskflow_profilemesh.drift import Thresholds
        from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook
        from taskflow_profilemesh.lineage.facets import profiled
        from taskflow_profilemesh.operators.endings import gate_of
        from taskflow_profilemesh.operators.metrics import count_profiling
        from taskflow_profilemesh.pipeline import Pipeline
        from taskflow_profilemesh.table_requests import table_requests

        requests = table_requests(options.requests())
        thresholds = Thresholds.from_mapping(options.thresholds)
        hook = ProfileMeshHook(options.conn_id, store=options.store)
        source = hook.get_source(
            memory_budget_bytes=options.memory_budget_bytes,
            statement_timeout_seconds=options.statement_timeout_seconds,
        )
        store = hook.get_store()
        self._source = source
        try:
            pipeline = Pipeline(
                source=source, store=store, clock=SystemClock(), gate=gate_of(options), thresholds=thresholds
            )
            outcome = pipeline.run(requests, run, fail_on_error=options.fail_on_error)
            self._lineage = profiled(outcome, source.address)
            count_profiling(outcome, source=source.name)
            return outcome
        finally:
            self._source = None
            source.close()
            store.close()

    def _conclude(self, outcome: RunOutcome, result: dict[str, Any], options: ProfileOptions, context: Context) -> None:
        """Return where all is well; else push the result, which would be lost, and end the task."""
        from taskflow_profilemesh.errors import DriftDetected
        from taskflow_profilemesh.operators.endings import ending_of

        ending = ending_of(outcome, options)
        if ending is None:
            return
        if isinstance(ending, DriftDetected) and options.on_drift in ("record", "warn"):
            self.log.log(WARNING if options.on_drift == "warn" else INFO, "%s", ending)
            return
        context["ti"].xcom_push(XCOM_RETURN_KEY, result)
        with airflow_failures(skip_on=(DriftDetected,) if options.on_drift == "skip" else ()):
            raise ending


def _check(option: str, got: str | None, known: Sequence[str]) -> None:
    if got is not None and got not in known:
        from taskflow_profilemesh.errors import InvalidOption

        raise InvalidOption(option=option, got=str(got), expected=f"one of {', '.join(known)}", known=known)


def _check_least(option: str, got: object, least: float) -> None:
    if got is not None and (isinstance(got, bool) or not isinstance(got, int | float) or not got >= least):
        from taskflow_profilemesh.errors import InvalidOption

        raise InvalidOption(option=option, got=repr(got), expected=f"a number of at least {least:,}")


def _check_thresholds(thresholds: object) -> None:
    if thresholds is not None and not isinstance(thresholds, Mapping):
        from taskflow_profilemesh.errors import InvalidOption

        expected = "a mapping from names of thresholds to numbers"
        raise InvalidOption(option="thresholds", got=type(thresholds).__name__, expected=expected)


def _check_config(config: object) -> None:
    if config is None or isinstance(config, os.PathLike | Mapping) or (isinstance(config, str) and config.strip()):
        return
    from airflow.providers.common.compat.sdk import XComArg

    if not isinstance(config, XComArg):  # what another task returns is looked at when this one runs
        from taskflow_profilemesh.errors import InvalidOption

        expected = "the path of a YAML file, or a mapping of its sections"
        raise InvalidOption(option="config", got=type(config).__name__, expected=expected)


def _run(context: Context) -> Run:
    from taskflow_profilemesh.outcome import Run

    ti = context.get("ti")
    if ti is None:  # called outside a task, in a test for instance
        return Run(run_id="manual")
    origin = "/".join(str(part) for part in (ti.dag_id, ti.task_id, ti.run_id, ti.map_index))
    return Run(run_id=ti.run_id, origin=origin, logical_date=context.get("logical_date"))
