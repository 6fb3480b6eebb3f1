"""What two runs of a table of dates can both know: the rows up to the last date that the earlier one saw.

A column of dates goes on: each run adds later ones, and old ones are deleted some day. What lies between the first date
of the current run and the last one of the baseline is there in both, and stays as it is, however much was added after
it or deleted before it. At both ends a date may have been there in part (a day that was not over, or that is deleted by
the hour), so that more rows of the baseline's last date are no news, and fewer of the current first one are none.

Where the baseline holds dates of its own future (appointments, "valid until 9999") its last date is the moment at which
it was made, unless most of its dates lie beyond.

Rows that are updated move from the past to the end, and late ones come into the past. Then the past is another one by
its nature: it is `settled` where not more than a twentieth of its rows can have gone or come that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from taskflow_profilemesh.profiling.profile import Distribution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STIRRED: Final = 0.05
_MOST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Rows:
    """A distribution as rows at its points; `step`: the share (0 to 1) that may lie between two of them."""

    distribution: Distribution
    count: float  # of the whole table
    step: float = 0.0

    @property
    def points(self) -> Floats:
        """Where rows lie, ascending."""
        return np.asarray(self.distribution.points, dtype=float)

    @property
    def weights(self) -> Floats:
        """How many rows lie at each point."""
        return np.diff(np.asarray(self.distribution.cumulative_ratio, dtype=float), prepend=0.0) * self.count


@dataclass(frozen=True, slots=True)
class CommonPast:
    """Both distributions of it, and which share (0 to 1) of each side's values it is."""

    before: Distribution
    after: Distribution
    before_share: float
    after_share: float
    settled: bool

    @classmethod
    def of(cls, before: Rows, after: Rows, *, seen_at: float | None) -> CommonPast | None:
        """Return it; None where one side holds nothing of it. `seen_at`: when the baseline was made, if known."""
        first, last = after.distribution.points[0], _last(before.distribution, seen_at)
        olds, news = before.points, after.points
        old = np.where((olds >= first) & (olds <= last), before.weights, 0.0)
        new = np.where(news <= last, after.weights, 0.0)
        old, new = _cut_alike(olds, old, news, new, at=first), _cut_alike(news, new, olds, old, at=olds[-1])
        held, holds = float(old.sum()), float(new.sum())
        if not held or not holds:
            return None
        later = after.count - holds
        return cls(
            before=_distribution(before, old),
            after=_distribution(after, new),
            before_share=held / before.count,
            after_share=holds / after.count,
            settled=min(abs(held - holds), later) <= _STIRRED * held,
        )


def _last(baseline: Distribution, seen_at: float | None) -> float:
    last = baseline.points[-1]
    if seen_at is None or last <= seen_at or baseline.share_at_most(seen_at) < _MOST:
        return last
    return seen_at


def _cut_alike(places: Floats, rows: Floats, others: Floats, other_rows: Floats, *, at: float) -> Floats:
    """Return the rows, but at this point not more of them than the other side has there, if it has any."""
    there = float(other_rows[others == at].sum())
    return np.where(places == at, np.minimum(rows, there), rows) if there else rows


def _distribution(side: Rows, rows: Floats) -> Distribution:
    kept, total = rows > 0, float(rows.sum())
    shares = np.minimum(np.cumsum(rows[kept]) / total, 1.0)
    bound = (side.distribution.rank_error_ratio + side.step) * side.count / total
    return Distribution(tuple(side.points[kept].tolist()), tuple(shares.tolist()), bound)
