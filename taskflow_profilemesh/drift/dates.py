"""Whether a column of dates or moments has changed in what does not go on with the calendar.

Two things do not. No run adds dates that are earlier than all before: `earlier_ratio` is their share, which is what a
default such as 1970-01-01 looks like. And the dates that were there already stay where they are: `psi`, `ks` and
`wasserstein` compare both runs up to the last date of the baseline (`common_past.py`). A column has one finding, and
earlier dates are told first.

The floor of `earlier_ratio`: n values of one source all miss the lowest share s of it with a probability of (1 - s)^n,
so that s exceeds 1 - alpha^(1/n) with a probability of alpha.

`check: always` judges a column of dates as one of numbers: as it lies, with all that was added.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from taskflow_profilemesh.drift.common_past import CommonPast, Rows
from taskflow_profilemesh.drift.distances import Steps
from taskflow_profilemesh.drift.distributions import DATES
from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.freshness import in_words
from taskflow_profilemesh.drift.laid_over import Pair, Told
from taskflow_profilemesh.drift.wasserstein import wasserstein
from taskflow_profilemesh.profiling.cumulative import MOST_POINTS
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distribution

EARLIER: Final = "earlier_ratio"

_SECONDS: Final = {Kind.DATE: 86_400.0, Kind.DATETIME: 1e-6}  # in a point's unit


def compare_dates(
    old: ColumnProfile, new: ColumnProfile, thresholds: Thresholds, *, always: bool = False
) -> tuple[list[Distance], Finding | None]:
    """Return the distances and what is remarkable about them; nothing where a side is no date, or of another unit."""
    whole = Pair.of(old.distribution, new.distribution, n=old.value_count, m=new.value_count)
    if whole is None or old.schema.kind is not new.schema.kind or new.schema.kind not in DATES:
        return [], None
    enough = whole.smaller >= thresholds.minimum_rows
    earlier = _earlier(whole, thresholds, column=new.schema.name, judged=enough)
    past = None if always else _common_past(old, new, whole)
    pair = whole if past is None else _pair(past, whole)
    judged = always or (past is not None and past.settled and pair.smaller >= thresholds.minimum_rows)
    note = partial(_note, pair, new.schema.kind, past)
    distances, moved = Told(new.schema.name, "", thresholds, pair, judged and enough, note).tell(
        _deviation(pair.before)
    )
    return [earlier, *distances], _finding(earlier, thresholds) if earlier.exceeded else moved


def _earlier(pair: Pair, thresholds: Thresholds, *, column: str, judged: bool) -> Distance:
    before_it = math.nextafter(pair.before.points[0], -math.inf)
    return Distance(
        metric=EARLIER,
        column=column,
        value=pair.after.share_at_most(before_it),
        threshold=thresholds.earlier_warn,
        noise_floor=-math.expm1(math.log(thresholds.alpha) / pair.n) + pair.after.rank_error_ratio,
        judged=judged,
    )


def _finding(earlier: Distance, thresholds: Thresholds) -> Finding:
    return Finding(
        metric=EARLIER,
        column=earlier.column,
        baseline_value=0.0,
        current_value=earlier.value,
        distance=earlier.value,
        threshold=earlier.threshold,
        severity=Severity.HIGH if earlier.value >= thresholds.earlier_fail else Severity.MEDIUM,
        sentence=f"{earlier.value:.1%} of the values of {earlier.column} lie before the first one that it had.",
    )


def _common_past(old: ColumnProfile, new: ColumnProfile, pair: Pair) -> CommonPast | None:
    before, after = (
        Rows(side, _rows(column), _step(column)) for side, column in ((pair.before, old), (pair.after, new))
    )
    return CommonPast.of(before, after, seen_at=_seen_at(old))


def _pair(past: CommonPast, whole: Pair) -> Pair:
    n, m = max(round(whole.n * past.before_share), 1), max(round(whole.m * past.after_share), 1)
    return Pair.of(past.before, past.after, n=n, m=m) or whole


def _rows(column: ColumnProfile) -> float:
    """Return how many values the table has: those of a sample may be some of them."""
    counted = column.counted
    return float(column.value_count if counted is None else counted.row_count - counted.null_count)


def _step(column: ColumnProfile) -> float:
    distribution, distinct = column.distribution, column.distinct
    is_whole = distribution is not None and distinct is not None and distinct.count <= len(distribution.points)
    return 0.0 if is_whole else 1 / (MOST_POINTS - 1)


def _seen_at(column: ColumnProfile) -> float | None:
    """Return when the column was profiled, in its own unit since 1970."""
    at = column.time_span.at if column.time_span else None
    return None if at is None else at.timestamp() / _SECONDS[column.schema.kind]


def _note(pair: Pair, kind: Kind, past: CommonPast | None) -> str:
    moved = in_words(wasserstein(Steps.of(pair.before, pair.after)) * _SECONDS[kind])
    held = "" if past is None else ", those after the baseline's last one left out"
    return f"; on average they moved by {moved}{held}"


def _deviation(distribution: Distribution) -> float | None:
    """Return the standard deviation, as far as the points tell it; None of dates that are too far apart."""
    spread = distribution.points[-1] - distribution.points[0]
    if not spread or not math.isfinite(spread):
        return None
    places = (np.asarray(distribution.points) - distribution.points[0]) / spread
    weights = np.diff(np.asarray(distribution.cumulative_ratio), prepend=0.0)
    mean = float(np.average(places, weights=weights))
    return spread * math.sqrt(float(np.average((places - mean) ** 2, weights=weights)))
