"""What is drawn of one column: how its values are distributed, or how long its texts are, over the baseline's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from taskflow_profilemesh.report import charts, marks
from taskflow_profilemesh.report.overlay import overlay

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distribution
    from taskflow_profilemesh.report.overlay import Overlay

_TELLING: Final = 0.25  # of the values: what the frequent ones must hold to be drawn instead of lengths


@dataclass(frozen=True, slots=True)
class ColumnDrawing:
    """A distribution, ready to be printed."""

    title: str
    histogram: Markup  # over the baseline's
    small: Markup | None  # for the line of the table; None: the most frequent values say more
    chart: tuple[str, str] | None  # kind and data; None: out of any calendar
    has_baseline: bool


def column_drawing(column: ColumnProfile, baseline: ColumnProfile | None, *, drifted: bool) -> ColumnDrawing | None:
    """Return the drawing, None where there is nothing to draw; `drifted`: whether something was found in the column."""
    now, title = _drawn_from(column)
    was = _drawn_from(baseline)[0] if baseline and baseline.schema.kind is column.schema.kind else None
    drawn = overlay(now, was)
    if drawn is None:
        return None
    return ColumnDrawing(
        title=title,
        histogram=marks.histogram(drawn),
        small=_small(column, drawn, drifted=drifted),
        chart=charts.histogram_data(drawn, column.schema.kind) if column.distribution else charts.plain_data(drawn),
        has_baseline=bool(drawn.baseline),
    )


def _drawn_from(column: ColumnProfile) -> tuple[Distribution | None, str]:
    if column.distribution is not None:
        return column.distribution, "Distribution"
    return (column.lengths.distribution if column.lengths else None), "Lengths"


def _small(column: ColumnProfile, drawn: Overlay, *, drifted: bool) -> Markup | None:
    """Draw the baseline too only where something drifted: the lines that matter stand out."""
    if column.distribution is None and _frequent_share(column) >= _TELLING:
        return None
    return marks.histogram(drawn if drifted else replace(drawn, baseline=()))


def _frequent_share(column: ColumnProfile) -> float:
    if column.distinct is None or not column.value_count:
        return 0.0
    return sum(top.count for top in column.distinct.top) / column.value_count
