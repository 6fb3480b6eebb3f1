"""What a person sees of the demo: steps as they happen, then tables. Plain text where there is no terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from taskflow_profilemesh.storage import StoredProfile

_PIPED_WIDTH = 110  # characters, where there is no terminal to ask
_SEVERITY_STYLES = {"low": "cyan", "medium": "yellow", "high": "bold red"}


class Step:
    """One step under way."""

    def __init__(self, console: Console) -> None:
        """Show what is said on this console."""
        self._console = console
        self.said = ""

    def line(self, text: str) -> None:
        """Show a line of what is going on inside the step."""
        self._console.print(f"    {text}", style="dim", markup=False, soft_wrap=True)

    def result(self, text: str) -> None:
        """Say what came of the step; shown when it ends."""
        self.said = text


class Screen:
    """A terminal, or whatever standard output is."""

    def __init__(self) -> None:
        """Take whatever standard output is; the demo starts now."""
        self._console = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH)
        self._started = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show a step while it lasts, and afterwards how long it took."""
        step, started = Step(self._console), time.monotonic()
        self._console.print(f"[bold]●[/] {title} …")
        with self._console.status("[dim]working[/]"):
            yield step
        took = f"{time.monotonic() - started:.1f} s"
        self._console.print(f"    [green]✓[/] {step.said + ', ' if step.said else ''}{took}")

    def bullets(self, lines: Sequence[str]) -> None:
        """Show some facts, one a line."""
        for line in lines:
            self._console.print(f"    - {line}", markup=False)

    def profiles(self, stored: Sequence[StoredProfile]) -> None:
        """Show what was profiled, a table a line."""
        table = Table("table", title="Stored profiles", title_justify="left")
        for heading in ("rows", "columns", "null values", "most distinct column", "profiled in"):
            table.add_column(heading, justify="right")
        for one in stored:
            table.add_row(
                str(one.table),
                f"{one.profile.row_count:,}",
                str(len(one.profile.columns)),
                f"{_null_share(one):.1%}",
                _most_distinct(one),
                f"{one.duration_seconds or 0:.1f} s",
            )
        self._console.print(table)

    def drift(self, stored: Sequence[StoredProfile]) -> None:
        """Show what drifted, the worst first: a finding or a schema change a line."""
        table = Table(title="What drifted since the first run", title_justify="left")
        for heading, width in (("severity", 8), ("where", 20), ("what changed", 30), ("by how much", 24)):
            table.add_column(heading, min_width=width, overflow="fold")
        lines = [(one, change) for one in stored for change in _changes(one.drift)]
        for one, change in sorted(lines, key=lambda line: -list(_SEVERITY_STYLES).index(line[1]["severity"])):
            severity = change["severity"]
            where = f"{one.table}.{change['column']}" if change["column"] else str(one.table)
            table.add_row(f"[{_SEVERITY_STYLES[severity]}]{severity}[/]", where, change["sentence"], _amounts(change))
        self._console.print(table)
        quiet = ", ".join(str(one.table) for one in stored if not one.drift.get("detected"))
        if quiet:
            self._console.print(f"    No drift in {quiet}.")

    def farewell(self, results: Path, look: str | None, *, postgres: bool) -> None:
        """Say where everything is and what to try next; `look` opens the synced tables, None: they are gone."""
        self._console.print(f"\n[bold]Done in {time.monotonic() - self._started:.0f} s.[/]", end=" ")
        self._console.print(f"Results are in {results}:", markup=False, soft_wrap=True)
        self._pairs(_results(look, postgres=postgres), 14)
        self._console.print("\nNext:")
        self._pairs(_next(postgres=postgres), 42)

    def _pairs(self, pairs: Sequence[tuple[str, str]], width: int) -> None:
        """Show pairs one a line, the second from the column `width` on; nothing is wrapped, so it can be copied."""
        for name, meaning in pairs:
            self._console.print(f"    {name:<{width}}{meaning}", markup=False, soft_wrap=True)


def _results(look: str | None, *, postgres: bool) -> list[tuple[str, str]]:
    """Return what the demo leaves behind, with what it is: what a newcomer should look at first."""
    synced = ("PostgreSQL" if postgres else "warehouse.db", f"the synced tables: {look}")
    return [
        ("report.html", "all of this as a page: open it in a browser"),
        *([synced] if look else []),
        ("profiles.db", "the store: select column_name, metric, numeric_value from profilemesh_results"),
        ("airflow.log", "what Airflow logged"),
        ("airbyte.log", "what the mock Airbyte logged"),
    ]


def _next(*, postgres: bool) -> list[tuple[str, str]]:
    """Return commands to try, with what they do."""
    again = (
        ("make demo", "the same into a SQLite file")
        if postgres
        else ("make demo POSTGRES=1", "the same into PostgreSQL")
    )
    return [
        again,
        ("less example_dags/sync_then_profile.py", "the DAG that ran"),
        ("less mock_airbyte/README.md", "the mock in your own tests"),
    ]


def _null_share(stored: StoredProfile) -> float:
    cells = sum(column.row_count for column in stored.profile.columns)
    return sum(column.null_count for column in stored.profile.columns) / cells if cells else 0.0


def _most_distinct(stored: StoredProfile) -> str:
    counted = [(column.distinct.count, column) for column in stored.profile.columns if column.distinct]
    if not counted:
        return ""
    count, column = max(counted, key=lambda pair: pair[0])
    sign = "≈ " if column.distinct and column.distinct.error_ratio else ""
    return f"{column.schema.name} ({sign}{count:,})"


def _changes(drift: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*drift.get("schema_changes", ()), *drift.get("findings", ())]


def _amounts(change: Mapping[str, Any]) -> str:
    """Return what was before and what is now: names or types of a schema change, counts or shares of a finding."""
    keys = ("before", "after") if "kind" in change else ("baseline_value", "current_value")
    return " → ".join(_amount(change[key]) for key in keys)


def _amount(value: float | str | None) -> str:
    match value:
        case None:
            return "none"
        case str():
            return value
        case int():
            return f"{value:,}"
    return f"{value:.1%}"
