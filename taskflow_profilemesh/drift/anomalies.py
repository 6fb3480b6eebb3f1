"""Numbers of a run that are unlike those of the runs before: what no comparison with a single baseline sees.

A number is an anomaly where its robust z-score |x - median| / (1.4826 · MAD) is at least 3.5 (Iglewicz and Hoaglin,
1993) over at least seven runs, its effect is large enough to matter, and chance alone would not bring it so far
(`history_floors.py`). The runs are those of the same weekday and hour, where there are seven of them, else the last
ones. Where all earlier numbers are (nearly) equal, the MAD is taken for no less than a thousandth of the median or, for
a share, half a percentage point.

The MAD of a few runs is itself a guess, often far too small: of seven normal numbers the eighth has a score above 3.5
in 7 % of all cases. So k runs' spread is widened by 1 + 90/k², with which that is under 0.6 % from seven runs to 28
(found by simulation, which a test repeats). Until seven runs are known nothing is said (warm-up).

Means and deviations of columns that move by their nature (keys, counters, clocks) go on with every row and are no
anomaly; nor is data that is fresher than usual.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.amounts import in_figures
from taskflow_profilemesh.drift.by_nature import moves_by_nature
from taskflow_profilemesh.drift.findings import Finding, Severity
from taskflow_profilemesh.drift.freshness import in_words
from taskflow_profilemesh.drift.history_floors import column_floor, row_floor
from taskflow_profilemesh.drift.rules import Check
from taskflow_profilemesh.profiling.profile import ColumnProfile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.drift.rules import Rules
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import TableProfile

Number = tuple[str | None, str]  # column (None: the table) and metric

WARM_UP: Final = 7
MOST_RUNS: Final = 28
REMARKABLE: Final = 3.5
_SEVERE: Final = 7.0
_CONSISTENT: Final = 1.4826  # times MAD is the standard deviation of a normal distribution
_FEW_RUNS: Final = 90.0  # k runs: the spread is widened by 1 + 90/k²
_LEAST_SHARE: Final = 0.005
_LEAST_RELATIVE: Final = 0.001
_LEAST_SECONDS: Final = 900.0  # by which data is older than usual: what is less is how jobs run


@dataclass(frozen=True, slots=True)
class _Watched:
    """How a metric is watched: the least effect that matters, relative to the median, and the words for it."""

    effect: float
    is_share: bool
    words: str
    said: Callable[[float], str] = in_figures


WATCHED: Final[Mapping[str, _Watched]] = {
    "row_count": _Watched(0.1, is_share=False, words="The number of rows", said="{:,.0f}".format),
    "null_ratio": _Watched(0.02, is_share=True, words="The share of nulls in {}", said="{:.1%}".format),
    "mean": _Watched(0.1, is_share=False, words="The mean of {}"),
    "std": _Watched(0.25, is_share=False, words="The standard deviation of {}"),
    "length_mean": _Watched(0.1, is_share=False, words="The mean length of {}"),
    "freshness_seconds": _Watched(0.5, is_share=False, words="The age of the last {}", said=in_words),
}


def anomalies(
    profile: TableProfile,
    current: Mapping[Number, float],
    history: Mapping[Number, Sequence[float]],
    rules: Rules,
    *,
    run_ids: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Return what is unlike the history; `current` are the profile's numbers, `run_ids` the runs of the history."""
    found: list[Finding] = []
    for (name, metric), value in current.items():
        past = history.get((name, metric), ())
        if metric not in WATCHED or len(past) < WARM_UP:
            continue
        column = profile.column(name) if name is not None else None
        thresholds = rules.thresholds if column is None else _judged_by(rules, profile, column, metric)
        if thresholds is not None:
            found += _anomaly(_Case(name, metric, value, tuple(past), column), thresholds, run_ids)
    return tuple(found)


def row_band(counts: Sequence[float]) -> tuple[float, float] | None:
    """Return the numbers of rows that are usual, from and to; None during the warm-up."""
    if len(counts) < WARM_UP:
        return None
    middle, spread = _center(counts, is_share=False)
    margin = max(REMARKABLE * spread, WATCHED["row_count"].effect * abs(middle))
    return max(middle - margin, 0.0), middle + margin


@dataclass(frozen=True, slots=True)
class _Case:
    """A number with its history; `column` is None for the table."""

    name: str | None
    metric: str
    value: float
    past: tuple[float, ...]
    column: ColumnProfile | None


def _judged_by(rules: Rules, profile: TableProfile, column: ColumnProfile, metric: str) -> Thresholds | None:
    """Return the thresholds of a column's metric; None where it is not judged."""
    judged = rules.column(column.schema.name, column.schema.kind, {})
    is_key = column.schema.name in profile.schema.primary_key
    of_numbers = metric in {"mean", "std"} and (is_key or moves_by_nature(column, column))
    moves = of_numbers or (is_key and metric == "length_mean")
    if judged.check is Check.NEVER or (moves and judged.check is not Check.ALWAYS):
        return None
    return judged.thresholds


def _anomaly(case: _Case, thresholds: Thresholds, run_ids: Sequence[str]) -> list[Finding]:
    """Return the finding, or none."""
    watched = WATCHED[case.metric]
    middle, spread = _center(case.past, is_share=watched.is_share)
    change = case.value - middle
    if case.metric == "freshness_seconds" and change < 0:
        return []
    score = abs(change) / spread if spread else 0.0
    if score < REMARKABLE or abs(change) < max(_least(case, middle), _floor(case, middle, thresholds.alpha)):
        return []
    name = watched.words.format(case.name)
    sentence = (
        f"{name} is {watched.said(case.value)}; in the {len(case.past)} runs before it was about "
        f"{watched.said(middle)} (robust z-score {min(score, 999.0):.1f})."
    )
    return [
        Finding(
            metric=f"anomaly_{case.metric}",
            column=case.name,
            baseline_value=middle,
            current_value=case.value,
            distance=score,
            threshold=REMARKABLE,
            severity=_severity(case, score, middle, thresholds),
            sentence=sentence,
            baseline_run_ids=tuple(run_ids),
        )
    ]


def _least(case: _Case, middle: float) -> float:
    """Return the least change that matters, in the metric's own unit.

    Of a mean it is a share of the standard deviation where that is larger: around 0 any change is many times the mean.
    """
    watched, size = WATCHED[case.metric], abs(middle)
    numbers = case.column.numbers if case.column else None
    match case.metric:
        case "mean" if numbers and numbers.std is not None:
            size = max(size, numbers.std)
        case "freshness_seconds":
            return max(watched.effect * size, _LEAST_SECONDS)
        case "null_ratio":
            return watched.effect
    return watched.effect * (size or 1.0)


def _floor(case: _Case, middle: float, alpha: float) -> float:
    if case.column is None:
        return row_floor(case.value, middle, alpha=alpha)
    return column_floor(case.column, case.metric, case.value, middle, alpha=alpha)


def _severity(case: _Case, score: float, middle: float, thresholds: Thresholds) -> Severity:
    """Return high for a number of rows that is far off its history, and further than a comparison would let pass."""
    if case.metric != "row_count" or score < 2 * _SEVERE:
        return Severity.MEDIUM
    limit = thresholds.rows_gained_warn if case.value > middle else thresholds.rows_lost_warn
    return Severity.HIGH if abs(case.value - middle) >= limit * middle else Severity.MEDIUM


def _center(past: Sequence[float], *, is_share: bool) -> tuple[float, float]:
    """Return the median, and the standard deviation that the MAD tells, widened where the runs are few."""
    middle = statistics.median(past)
    mad = statistics.median([abs(value - middle) for value in past])
    least = _LEAST_SHARE if is_share else _LEAST_RELATIVE * abs(middle)
    return middle, _CONSISTENT * max(mad * (1 + _FEW_RUNS / len(past) ** 2), least)
