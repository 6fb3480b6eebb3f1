"""How a column went from run to run: a line for each of the few numbers that say most about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from taskflow_profilemesh.report.figures import duration, plain, share
from taskflow_profilemesh.report.marks import sparkline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Numbers = Mapping[str, float]  # of one column in one run, by the names of `profilemesh_results`
    Measure = Callable[[Numbers], float | None]

_ALWAYS: Final = ("distinct_count", "approx_distinct_count", "true_count", "empty_count")
METRICS: Final = (*_ALWAYS, "false_count", "mean", "length_mean", "freshness_seconds", "null_ratio")
"""What is asked of a store for the lines."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One number over the runs: what, drawn, the first and the last known value in words."""

    label: str
    drawn: Markup
    first: str
    last: str


def history_lines(past: Sequence[Numbers]) -> tuple[HistoryLine, ...]:
    """Return a line for each number that two runs know; `past` is oldest first. The column's own number comes first.

    A run in which the column was not there, or has no statistics, has no numbers of it.
    """
    whole = [numbers if numbers.keys() & set(_ALWAYS) else {} for numbers in past]
    lines = (_line(label, [measure(numbers) for numbers in whole], printed) for label, measure, printed in _MEASURES)
    return tuple(line for line in lines if line is not None)


def _line(label: str, values: list[float | None], printed: Callable[[float | None], str]) -> HistoryLine | None:
    drawn = sparkline(values)
    known = [value for value in values if value is not None]
    if drawn is None:
        return None
    return HistoryLine(label, drawn, first=printed(known[0]), last=printed(known[-1]))


def _truth(numbers: Numbers) -> float | None:
    true, false = numbers.get("true_count"), numbers.get("false_count")
    return true / (true + false) if true is not None and false is not None and true + false else None


def _distinct(numbers: Numbers) -> float | None:
    return numbers.get("distinct_count", numbers.get("approx_distinct_count"))


_MEASURES: Final[tuple[tuple[str, Measure, Callable[[float | None], str]], ...]] = (
    ("mean", lambda numbers: numbers.get("mean"), plain),
    ("mean length", lambda numbers: numbers.get("length_mean"), plain),
    ("true", _truth, share),
    ("freshness", lambda numbers: numbers.get("freshness_seconds"), duration),
    ("nulls", lambda numbers: numbers.get("null_ratio"), share),
    ("distinct", _distinct, plain),
)
