"""The operator that profiles tables: Airflow's words in, the pipeline's work, Airflow's words out."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from itertools import chain
from logging import INFO, WARNING
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from airflow.providers.common.compat.sdk import XCOM_RETURN_KEY, BaseOperator

from taskflow_profilemesh.operators import checks
from taskflow_profilemesh.operators.asset_events import profiled_news, tell_outlets
from taskflow_profilemesh.operators.failures import airflow_failures
from taskflow_profilemesh.operators.links import ProfileLink, push_profile_link
from taskflow_profilemesh.operators.rendered import kept_config

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from airflow.providers.common.compat.sdk import BaseOperatorLink, Context
    from airflow.providers.openlineage.extractors import OperatorLineage

    from taskflow_profilemesh.config import ProfileOptions, Said
    from taskflow_profilemesh.events.assets import TableNews
    from taskflow_profilemesh.events.hooks import Hook
    from taskflow_profilemesh.events.openlineage import ProfiledDataset
    from taskflow_profilemesh.outcome import Run, RunOutcome
    from taskflow_profilemesh.reading import DatabaseSource
    from taskflow_profilemesh.storage import ProfileStore
    from taskflow_profilemesh.table_selection import Wanted


class ProfileMeshOperator(BaseOperator):
    """Profile tables, store the profiles, and say what drifted since the last ones.

    Each option is taken from here if it is given, else from `config`, else it has the default that stands in brackets.

    `tables`, `table_patterns`: a table name, one with wildcards (`shop.*`), a `TableRef`, a mapping such as `{"table":
    "shop.orders", "columns": ["id"], "where": "id > 5", "sample": 0.1}` or `{"schema": "shop", "exclude": ["tmp_*"]}`,
    the result of an Airbyte sync, or a list of those; where both are given, the tables of both. A template may render
    to such a list. `config`: the path of a `profilemesh.yml` (a relative one starts from the DAG's folder), or a
    mapping of its sections; `config_path`: the same path; `config_variable`: the name of an Airflow Variable that holds
    the same YAML, or JSON. At most one of the three; it is read when the task runs. `environment` (none): a name such
    as `production`; tables have a history of their own in each environment, and the result tells it. `dry_run` (False):
    plan every table and log the plans; no row is read, nothing is stored, and the result says so.
    `conn_id` (profilemesh_default): the Airflow connection (postgres, mysql, mssql, snowflake, sqlite) of the database.
    `store` (the setting `[profilemesh] store`, else a SQLite file in the Airflow home): where profiles are kept, as an
    SQLAlchemy URL or an Airflow connection id. `on_drift` (record): what drift of at least `drift_severity` (high) does
    to this task: `record` and `warn` let it succeed, `skip` skips it, `fail` fails it without a retry; its result is
    pushed in any case. `thresholds`: fields of `drift.Thresholds` to change, by name, on top of those that `config`
    changes. `baseline` (last_run): what a table is compared with, and `strategy` (absolute_threshold): from where on an
    effect counts; see `drift.baselines` and `drift.rules`.
    `fail_on_error` (True): whether a table that cannot be profiled fails the task; those that can be are stored either
    way, unless a table cannot even be found: then nothing is read. `incremental`: the column by which rows that are new
    since the last profile are told (`_airbyte_extracted_at`, an id, a timestamp), in tables that name none themselves;
    only new rows are read, unless the table shows that others changed. `max_rows` (no limit): a table of more rows is
    sampled down to about these, unless it says so itself or is read by `incremental`. `memory_budget_bytes` (some 400
    MiB by default): about what the rows on the way may take at a time. `statement_timeout_seconds` (the server's own):
    how long the database may work on one statement. `privacy`: which values of columns that look personal are shown:
    `{"allow_values": ["orders.user_name"], "hide_values": ["notes"], "method": "hash"}` (`docs/privacy.md`).

    `event_hooks` (`["store"]`): who hears when a table is started, completed or failed, drifts or has a changed schema:
    "log", "store" (the table `profilemesh_events`), a callable that takes the `ProfilingEvent`, its dotted path, or a
    mapping as a config has it under `hooks:`.

    What variables of the environment say (`PROFILEMESH_SOURCE__CONN_ID`) goes before `config`, and after the task.

    Returns the plain JSON of `events.xcom.profile_result`, or of `events.plan_result` in a dry run, at most 32 KiB. The
    tables are also told to the asset events of `outlets`: an `Asset` with a table's URI or name gets its numbers, an
    `AssetAlias` those of every table.
    """

    template_fields: Sequence[str] = (
        "tables",
        "table_patterns",
        "conn_id",
        "store",
        "config",
        "config_path",
        "config_variable",
        "environment",
    )
    ui_color = "#d7ecd9"
    operator_extra_links: Collection[BaseOperatorLink] = (ProfileLink(),)

    def __init__(  # noqa: PLR0913 -- each is an option of the task, by its name
        self,
        *,
        tables: object = None,
        table_patterns: object = None,
        config: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        config_path: str | os.PathLike[str] | None = None,
        config_variable: str | None = None,
        environment: str | None = None,
        dry_run: bool = False,
        conn_id: str | None = None,
        store: str | None = None,
        on_drift: Literal["record", "warn", "skip", "fail"] | None = None,
        drift_severity: Literal["low", "medium", "high"] | None = None,
        thresholds: Mapping[str, float] | None = None,
        baseline: Literal["last_run", "moving_average", "prior_period", "stable_window", "pinned", "auto"]
        | None = None,
        strategy: Literal["absolute_threshold", "standard_deviation", "statistical"] | None = None,
        fail_on_error: bool | None = None,
        incremental: str | None = None,
        max_rows: int | None = None,
        memory_budget_bytes: int | None = None,
        statement_timeout_seconds: float | None = None,
        privacy: Mapping[str, Any] | None = None,
        event_hooks: Sequence[str | Hook | Mapping[str, Any]] | None = None,
        **kwargs: Any,  # noqa: ANN401 -- whatever BaseOperator takes
    ) -> None:
        """Check the options that are known now; names are looked up when the task runs."""
        super().__init__(**kwargs)
        checks.check_configs(config, config_path, config_variable)
        checks.check_flag("dry_run", dry_run)
        self.tables = tables
        self.table_patterns = table_patterns
        self.config = kept_config(config)
        self.config_path = os.fspath(config_path) if isinstance(config_path, os.PathLike) else config_path
        self.config_variable = config_variable
        self.environment = environment
        self.plans_only = dry_run  # Airflow's operators have a method of that name
        self.conn_id = conn_id
        self.store = store
        self.on_drift = on_drift
        self.drift_severity = drift_severity
        self.thresholds = thresholds
        self.baseline = baseline
        self.strategy = strategy
        self.fail_on_error = fail_on_error
        self.incremental = incremental
        self.max_rows = max_rows
        self.memory_budget_bytes = memory_budget_bytes
        self.statement_timeout_seconds = statement_timeout_seconds
        self.privacy = privacy
        self.event_hooks = event_hooks
        self._source: DatabaseSource | None = None
        self._lineage: tuple[ProfiledDataset, ...] = ()  # kept for whoever asks after the task
        self._news: tuple[TableNews, ...] = ()  # told to the outlets when all is well
        checks.check_options(self)

    def on_kill(self) -> None:
        """End what is being read, on the database's server too; the tables that are profiled stay stored."""
        if self._source is not None:
            self._source.cancel()

    def execute(self, context: Context) -> dict[str, Any]:
        """Profile the tables and return the result; see the class for what ends the task otherwise."""
        with airflow_failures():
            options = self._options()
            run = _run(context, options)
            if self.plans_only:
                return self._plan(options, run)
            outcome = self._profile(options, run)
        result = outcome.as_result()
        if outcome.profiled:
            push_profile_link(context, [table.stored.profile_id for table in outcome.profiled])
        self._conclude(outcome, result, options, context)
        tell_outlets(self.outlets, context, self._news)
        return result

    def get_openlineage_facets_on_complete(self, task_instance: object) -> OperatorLineage[Any, Any] | None:  # noqa: ARG002 -- the listener's signature
        """Return the profiled tables with their metrics, schema and drift, also of a task that drift failed."""
        from taskflow_profilemesh.lineage.facets import operator_lineage

        return operator_lineage(inputs=self._lineage)

    def _options(self) -> ProfileOptions:
        """Return the options of this run: those given to the task, else those of its config, else the defaults."""
        from taskflow_profilemesh.hooks.profilemesh_connection import settled
        from taskflow_profilemesh.hooks.variables import said_in

        drift = {"baseline": self.baseline, "strategy": self.strategy}
        given: Said = {
            "tables": self.wanted(),
            "conn_id": self.conn_id,
            "store": self.store,
            "on_drift": self.on_drift,
            "drift_severity": self.drift_severity,
            "thresholds": self.thresholds,
            "drift": {name: value for name, value in drift.items() if value is not None},
            "event_hooks": self.event_hooks,
            "fail_on_error": self.fail_on_error,
            "incremental": self.incremental,
            "max_rows": self.max_rows,
            "memory_budget_bytes": self.memory_budget_bytes,
            "statement_timeout_seconds": self.statement_timeout_seconds,
            "privacy": self.privacy,
            "environment": self.environment or None,
        }
        checks.check_environment("environment", self.environment or None)  # which was a template, maybe
        folder = Path(self.dag.folder) if self.has_dag() else Path()  # type: ignore[no-untyped-call] # Airflow's
        return settled(given, said_in(self._config(), folder))

    def wanted(self) -> tuple[Wanted, ...] | None:
        """Return the tables that this task was given, None where it was given none; raises `InvalidOption`."""
        from taskflow_profilemesh.operators.rendered import as_rendered
        from taskflow_profilemesh.table_requests import table_requests

        given = [table_requests(as_rendered(one)) for one in (self.tables, self.table_patterns) if one is not None]
        return tuple(dict.fromkeys(chain.from_iterable(given))) or None

    @property
    def has_config(self) -> bool:
        """Whether there is a config, or one by the environment alone, which may name tables."""
        if any(name.upper().startswith("PROFILEMESH_PROFILING") for name in os.environ):
            return True
        return any(one is not None for one in (self.config, self.config_path, self.config_variable))

    def _config(self) -> object:
        """Return the config as `read_config` takes it, None where there is none."""
        if self.config_variable is None:
            return self.config if self.config is not None else self.config_path
        from taskflow_profilemesh.hooks.variables import config_text

        return config_text(self.config_variable)

    def _plan(self, options: ProfileOptions, run: Run) -> dict[str, Any]:
        """Plan the tables and log the plans; no row is read, and the store is not even opened."""
        from taskflow_profilemesh.operators.endings import failed_tables
        from taskflow_profilemesh.operators.planning import plans_as_result
        from taskflow_profilemesh.pipeline import planned
        from taskflow_profilemesh.table_requests import table_requests

        with self._reading(options) as source:
            plans, failed = planned(source, table_requests(options.requests()))
        for plan in plans:
            self.log.info("%s would be read so: %s", plan.schema.table, plan.reason)
        if failed and options.fail_on_error:
            raise failed_tables(failed, source=options.source_name, profiled_tables=0)
        return plans_as_result(run, plans, failed)

    @contextmanager
    def _reading(self, options: ProfileOptions) -> Iterator[DatabaseSource]:
        """Open the source, which `on_kill` may end; close it afterwards."""
        from taskflow_profilemesh.configured import check_source
        from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook

        source = ProfileMeshHook(options.conn_id, source_url=options.source_url).get_source(
            memory_budget_bytes=options.memory_budget_bytes,
            statement_timeout_seconds=options.statement_timeout_seconds,
            name=options.source_name,
        )
        self._source = source
        try:
            check_source(options, source.address.dialect)
            yield source
        finally:
            self._source = None
            source.close()

    def _profile(self, options: ProfileOptions, run: Run) -> RunOutcome:
        from taskflow_profilemesh.hooks.metrics import count_profiling
        from taskflow_profilemesh.hooks.profiling_run import pipeline_of
        from taskflow_profilemesh.lineage.facets import profiled
        from taskflow_profilemesh.table_requests import table_requests

        requests = table_requests(options.requests())
        with self._reading(options) as source, closing(self._store(options)) as store:
            pipeline = pipeline_of(options, source, store)
            outcome = pipeline.run(requests, run, fail_on_error=options.fail_on_error)
            self._lineage = profiled(outcome, source.address)
            self._news = profiled_news(outcome, source.address)
            count_profiling(outcome, source=source.name)
            return outcome

    def _store(self, options: ProfileOptions) -> ProfileStore:
        from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook

        hook = ProfileMeshHook(
            options.conn_id, store=options.store, storage=options.storage, source_url=options.source_url
        )
        return hook.get_store()

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


def _run(context: Context, options: ProfileOptions) -> Run:
    from taskflow_profilemesh.outcome import Run

    ti = context.get("ti")
    if ti is None:  # called outside a task, in a test for instance
        return Run(run_id="manual", environment=options.environment)
    return Run(
        run_id=ti.run_id,
        origin="/".join(str(part) for part in (ti.dag_id, ti.task_id, ti.run_id, ti.map_index)),
        logical_date=context.get("logical_date"),
        environment=options.environment,
    )
