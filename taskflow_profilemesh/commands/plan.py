"""`profilemesh plan`: how each table would be read, and why; no row of any table is read for it.

What the plan needs to know, a database is asked for: its catalog, and counts where a sample, a limit or only new rows
are asked for. Whether new rows will do depends on what the store knows; it is made where there is none, as by a run.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.commands.arguments import tables_of
from taskflow_profilemesh.commands.sources import source_of
from taskflow_profilemesh.commands.words import aligned, number, size
from taskflow_profilemesh.errors import ProfileMeshError, SourceError
from taskflow_profilemesh.incremental import reading_of
from taskflow_profilemesh.profiling.table import SMALL_ROWS
from taskflow_profilemesh.storage import open_store
from taskflow_profilemesh.table_selection import expand

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from taskflow_profilemesh.reading import DatabaseSource, ReadPlan
    from taskflow_profilemesh.reading.files import FileSource
    from taskflow_profilemesh.storage import ProfileStore
    from taskflow_profilemesh.table_selection import Wanted
    from taskflow_profilemesh.tables import TableRef


def run(options: argparse.Namespace) -> int:
    """Print the plans; return 1 where a table has none, 0 otherwise. Raises `ProfileMeshError`."""
    wanted = tables_of(options)
    source = source_of(options)
    store = open_store(options.store) if options.store else None
    try:
        plans, failed = _planned(wanted, source, store)
    finally:
        source.close()
        if store is not None:
            store.close()
    if options.json:
        told = [{"table": str(table), "error": str(reason)} for table, reason in failed]
        print(json.dumps({"tables": [_document(plan) for plan in plans], "failed": told}, indent=2))
    else:
        _print(plans)
    for table, reason in failed:
        print(f"profilemesh: {table}: {reason}", file=sys.stderr)
    return 1 if failed else 0


def _planned(
    wanted: Sequence[Wanted], source: DatabaseSource | FileSource, store: ProfileStore | None
) -> tuple[list[ReadPlan], list[tuple[TableRef, ProfileMeshError]]]:
    source.check()
    requests = expand(wanted, tables=lambda unnamed: source.tables(unnamed_only=unnamed), source=source.name)
    plans: list[ReadPlan] = []
    failed: list[tuple[TableRef, ProfileMeshError]] = []
    for request, plan in zip(requests, source.plans(requests), strict=True):
        if isinstance(plan, ProfileMeshError):
            failed.append((request.table, plan))
            continue
        try:
            plans.append(_decided(plan, source, store))
        except SourceError as error:
            failed.append((request.table, error))
    return plans, failed


def _decided(plan: ReadPlan, source: DatabaseSource | FileSource, store: ProfileStore | None) -> ReadPlan:
    """Return how a table would be read in the end: of one that grows, that depends on what the store knows of it."""
    if plan.growth is None or store is None:
        return plan
    state = store.state(source.name, plan.schema.table)
    return reading_of(plan, source, state, small_rows=SMALL_ROWS).plan


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
