"""`report_file`: every table of a store, or some, as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.report.findings_view import findings_of
from taskflow_profilemesh.report.index_view import table_line
from taskflow_profilemesh.report.pages import index_part, table_part, whole_file
from taskflow_profilemesh.report.reading import TOLD_RUNS, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from markupsafe import Markup

    from taskflow_profilemesh.report.index_view import TableLine
    from taskflow_profilemesh.report.reading import TableContents
    from taskflow_profilemesh.storage import ProfileStore
    from taskflow_profilemesh.tables import TableRef

_SENTENCES = 2  # of a table, in the index


def report_file(
    store: ProfileStore, tables: Sequence[tuple[str, TableRef]], *, at: datetime, told_runs: int | None = None
) -> str:
    """Return the page about the last run of each of these sources and tables, in their order; several get an index.

    A table without a run is left out. `at` (aware) is when the page is made. `told_runs`: how many runs the history of
    each column goes back; None is twelve.
    """
    runs = told_runs or TOLD_RUNS
    lines: list[TableLine] = []
    parts: list[Markup] = []
    for number, (source, table) in enumerate(tables, start=1):
        contents = read_table(store, source, table, told_runs=runs)
        if contents is not None:
            key = f"t{number}"
            parts.append(table_part(contents, key=key))
            lines.append(table_line(contents.runs, link=f"#{key}", sentences=_sentences(contents)))
    index = index_part(lines) if len(lines) != 1 else None
    return whole_file(index=index, parts=parts, store=store.name, at=at)


def _sentences(contents: TableContents) -> tuple[str, ...]:
    found = findings_of(contents.current.drift)
    return tuple(item.sentence for item in found if not item.muted)[:_SENTENCES]
