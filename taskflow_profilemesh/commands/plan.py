"""`profilemesh plan`: how each table would be read, and why; no row of any table is read for it.

What the plan needs to know, a database is asked for: its catalog, and counts where a sample, a limit or only new rows
are asked for. Whether new rows will do depends on what the store knows.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.commands.asked import asked_of
from taskflow_profilemesh.commands.sources import source_of
from taskflow_profilemesh.commands.stores import opened_by
from taskflow_profilemesh.commands.words import aligned, number, size
from taskflow_profilemesh.errors import SourceError, StoreMissing
from taskflow_profilemesh.incremental import reading_of
from taskflow_profilemesh.outcome import FailedTable
from taskflow_profilemesh.pipeline import planned
from taskflow_profilemesh.profiling.privacy import Privacy
from taskflow_profilemesh.profiling.table import SMALL_ROWS
from taskflow_profilemesh.storage import MemoryStore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from taskflow_profilemesh.commands.asked import Asked
    from taskflow_profilemesh.commands.stores import StoreChoice
    from taskflow_profilemesh.reading import DatabaseSource, ReadPlan
    from taskflow_profilemesh.reading.files import FileSource
    from taskflow_profilemesh.storage import ProfileStore


def run(arguments: argparse.Namespace) -> int:
    """Print the plans; return 1 where a table has none, 0 otherwise. Raises `ProfileMeshError`."""
    asked = asked_of(arguments, os.environ)
    with closing(source_of(arguments, asked)) as source:
        undecided, failed = planned(source, asked.wanted)
        plans = [*_decided(undecided, source, asked, failed)]
    if arguments.json:
        told = [{"table": str(one.table), "error": str(one.error)} for one in failed]
        print(json.dumps({"tables": [_document(plan) for plan in plans], "failed": told}, indent=2))
    else:
        _print(plans)
    for one in failed:
        print(f"profilemesh: {one.table}: {one.error}", file=sys.stderr)
    return 1 if failed and asked.options.fail_on_error else 0


def _decided(
    plans: Sequence[ReadPlan], source: DatabaseSource | FileSource, asked: Asked, failed: list[FailedTable]
) -> Iterator[ReadPlan]:
    """Yield how each table would be read in the end: of one that grows, that depends on what the store knows of it.

    Tables for which that cannot be told are added to those that failed. Without a table that grows, no store is opened.
    """
    if asked.store is None or all(plan.growth is None for plan in plans):
        yield from plans
        return
    stamp = Privacy.from_mapping(asked.options.privacy).stamp
    with closing(_known(asked.store)) as store:
        for plan in plans:
            table = plan.schema.table
            try:
                state = store.state(source.name, table) if plan.growth else None
                yield reading_of(plan, source, state, small_rows=SMALL_ROWS, privacy=stamp).plan
            except SourceError as error:
                failed.append(FailedTable(table, error))


def _known(choice: StoreChoice) -> ProfileStore:
    """Open the store; where there is none yet, nothing is known, and none is made."""
    try:
        return opened_by(choice, must_exist=True)
    except StoreMissing:
        return MemoryStore()


def _document(plan: ReadPlan) -> dict[str, Any]:
    scope = plan.scope
    return {
        "table": str(plan.schema.table),
        "kind": plan.kind.value,
        "reads": len(plan.queries),
        "estimated_rows": plan.size.rows,
        "row_count": plan.row_count,
        "estimated_bytes": plan.size.storage_bytes,
        "estimated_memory_bytes": plan.memory_bytes,
        "columns": [column.name for column in plan.schema.columns],
        "where": scope.where if scope else None,
        "partition_column": scope.partition_column if scope else None,
        "partition_values": list(scope.partition_values) if scope else [],
        "incremental": plan.growth.cursor.name if plan.growth else None,
        "why": plan.reason,
    }


def _print(plans: Sequence[ReadPlan]) -> None:
    if not plans:
        return
    rows = [("table", "kind", "reads", "rows", "size", "memory")]
    rows += [
        (
            str(plan.schema.table),
            plan.kind.value,
            number(len(plan.queries)),
            number(plan.size.rows),
            size(plan.size.storage_bytes),
            size(plan.memory_bytes),
        )
        for plan in plans
    ]
    print(aligned(rows))
    print("\nRows, size and memory are estimates from the catalog.")
    for plan in plans:
        print(f"{plan.schema.table}: {plan.reason}{_scope(plan)}")


def _scope(plan: ReadPlan) -> str:
    scope = plan.scope
    if scope is None or scope.partition_column is None:
        return ""
    return f" Only {scope.partition_column} = {', '.join(scope.partition_values) or '(none)'}."
