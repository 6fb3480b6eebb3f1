"""`profilemesh status`: where history lives, and what is in it. Nothing is made, migrated or written for it."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.commands.history import as_plain
from taskflow_profilemesh.commands.showing import moment, print_json, print_table
from taskflow_profilemesh.commands.stores import chosen, unopened
from taskflow_profilemesh.commands.words import number
from taskflow_profilemesh.storage.schema import STORE_VERSION

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.storage import KeptTable, RunSummary

_LAST_RUNS = 5


def run(options: argparse.Namespace) -> int:
    """Print the status and return 0. Raises `ProfileMeshError`."""
    choice = chosen(options, os.environ)
    with closing(unopened(choice)) as store:
        version = store.look()
        kept, runs = store.overview(), store.last_runs(limit=_LAST_RUNS)
        told: dict[str, Any] = {
            "store": store.name,
            "named_by": choice.named_by,
            "is_file": store.is_file,
            "schema_version": version,
            "newest_schema_version": STORE_VERSION,
            "runs_table": store.table_names.runs,
            "results_table": store.table_names.results,
            "keep_runs": choice.settings.get("keep_runs"),
            "keep_days": choice.settings.get("keep_days"),
        }
    if options.json:
        tables = [_plain(one) for one in kept]
        print_json(told | {"tables": tables, "last_runs": [as_plain(run) for run in runs]})
    else:
        _print(told, kept, runs)
    return 0


def _plain(kept: KeptTable) -> dict[str, Any]:
    times = {"first_at": kept.first_at.isoformat(), "last_at": kept.last_at.isoformat()}
    return {"source": kept.source, "table": str(kept.table), "runs": kept.runs} | times


def _print(told: dict[str, Any], kept: list[KeptTable], runs: list[RunSummary]) -> None:
    file = ", a file that only this machine sees" if told["is_file"] else ""
    print(f"History lives in {told['store']}{file}; it was named by {told['named_by']}.")
    version, newest = told["schema_version"], told["newest_schema_version"]
    behind = "" if version == newest else f"; the next run brings it to {newest}"
    print(f"Schema version {version}{behind}. Runs: {told['runs_table']}, numbers: {told['results_table']}.")
    limits = [amount(told["keep_runs"], "run")] if told["keep_runs"] else []
    limits += [f"{number(told['keep_days'])} days"] if told["keep_days"] else []
    print(f"Kept of each table: {' and '.join(limits) or 'everything'}.")
    if kept:
        print()
        rows = [(one.source, str(one.table), number(one.runs), moment(one.last_at)) for one in kept]
        print_table(("source", "table", "runs", "last (UTC)"), rows)
        print()
        last = [(moment(run.profiled_at), str(run.table), run.drift_severity or "-", run.profile_id) for run in runs]
        print_table(("last runs (UTC)", "table", "drift", "profile"), last)
