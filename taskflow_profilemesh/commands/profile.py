"""`profilemesh profile`: read, profile, compare and store tables, and print what came out. No Airflow is needed."""

from __future__ import annotations

import json
import os
import sys
import uuid
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.commands.asked import asked_of
from taskflow_profilemesh.commands.fail_on import DRIFTED, reaches
from taskflow_profilemesh.commands.profile_words import print_profile
from taskflow_profilemesh.commands.progress_bar import progress_bar
from taskflow_profilemesh.commands.sources import source_of
from taskflow_profilemesh.commands.stores import OPTION, opened_by
from taskflow_profilemesh.commands.words import number
from taskflow_profilemesh.configured import pipeline_of
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.storage.codec import encode_profile
from taskflow_profilemesh.storage.engine import address_of

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.commands.asked import Asked
    from taskflow_profilemesh.drift.gate import Gate
    from taskflow_profilemesh.outcome import ProfiledTable, RunOutcome
    from taskflow_profilemesh.storage import ProfileStore


def run(arguments: argparse.Namespace) -> int:
    """Profile the tables and print them; return 1 where one failed, 3 where drift ends the run, 0 otherwise.

    Drift does where it reaches `--fail-on`, or without it what the config says of `on_drift`. Raises
    `ProfileMeshError`.
    """
    asked = asked_of(arguments, os.environ)
    outcome, gate = _profiled(arguments, asked)
    if arguments.json:
        profiles = [encode_profile(table.stored.profile) for table in outcome.profiled]
        print(json.dumps({"result": outcome.as_result(), "profiles": profiles}, indent=2))
    else:
        _print(outcome, asked)
    for failure in outcome.failed:
        print(f"profilemesh: {failure.table}: {failure.error}", file=sys.stderr)
    if outcome.failed and asked.options.fail_on_error:
        return 1
    reports = [table.report for table in outcome.profiled if table.report]
    if arguments.fail_on is not None:
        return DRIFTED if any(reaches(report.severity, arguments.fail_on) for report in reports) else 0
    return DRIFTED if any(gate.stops(report) for report in reports) else 0


def _profiled(arguments: argparse.Namespace, asked: Asked) -> tuple[RunOutcome, Gate]:
    """Profile the tables; a table that cannot be profiled costs the others nothing. Whoever runs this sees it himself.

    So no event hook of the config is told.
    """
    options = replace(asked.options, event_hooks=())
    run = Run(run_id=f"manual-{uuid.uuid4().hex[:12]}", environment=options.environment)
    with (
        closing(source_of(arguments, asked)) as source,
        closing(_store(asked)) as store,
        progress_bar() as shown,
    ):
        pipeline = replace(pipeline_of(options, source, store), progress=shown)
        return pipeline.run(asked.wanted, run, fail_on_error=False), pipeline.gate


def _store(asked: Asked) -> ProfileStore:
    return MemoryStore() if asked.store is None else opened_by(asked.store)


def _print(outcome: RunOutcome, asked: Asked) -> None:
    for table in outcome.profiled:
        print(_heading(table))
        print_profile(table.stored.profile)
        print()
    if outcome.profiled and asked.store is None:
        print("Nothing was kept: --store sqlite:///profiles.db keeps profiles, and the next run says what changed.")
    elif outcome.profiled and asked.store is not None and asked.store.named_by != OPTION:
        print(f"Profiles are kept in {address_of(asked.store.url).name}; it was named by {asked.store.named_by}.")


def _heading(table: ProfiledTable) -> str:
    stored = table.stored
    profile = stored.profile
    rows, columns = amount(profile.row_count, "row"), amount(len(profile.columns), "column")
    if profile.profiled_rows != profile.row_count:
        rows += f" (statistics from {number(profile.profiled_rows)} of them)"
    told = table.report.summary if table.report else "The first profile of this table."
    return f"{stored.table}: {rows} × {columns} in {stored.duration_seconds or 0:.1f} s. {told}"
