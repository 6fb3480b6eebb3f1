"""What was measured, as values, and as the Markdown that is printed of it. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of one step took: seconds, and MB above the bare interpreter."""

    wall: float
    client: float
    server: float
    peak_mb: float

    @property
    def cpu(self) -> float:
        """Client and server together."""
        return self.client + self.server


HEADER = ("", "wall s", "client CPU s", "server CPU s", "CPU s", "peak MB")


def middle(runs: Sequence[Cost]) -> Cost:
    """Return the medians of at least one run, each figure by itself."""
    return Cost(*(statistics.median(getattr(run, one.name) for run in runs) for one in fields(Cost)))


def middles(runs: Mapping[str, Sequence[Cost]]) -> dict[str, Cost]:
    """Return the medians by name; what never ran is left out."""
    return {name: middle(costs) for name, costs in runs.items() if costs}


def cells(cost: Cost) -> tuple[str, ...]:
    """Return the figures of a row below `HEADER`."""
    seconds = (cost.wall, cost.client, cost.server, cost.cpu)
    return (*(f"{one:.2f}" for one in seconds), f"{cost.peak_mb:.0f}")


def cost_table(costs: Mapping[str, Cost]) -> Iterator[str]:
    """Yield a Markdown table of all figures, a row for each name."""
    return table(HEADER, ((name, *cells(cost)) for name, cost in costs.items()))


def per_table(costs: Mapping[str, Cost], tables: int) -> Iterator[str]:
    """Yield a Markdown table of milliseconds for each of so many tables."""
    header = ("ms per table", "wall", "client CPU", "server CPU", "CPU")
    rows = (
        (name, *(f"{one / tables * 1000:.1f}" for one in (cost.wall, cost.client, cost.server, cost.cpu)))
        for name, cost in costs.items()
    )
    return table(header, rows)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table, figures to the right."""
    yield _row(header)
    yield _row(["---", *["---:"] * (len(header) - 1)])
    yield from map(_row, rows)


def at_most(what: str, figure: float, bar: float, *, unit: str = "", digits: int = 2) -> str:
    """Return a line that says whether the figure keeps to its bar."""
    verdict = "kept" if figure <= bar else "missed"
    return f"- {what}: **{figure:.{digits}f}{unit}** (at most {bar:g}{unit}: {verdict})"


def ratio(
    costs: Mapping[str, Cost], one: str, other: str, bar: float, *, of: Callable[[Cost], float], what: str
) -> Iterator[str]:
    """Yield a line about one cost over another, or nothing where either was not measured."""
    if one in costs and other in costs:
        yield at_most(f"{one} / {other}, {what}", of(costs[one]) / of(costs[other]), bar)


def _row(row: Sequence[str]) -> str:
    return f"| {' | '.join(row)} |"
