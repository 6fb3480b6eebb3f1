"""What a page says of one column: a line of the table of columns, and what opens below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from taskflow_profilemesh.profiling.profile import Precision
from taskflow_profilemesh.profiling.scalars import to_scalar
from taskflow_profilemesh.report import marks
from taskflow_profilemesh.report.column_drawing import ColumnDrawing, column_drawing
from taskflow_profilemesh.report.column_figures import column_figures
from taskflow_profilemesh.report.column_history import HistoryLine, history_lines
from taskflow_profilemesh.report.figures import Figure, distinct_figure, mark_of, plain, share
from taskflow_profilemesh.report.findings_view import FindingView, worst_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distribution

_QUANTILES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_ENDS: Final = ("min", *(f"p{at * 100:.0f}" for at in _QUANTILES[1:-1]), "max")
_LABEL: Final = 48
_RARE: Final = 0.01  # a most frequent value below this says little ...
_LONGEST_TOP: Final = 100  # characters: a page has thousands of values
_MANY: Final = 10  # of the fifty that a profile may hold
_FEW: Final = 3  # ... and so many of them are enough


@dataclass(frozen=True, slots=True)
class TopView:
    """A frequent value with its share of all values (0 to 1), and the baseline's, None where that is not known."""

    value: str
    count: str
    ratio: float
    was: float | None


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column, ready to be printed. What it has not is None or empty."""

    name: str
    type: str
    looks: str
    comment: str | None
    error: str | None
    nulls: str
    null_ratio: float
    distinct: Figure | None
    extent: tuple[str, str] | None  # the smallest and the largest value
    precision: str  # in words; empty: exact
    drawing: ColumnDrawing | None
    strip: Markup | None
    trend: HistoryLine | None  # in the line of the table
    history: tuple[HistoryLine, ...]
    quantiles: tuple[tuple[str, str], ...]
    quantile_note: str
    top: tuple[TopView, ...]
    top_note: str
    shapes: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    findings: tuple[FindingView, ...]
    severity: str | None


def column_view(
    column: ColumnProfile,
    *,
    baseline: ColumnProfile | None,
    past: Sequence[Mapping[str, float]],
    findings: Sequence[FindingView],
) -> ColumnView:
    """Return the view; `past`: what `history_lines` takes."""
    history = history_lines(past)
    own = tuple(item for item in findings if item.column == column.schema.name)
    distribution = column.distribution if column.distribution and column.distribution.points else None
    return ColumnView(
        name=column.schema.name,
        type=column.schema.declared_type,
        looks=_looks(column),
        comment=column.schema.comment,
        error=column.error,
        nulls=share(column.null_ratio),
        null_ratio=column.null_ratio or 0.0,
        distinct=distinct_figure(column.distinct, column.precision) if column.distinct else None,
        extent=_extent(column),
        precision=_precision(column),
        drawing=column_drawing(column, baseline, drifted=bool(own)),
        strip=marks.quantile_strip(distribution) if distribution else None,
        trend=next(iter(history), None),
        history=history,
        quantiles=_quantiles(column, distribution) if distribution else (),
        quantile_note=_rank_note(distribution),
        top=_top(column, baseline),
        top_note=_top_note(column),
        shapes=_shapes(column),
        keys=_keys(column),
        figures=column_figures(column, baseline),
        findings=own,
        severity=worst_of(own),
    )


def _looks(column: ColumnProfile) -> str:
    looks = column.looks
    return looks.semantic_type.value.replace("_", " ") if looks and looks.semantic_type else ""


def _shapes(column: ColumnProfile) -> tuple[tuple[str, str], ...]:
    return tuple((shape.form, share(shape.ratio)) for shape in column.looks.shapes) if column.looks else ()


def _keys(column: ColumnProfile) -> tuple[tuple[str, str], ...]:
    return tuple((key.key, share(key.ratio)) for key in column.json_keys.keys) if column.json_keys else ()


def _extent(column: ColumnProfile) -> tuple[str, str] | None:
    if column.minimum is None or column.maximum is None:
        return None
    return plain(column.minimum)[:_LABEL], plain(column.maximum)[:_LABEL]


def _precision(column: ColumnProfile) -> str:
    match column.precision:
        case Precision.EXACT:
            return ""
        case Precision.APPROXIMATE:
            return "estimated of every row"
    return f"a sample of {column.row_count:,} rows"


def _quantiles(column: ColumnProfile, distribution: Distribution) -> tuple[tuple[str, str], ...]:
    aware = getattr(column.minimum, "tzinfo", None) is not None
    values = (to_scalar(distribution.quantile(at), column.schema.kind, aware=aware) for at in _QUANTILES)
    return tuple(zip(_ENDS, map(plain, values), strict=True))


def _rank_note(distribution: Distribution | None) -> str:
    if distribution is None or not distribution.rank_error_ratio:
        return ""
    return f"ranks within {share(distribution.rank_error_ratio)}"


def _top(column: ColumnProfile, baseline: ColumnProfile | None) -> tuple[TopView, ...]:
    """Return the frequent values; none where no value occurs twice."""
    if column.distinct is None or not column.distinct.top or column.distinct.top[0].count <= 1:
        return ()
    before, values = _known_shares(baseline), column.value_count
    told = column.distinct.top[: _MANY if column.distinct.top[0].count >= _RARE * values else _FEW]
    return tuple(
        TopView(
            _shortened(top.value),
            plain(top.count),
            min(top.count / values, 1.0) if values else 0.0,
            before.get(top.value),
        )
        for top in told
    )


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST_TOP else value[: _LONGEST_TOP - 1] + "…"


def _known_shares(column: ColumnProfile | None) -> dict[str, float]:
    if column is None or column.distinct is None or not column.value_count:
        return {}
    return {top.value: top.count / column.value_count for top in column.distinct.top}


def _top_note(column: ColumnProfile) -> str:
    distinct = column.distinct
    if distinct is None or not distinct.top:
        return ""
    if distinct.top_error_rows:
        return f"each count may be {distinct.top_error_rows:,} rows too low"
    return "" if column.precision is not Precision.SAMPLED else f"{mark_of(column.precision)} in the sample"
