"""`ProfileMeshPlanSensor`: waits until the config, or the catalog of the tables that it names, is another one.

What was seen last is kept in an Airflow Variable, as hashes: two runs of a DAG have nothing else in common. The
database is asked by a driver that blocks, so it is never asked in the triggerer: between looks the task is rescheduled.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from airflow.providers.common.compat.sdk import BaseSensorOperator, PokeReturnValue

from taskflow_profilemesh.operators.failures import airflow_failures
from taskflow_profilemesh.operators.rendered import as_rendered, kept_config

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.config import ProfileOptions, Said
    from taskflow_profilemesh.plan_snapshot import PlanChange, PlanSnapshot

FIRST_RUNS = ("succeed", "wait")
SCHEMA_VERSION = 1


class ProfileMeshPlanSensor(BaseSensorOperator):
    """Wait until a table that would be profiled was added, removed or changed, or the config's other settings were.

    Returns `{"schema_version": 1, "added": […], "removed": […], "changed": […], "settings_changed": …,
    "sections_changed": […], "sha256": …}`: tables and sections of the config by name. Row counts are no change. The
    change is remembered just before the task succeeds, and so told to one run: tasks after it that fail are retried
    with its result. A sensor whose worker ended in that moment, or that is cleared, is told the same once more, as long
    as no later run was told of another change.

    `tables`, `config`, `conn_id`: as for `ProfileMeshOperator` (templated; a template may render to a list). A table
    that does not exist, and a pattern that nothing fits, is none, rather than an error.
    `cursor`: the Airflow Variable with what was seen last (templated). Default: `profilemesh_plan.<dag id>.<task id>`.
    `first_run`: what happens where nothing was seen yet, or nothing readable is there. `succeed` (default) returns
    every table as added; `wait` remembers them and waits for what changes from then on.
    `poke_interval`: seconds (or a timedelta) between looks. `mode`: `reschedule` (default) frees the worker meanwhile.
    """

    template_fields: Sequence[str] = ("tables", "config", "conn_id", "cursor")
    ui_color = "#e4ead2"

    def __init__(  # noqa: PLR0913 -- each option is one keyword of the task, as everywhere in Airflow
        self,
        *,
        tables: object = None,
        config: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        conn_id: str | None = None,
        cursor: str | None = None,
        first_run: Literal["succeed", "wait"] = "succeed",
        poke_interval: timedelta | float = 300,
        mode: str = "reschedule",
        **kwargs: Any,  # noqa: ANN401 -- whatever BaseSensorOperator takes
    ) -> None:
        """Check what can be known now; the config is read, and the database asked, when the task runs."""
        super().__init__(poke_interval=poke_interval, mode=mode, **kwargs)
        if first_run not in FIRST_RUNS:
            from taskflow_profilemesh.errors import InvalidOption

            expected = f"one of {', '.join(FIRST_RUNS)}"
            raise InvalidOption(option="first_run", got=str(first_run), expected=expected, known=FIRST_RUNS)
        self.tables = tables
        self.config = kept_config(config)
        self.conn_id = conn_id
        self.cursor = cursor
        self.first_run = first_run

    def poke(self, context: Context) -> PokeReturnValue | bool:
        """Look once: return what changed, or False."""
        from airflow.providers.common.compat.sdk import Variable

        from taskflow_profilemesh.plan_memory import PlanMemory

        key, run = self.cursor or f"profilemesh_plan.{self.dag_id}.{self.task_id}", _run_of(context)
        memory = PlanMemory.from_text(Variable.get(key, None))
        if memory is not None and memory.told is not None and memory.told_to == run:
            self.log.info("This run was told already: it is told the same.")
            return PokeReturnValue(is_done=True, xcom_value=dict(memory.told))
        with airflow_failures():
            now = self._look()
        before = memory.seen if memory else None
        change = now.since(before)
        if before is not None and not change:
            if before.settings is None:  # of an earlier version: from now on sections are compared
                Variable.set(key, PlanMemory(seen=now).as_text())
            return False
        if before is None and self.first_run == "wait":
            Variable.set(key, PlanMemory(seen=now).as_text())
            self.log.info("%d tables are remembered in the Variable %s.", len(now.tables), key)
            return False
        told = _told(change) | {"sha256": now.sha256}
        Variable.set(key, PlanMemory(seen=now, told_to=run, told=told).as_text())
        return PokeReturnValue(is_done=True, xcom_value=told)

    def _look(self) -> PlanSnapshot:
        """Return what config and catalog say now."""
        from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook
        from taskflow_profilemesh.plan_snapshot import PlanSnapshot
        from taskflow_profilemesh.table_requests import table_requests
        from taskflow_profilemesh.table_selection import existing

        options = self._options()
        source = ProfileMeshHook(options.conn_id, source_url=options.source_url).get_source()
        try:
            requests = existing(
                table_requests(options.requests()), tables=lambda bare: source.tables(unnamed_only=bare)
            )
            schemas = source.schemas([request.table for request in requests])
        finally:
            source.close()
        planned = {request: schemas[request.table] for request in requests if request.table in schemas}
        return PlanSnapshot.of(planned, options)

    def _options(self) -> ProfileOptions:
        from taskflow_profilemesh.hooks.profilemesh_connection import settled
        from taskflow_profilemesh.hooks.variables import said_in
        from taskflow_profilemesh.table_requests import table_requests

        tables = None if self.tables is None else table_requests(as_rendered(self.tables))
        given: Said = {"tables": tables, "conn_id": self.conn_id}
        folder = Path(self.dag.folder) if self.has_dag() else Path()  # type: ignore[no-untyped-call] # Airflow's
        return settled(given, said_in(self.config, folder))


def _run_of(context: Context) -> str:
    """Return what all tries of one task of one run have in common."""
    task = context["ti"]
    return " ".join(str(part) for part in (task.dag_id, task.task_id, task.run_id, task.map_index))


def _told(change: PlanChange) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "added": list(change.added),
        "removed": list(change.removed),
        "changed": list(change.changed),
        "settings_changed": bool(change.sections),
        "sections_changed": list(change.sections),
    }
