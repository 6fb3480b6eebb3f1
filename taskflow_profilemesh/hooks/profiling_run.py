"""The pipeline as options describe it, for tasks and for callers that are none; a run of it for the latter."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taskflow_profilemesh.config import ProfileOptions
    from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook
    from taskflow_profilemesh.outcome import RunOutcome
    from taskflow_profilemesh.pipeline import Pipeline
    from taskflow_profilemesh.reading import DatabaseSource
    from taskflow_profilemesh.storage import ProfileStore


def pipeline_of(options: ProfileOptions, source: DatabaseSource, store: ProfileStore) -> Pipeline:
    """Return the pipeline between the two, with webhooks; raises as `configured.pipeline_of` does."""
    from taskflow_profilemesh import configured
    from taskflow_profilemesh.hooks.webhooks import webhook_hook

    return configured.pipeline_of(options, source, store, webhook=webhook_hook)


def profile(hook: ProfileMeshHook, options: ProfileOptions, *, run_id: str) -> RunOutcome:
    """Profile the tables of the options; source and store are closed in the end. Only hooks that are named hear.

    Airflow's metrics are told as a task would tell them, and inside a task its lineage, of the tables' names.
    """
    from taskflow_profilemesh.hooks.hook_lineage import tell_inputs
    from taskflow_profilemesh.hooks.metrics import count_profiling
    from taskflow_profilemesh.outcome import Run
    from taskflow_profilemesh.table_requests import table_requests

    requests = table_requests(options.requests())
    source = hook.get_source(
        memory_budget_bytes=options.memory_budget_bytes,
        statement_timeout_seconds=options.statement_timeout_seconds,
        name=options.source_name,
    )
    with closing(source), closing(hook.get_store()) as store:
        pipeline = pipeline_of(replace(options, event_hooks=options.event_hooks or ()), source, store)
        run = Run(run_id=run_id, environment=options.environment)
        outcome = pipeline.run(requests, run, fail_on_error=options.fail_on_error)
        count_profiling(outcome, source=source.name)
        tell_inputs(hook, outcome, source.address)
        return outcome
