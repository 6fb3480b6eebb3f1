"""What a person sees of the demo: steps as they happen, then tables. Plain text where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from taskflow_profilemesh.storage import StoredProfile

_SEVERITY_STYLES = {"low": "cyan", "medium": "yellow", "high": "bold red"}


class Step:
    """One step under way."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.said = ""

    def line(self, text: str) -> None:
        """Show a line of what is going on inside the step."""
        self._console.print(f"    {text}", style="dim", highlight=False)

    def result(self, text: str) -> None:
        """Say what came of the step; shown when it ends."""
        self.said = text


class Screen:
    """A terminal, or whatever standard output is."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
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
            self._console.print(f"    – {line}")

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
        for heading in ("severity", "table", "column", "what changed", "measure", "before", "now"):
            table.add_column(heading, overflow="fold")
        lines = [(one, change) for one in stored for change in _changes(one.drift)]
        for one, change in sorted(lines, key=lambda line: -list(_SEVERITY_STYLES).index(line[1]["severity"])):
            severity = change["severity"]
            table.add_row(f"[{_SEVERITY_STYLES[severity]}]{severity}[/]", str(one.table), *_cells(change))
        self._console.print(table)
        quiet = ", ".join(str(one.table) for one in stored if not one.drift.get("detected"))
        if quiet:
            self._console.print(f"    No drift in {quiet}.")

    def farewell(self, results: Path, look: str, *, postgres: bool) -> None:
        """Say where everything is and what to try next."""
        self._console.print(f"\n[bold]Done in {time.monotonic() - self._started:.0f} s.[/] Results are in {results}:")
        rows = [
            ("profiles.db", "the store: select table_name, column_name, metric, value from profilemesh_results"),
            ("airflow.log", "what Airflow logged"),
            ("airbyte.log", "what the mock Airbyte logged"),
        ]
        if not postgres:
            rows.insert(0, ("warehouse.db", f"the synced tables: {look}"))
        for name, meaning in rows:
            self._console.print(f"    {name:<14}{meaning}")
        self._console.print("\nNext:")
        other = "make demo" if postgres else "make demo POSTGRES=1"
        kind = "a SQLite file" if postgres else "PostgreSQL"
        for command, meaning in (
            (other, f"the same into {kind}"),
            ("less example_dags/sync_then_profile.py", "the DAG that ran"),
            ("less mock_airbyte/README.md", "the mock in your own tests"),
        ):
            self._console.print(f"    {command:<42}{meaning}")


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


def _cells(change: Mapping[str, Any]) -> tuple[str, ...]:
    column = change["column"] or "(table)"
    if "kind" in change:
        return column, change["sentence"], "schema", change["before"] or "–", change["after"] or "–"
    distance = "" if change["distance"] is None else f" {change['distance']:.2f}"
    before, now = (_amount(change[key]) for key in ("baseline_value", "current_value"))
    return column, change["sentence"], change["metric"] + distance, before, now


def _amount(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.1%}"
