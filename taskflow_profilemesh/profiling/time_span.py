"""Where a date or datetime column lies in time: its range, how fresh it is, how much of it lies in the future.

Read from the merged distribution for a moment that is passed in, so that states of different days merge: freshness and
range are exact, the future count is as exact as the distribution (off by the rank sketch's bound at most, and exact
where nothing or everything lies in the future).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from taskflow_profilemesh.profiling.profile import TimeSpan
from taskflow_profilemesh.profiling.scalars import to_scalar
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.cumulative import Cumulative

_UNITS: Final = {Kind.DATE: timedelta(days=1), Kind.DATETIME: timedelta(microseconds=1)}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def time_span(cumulative: Cumulative, kind: Kind, *, now: datetime | None) -> TimeSpan | None:
    """Return the range of a date or datetime column and, where `now` (aware) is known, how it lies to it.

    None for other kinds. A date lies in the future when its day has not begun in UTC.
    """
    unit = _UNITS.get(kind)
    if unit is None:
        return None
    first, last = cumulative.points[0].item(), cumulative.points[-1].item()
    known = not any(isinstance(to_scalar(end, kind), str) for end in (first, last))
    span = (last - first) * unit.total_seconds() if known else None
    if now is None:
        return TimeSpan(range_seconds=span)
    moment = (now - _EPOCH) / unit
    at_most = float(cumulative.rows_at_most(np.array([moment]))[0])
    certain = last <= moment or first > moment
    return TimeSpan(
        range_seconds=span,
        at=now,
        freshness_seconds=(moment - last) * unit.total_seconds() if known else None,
        future_count=round(cumulative.count - at_most),
        future_error_rows=0 if certain else ceil(cumulative.error_rows),
    )
