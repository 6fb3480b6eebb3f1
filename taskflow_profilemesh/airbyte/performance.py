"""How fast a connection's syncs were, and whether they become faster or slower. Pure.

Throughput is what a job committed, divided by its duration; of several jobs the median stands, which one odd night does
not move. The trend is Theil and Sen's: the median of the slopes between all pairs of jobs, over the time of their
starts, and told as the change over the whole window in parts of the median. It is told only where Kendall's test (with
ties, continuity-corrected, normal approximation) finds a direction that chance alone would rarely make: p ≤ 0.05 in
`LEAST_FOR_A_TREND` jobs or more.

Sources: H. Theil (1950); P. K. Sen (1968), "Estimates of the regression coefficient based on Kendall's tau";
M. G. Kendall (1975), "Rank Correlation Methods".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import combinations
from math import erfc, sqrt
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.airbyte.statuses import CANCELLED, FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.airbyte.models import Job

LEAST_FOR_A_TREND: Final = 8
_RARELY: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a series of numbers moves over its window.

    `change`: from its first moment to its last, in parts of the series' median (0.5: half as much again). `p_value`:
    how often chance alone makes as clear a direction.
    """

    change: float
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether chance would rarely do it."""
        return self.p_value <= _RARELY


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One number of many jobs: how many jobs have it, their median, and its trend (None: too few, or all at once)."""

    count: int
    median: float | None
    trend: Trend | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        trend = asdict(self.trend) | {"is_clear": self.trend.is_clear} if self.trend else None
        return {"count": self.count, "median": self.median, "trend": trend}


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What a connection's jobs say. Rates and durations are of those that succeeded; seconds, rows and bytes.

    `failure_ratio`: of the jobs that succeeded or failed, the share that failed; None where there is none. Those that
    were cancelled count for neither, those that still run for nothing but `jobs`.
    """

    jobs: int
    succeeded: int
    failed: int
    cancelled: int
    failure_ratio: float | None
    rows_per_second: Series
    bytes_per_second: Series
    duration_seconds: Series

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        counts = {name: getattr(self, name) for name in ("jobs", "succeeded", "failed", "cancelled", "failure_ratio")}
        series = ("rows_per_second", "bytes_per_second", "duration_seconds")
        return counts | {name: getattr(self, name).as_dict() for name in series}


def performance(jobs: Sequence[Job]) -> Performance:
    """Return what the jobs, in any order, say of their connection."""
    good = [job for job in jobs if job.has_succeeded]
    failed = sum(job.status == FAILED for job in jobs)
    judged = len(good) + failed
    return Performance(
        jobs=len(jobs),
        succeeded=len(good),
        failed=failed,
        cancelled=sum(job.status == CANCELLED for job in jobs),
        failure_ratio=failed / judged if judged else None,
        rows_per_second=_series([(job, _rate(job.rows_synced, job)) for job in good]),
        bytes_per_second=_series([(job, _rate(job.bytes_synced, job)) for job in good]),
        duration_seconds=_series([(job, job.duration_seconds) for job in good]),
    )


def trend(moments: Sequence[float], values: Sequence[float]) -> Trend | None:
    """Return how the values move over the moments; None of too few, at one moment, or around a median of 0."""
    if len(values) < LEAST_FOR_A_TREND or median(values) == 0:
        return None
    points = sorted(zip(moments, values, strict=True))
    slopes = [(later[1] - one[1]) / (later[0] - one[0]) for one, later in combinations(points, 2) if later[0] > one[0]]
    if not slopes:
        return None
    span = points[-1][0] - points[0][0]
    return Trend(change=median(slopes) * span / abs(median(values)), p_value=_kendall_p_value(points))


def _kendall_p_value(points: Sequence[tuple[float, float]]) -> float:
    """Return the two-sided p of Kendall's S; 1 where one of the two stands still."""
    score = sum(_sign(later[0] - one[0]) * _sign(later[1] - one[1]) for one, later in combinations(points, 2))
    count = len(points)
    all_of = count * (count - 1) * (2 * count + 5)
    tied = [Counter(point[side] for point in points).values() for side in (0, 1)]
    first, second = (sum(t * (t - 1) * (2 * t + 5) for t in ties) for ties in tied)
    pairs, triples = ([sum(t * (t - 1) * (t - 2) ** deep for t in ties) for ties in tied] for deep in (0, 1))
    variance = (all_of - first - second) / 18
    variance += triples[0] * triples[1] / (9 * count * (count - 1) * (count - 2))
    variance += pairs[0] * pairs[1] / (2 * count * (count - 1))
    if variance <= 0 or score == 0:
        return 1.0
    return erfc((abs(score) - 1) / sqrt(2 * variance))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _series(found: Sequence[tuple[Job, float | None]]) -> Series:
    known = [(job, value) for job, value in found if value is not None]
    dated = [(job.started_at.timestamp(), value) for job, value in known if job.started_at]
    moves = trend([moment for moment, _ in dated], [value for _, value in dated])
    return Series(count=len(known), median=median(value for _, value in known) if known else None, trend=moves)


def _rate(amount: int | None, job: Job) -> float | None:
    return amount / job.duration_seconds if amount is not None and job.duration_seconds else None
