"""Numbers of a run that are unlike those of the runs before: what no comparison with a single baseline sees.

A number is an anomaly where its robust z-score |x - median| / (1.4826 · MAD) is at least 3.5 (Iglewicz and Hoaglin,
1993) over at least seven runs, and its effect is large enough to matter. The runs are those of the same weekday and
hour, where there are seven of them, else the last ones. Where all earlier numbers are (nearly) equal, the MAD is taken
for no less than a thousandth of the median or, for a share, half a percentage point.

Until seven runs are known nothing is said (warm-up).
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Number = tuple[str | None, str]  # column (None: the table) and metric

WARM_UP: Final = 7
MOST_RUNS: Final = 28
REMARKABLE: Final = 3.5
_SEVERE: Final = 7.0
_CONSISTENT: Final = 1.4826  # times MAD is the standard deviation of a normal distribution
_LEAST_SHARE: Final = 0.005
_LEAST_RELATIVE: Final = 0.001


@dataclass(frozen=True, slots=True)
class _Watched:
    """How a metric is watched: the least effect that matters, relative to the median, and the words for it."""

    effect: float
    is_share: bool
    words: str


WATCHED: Final[Mapping[str, _Watched]] = {
    "row_count": _Watched(0.1, is_share=False, words="The number of rows"),
    "null_ratio": _Watched(0.02, is_share=True, words="The share of nulls in {}"),
    "mean": _Watched(0.1, is_share=False, words="The mean of {}"),
    "std": _Watched(0.25, is_share=False, words="The standard deviation of {}"),
    "length_mean": _Watched(0.1, is_share=False, words="The mean length of {}"),
    "freshness_seconds": _Watched(0.5, is_share=False, words="The age of the last {} in seconds"),
}


def anomalies(
    current: Mapping[Number, float], history: Mapping[Number, Sequence[float]], *, run_ids: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return what is unlike the history of the same numbers; `run_ids` are the runs that the history is of."""
    found = (_anomaly(number, value, history.get(number, ()), run_ids) for number, value in current.items())
    return tuple(finding for finding in found if finding)


def row_band(counts: Sequence[float]) -> tuple[float, float] | None:
    """Return the numbers of rows that are usual, from and to; None during the warm-up."""
    if len(counts) < WARM_UP:
        return None
    middle, spread = _center(counts, is_share=False)
    margin = max(REMARKABLE * spread, WATCHED["row_count"].effect * abs(middle))
    return max(middle - margin, 0.0), middle + margin


def _anomaly(number: Number, value: float, past: Sequence[float], run_ids: Sequence[str]) -> Finding | None:
    column, metric = number
    watched = WATCHED.get(metric)
    if watched is None or len(past) < WARM_UP:
        return None
    middle, spread = _center(past, is_share=watched.is_share)
    effect = abs(value - middle) / (1.0 if watched.is_share else abs(middle) or 1.0)
    score = abs(value - middle) / spread if spread else 0.0
    if score < REMARKABLE or effect < watched.effect:
        return None
    name = watched.words.format(column)
    return Finding(
        metric=f"anomaly_{metric}",
        column=column,
        baseline_value=middle,
        current_value=value,
        distance=score,
        threshold=REMARKABLE,
        severity=Severity.HIGH if score >= 2 * _SEVERE and metric == "row_count" else Severity.MEDIUM,
        sentence=f"{name} is {value:,.6g}; in the {len(past)} runs before it was about {middle:,.6g} "
        f"(robust z-score {min(score, 999.0):.1f}).",
        baseline_run_ids=tuple(run_ids),
    )


def _center(past: Sequence[float], *, is_share: bool) -> tuple[float, float]:
    """Return the median, and the standard deviation that the MAD tells."""
    middle = statistics.median(past)
    mad = statistics.median([abs(value - middle) for value in past])
    return middle, _CONSISTENT * max(mad, _LEAST_SHARE if is_share else _LEAST_RELATIVE * abs(middle))
