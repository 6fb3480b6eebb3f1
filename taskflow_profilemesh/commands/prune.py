"""`profilemesh prune`: forget the runs that are kept no longer, all at once."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.commands.showing import print_json, print_table
from taskflow_profilemesh.commands.stores import chosen, opened
from taskflow_profilemesh.commands.words import number
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage import Retention

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Forget, say what went, and return 0. Raises `ProfileMeshError`."""
    retention = _retention(options)
    with opened(options) as store:
        pruned = list(store.prune(retention, now=SystemClock().now(), dry_run=options.dry_run))
    if options.json:
        print_json({"dry_run": options.dry_run, "tables": [asdict(one) | {"table": str(one.table)} for one in pruned]})
        return 0
    gone = [one for one in pruned if one.runs]
    if gone:
        heads = ("source", "table", "runs", "of", "events")
        rows = [(one.source, str(one.table), number(one.runs), number(one.of_runs), number(one.events)) for one in gone]
        print_table(heads, rows)
    verb = "would be forgotten" if options.dry_run else "forgotten"
    print(f"{amount(sum(one.runs for one in gone), 'run')} {verb}.")
    return 0


def _retention(options: argparse.Namespace) -> Retention:
    """Return what is kept: as the command says, where it says nothing as the settings do; raises `InvalidOption`."""
    said = {"keep_runs": options.keep_runs, "keep_days": options.keep_days}
    if said == {"keep_runs": None, "keep_days": None}:
        retention = Retention.of(chosen(options, os.environ).settings)
    else:
        retention = Retention.of(said)
    if not retention:
        expected = "--keep-runs or --keep-days, or a setting: storage.keep_runs, [profilemesh] keep_runs"
        raise InvalidOption(option="keep_runs", got="nothing", expected=expected)
    return retention
