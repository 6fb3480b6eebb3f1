"""`profilemesh profile`: read, profile, compare and store tables, and print what came out. No Airflow is needed."""

from __future__ import annotations

import json
import sys
import uuid
from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.commands.arguments import tables_of
from taskflow_profilemesh.commands.progress_bar import progress_bar
from taskflow_profilemesh.commands.sources import source_of
from taskflow_profilemesh.commands.words import aligned, number, short
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.storage import MemoryStore, open_store
from taskflow_profilemesh.storage.codec import encode_profile

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.outcome import ProfiledTable, RunOutcome
    from taskflow_profilemesh.profiling import ColumnProfile
    from taskflow_profilemesh.profiling.profile import Distinct, SyncSignals
    from taskflow_profilemesh.storage import ProfileStore

_GENERATIONS = 5  # that are printed, the latest


def run(options: argparse.Namespace) -> int:
    """Profile the tables and print them; return 1 where one failed, 0 otherwise. Raises `ProfileMeshError`."""
    wanted = tables_of(options)
    source = source_of(options)
    store: ProfileStore = open_store(options.store) if options.store else MemoryStore()
    try:
        with progress_bar() as shown:
            pipeline = Pipeline(source=source, store=store, clock=SystemClock(), progress=shown)
            outcome = pipeline.run(wanted, Run(run_id=f"manual-{uuid.uuid4().hex[:12]}"), fail_on_error=False)
    finally:
        store.close()
        source.close()
    if options.json:
        profiles = [encode_profile(table.stored.profile) for table in outcome.profiled]
        print(json.dumps({"result": outcome.as_result(), "profiles": profiles}, indent=2))
    else:
        _print(outcome, is_kept=options.store is not None)
    for failure in outcome.failed:
        print(f"profilemesh: {failure.table}: {failure.error}", file=sys.stderr)
    return 1 if outcome.failed else 0


def _print(outcome: RunOutcome, *, is_kept: bool) -> None:
    for table in outcome.profiled:
        print(_heading(table))
        profile = table.stored.profile
        if profile.signals is not None:
            print(f"  {_signals(profile.signals)}")
        heads = ("column", "type", "nulls", "distinct", "min", "max", "mean", "std")
        rows = [heads, *map(_row, profile.columns)]
        print(aligned(rows, indent="  "))
        for column in profile.columns:
            if column.error:
                print(f"  {column.schema.name}: no statistics, because {column.error}")
        print()
    if outcome.profiled and not is_kept:
        print("Nothing was kept: --store sqlite:///profiles.db keeps profiles, and the next run says what changed.")


def _heading(table: ProfiledTable) -> str:
    stored = table.stored
    profile = stored.profile
    rows, columns = amount(profile.row_count, "row"), amount(len(profile.columns), "column")
    if profile.profiled_rows != profile.row_count:
        rows += f" (statistics from {number(profile.profiled_rows)} of them)"
    told = table.report.summary if table.report else "The first profile of this table."
    return f"{stored.table}: {rows} × {columns} in {stored.duration_seconds or 0:.1f} s. {told}"


def _signals(signals: SyncSignals) -> str:
    latest, changed, generations = signals.latest_extracted_at, signals.changed_ratio, signals.generations
    numbers = ", ".join(map(str, generations[-_GENERATIONS:]))
    told = (
        f"last extracted {latest:%Y-%m-%d %H:%M:%S} UTC" if latest else "",
        "" if changed is None else f"{changed:.1%} of the rows have changes",
        f"generation{'s' if len(generations) > 1 else ''} {numbers}" if generations else "",
    )
    return f"Airbyte: {'; '.join(filter(None, told))}."


def _row(column: ColumnProfile) -> tuple[str, ...]:
    distinct, numbers = column.distinct, column.numbers
    return (
        short(column.schema.name),
        short(column.schema.declared_type, 24),
        "" if column.null_ratio is None else f"{column.null_ratio:.1%}",
        "" if distinct is None else _sign(distinct) + number(distinct.count),
        short(column.minimum),
        short(column.maximum),
        "" if numbers is None or numbers.mean is None else number(float(numbers.mean)),
        "" if numbers is None or numbers.std is None else number(float(numbers.std)),
    )


def _sign(distinct: Distinct) -> str:
    """Mark a count that is estimated, or that there may be more of."""
    return "~" if distinct.error_ratio else "≥" if distinct.is_rounded else ""
