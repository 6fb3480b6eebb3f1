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
