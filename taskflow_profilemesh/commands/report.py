"""`profilemesh report`: write what a store keeps as one HTML file for people. It reads the store and nothing else."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.commands.showing import print_json
from taskflow_profilemesh.commands.stores import opened
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from taskflow_profilemesh.tables import TableRef

_MISSING = "Install it: pip install 'taskflow-profilemesh[report]'"


def run(options: argparse.Namespace) -> int:
    """Write the file and say where it is; return 1 where the extra is missing. Raises `ProfileMeshError`."""
    try:
        import vl_convert  # noqa: F401 -- needed in the end: better missed before the work than after it

        from taskflow_profilemesh.report.file import report_file
    except ModuleNotFoundError as error:
        print(f"profilemesh: {error}. {_MISSING}", file=sys.stderr)
        return 1
    with opened(options) as store:
        tables = _chosen(store.tables(), options)
        page = report_file(store, tables, at=SystemClock().now(), told_runs=options.runs)
    try:
        options.output.write_text(page, encoding="utf-8")
    except OSError as error:
        got = f"{options.output} ({error.strerror})"
        raise InvalidOption(option="output", got=got, expected="a file that can be written") from error
    size = len(page.encode())
    if options.json:
        print_json({"output": str(options.output), "tables": len(tables), "bytes": size})
    else:
        print(f"{options.output}: {amount(len(tables), 'table')}, {size / 1e6:.1f} MB")
    return 0


def _chosen(known: Sequence[tuple[str, TableRef]], options: argparse.Namespace) -> list[tuple[str, TableRef]]:
    """Return the tables that were asked for, in the order of the store; raises `InvalidOption`."""
    own = [(source, table) for source, table in known if options.source in {None, source}]
    if not own:
        wanted = f"source {options.source}" if options.source else "any table"
        raise InvalidOption(option="store", got=f"no profile of {wanted}", expected="a store that has profiles")
    names = [str(table) for _, table in own]
    for pattern in options.table:
        if not any(_fits(name, pattern) for name in names):
            raise InvalidOption(option="table", got=pattern, expected="a table that has a profile", known=names)
    return [pair for pair in own if not options.table or any(_fits(str(pair[1]), pattern) for pattern in options.table)]


def _fits(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)
