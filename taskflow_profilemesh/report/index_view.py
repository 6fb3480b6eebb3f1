"""The list of tables in front of their pages: which there are, and what changed in which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from taskflow_profilemesh.report.figures import moment, plain
from taskflow_profilemesh.report.findings_view import RANKS
from taskflow_profilemesh.report.marks import sparkline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.storage import RunSummary


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table's line: `link` leads to its page; `trend` draws its rows over the runs, `sentences` say what changed."""

    link: str
    name: str
    source: str
    rows: str
    columns: str
    at: str
    runs: str
    trend: Markup | None
    severity: str | None
    changes: int
    sentences: tuple[str, ...] = ()


def table_line(runs: Sequence[RunSummary], *, link: str, sentences: tuple[str, ...] = ()) -> TableLine:
    """Return the line of a table with these runs (at least one, newest first)."""
    last = runs[0]
    return TableLine(
        link=link,
        name=str(last.table),
        source=last.source,
        rows=plain(last.row_count),
        columns=plain(last.column_count),
        at=moment(last.profiled_at),
        runs=plain(len(runs)),
        trend=sparkline([run.row_count for run in reversed(runs)]),
        severity=last.drift_severity,
        changes=last.finding_count,
        sentences=sentences,
    )


def worst_first(lines: Sequence[TableLine]) -> list[TableLine]:
    """Return the lines in which something changed, the worst first, in the given order otherwise."""
    changed = [line for line in lines if line.changes]
    return sorted(changed, key=lambda line: -RANKS.get(line.severity or "", -1))
