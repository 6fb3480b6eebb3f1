"""Turn the physical numbers that columns are computed in back into the values that people know.

Temporal columns are computed in days since 1970 (date), microseconds since 1970 UTC (datetime) or since midnight
(time), because databases hold moments that Python cannot: infinity, years before 1 and after 9999, 24:00. Those are
shown as text instead of raising: the infinities as `infinity` and `-infinity`, the others in ISO 8601.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import Scalar

LONGEST_TEXT: Final = 256  # characters of a value that a profile keeps

_DAY_MICROSECONDS: Final = 86_400_000_000
_INFINITIES: Final = {  # in days since 1970: the last and the first day that a driver knows stand for them
    95_026_236: "infinity",  # 31 December 262142
    -96_465_292: "-infinity",  # 1 January -262143
}


def to_scalar(physical: float, kind: Kind, *, aware: bool = False) -> Scalar:
    """Return the value of a numeric or temporal column behind its physical number.

    `aware` datetimes carry UTC. A moment outside of Python's range becomes text.
    """
    match kind:
        case Kind.DATE:
            return _date(int(physical))
        case Kind.DATETIME:
            return _datetime(int(physical), aware=aware)
        case Kind.TIME:
            return _time(int(physical))
        case _:
            return physical


def to_text(physical: float, kind: Kind, *, aware: bool = False) -> str:
    """Print the value of a numeric or temporal column behind its physical number; temporal ones in ISO 8601."""
    value = to_scalar(physical, kind, aware=aware)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _date(days: int) -> date | str:
    try:
        return date(1970, 1, 1) + timedelta(days=days)
    except OverflowError:
        return _INFINITIES.get(days) or _iso(np.datetime64(days, "D"))


def _datetime(microseconds: int, *, aware: bool) -> datetime | str:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC if aware else None) + timedelta(microseconds=microseconds)
    except OverflowError:
        written = _iso(np.datetime64(microseconds, "us")) + ("+00:00" if aware else "")
        return _INFINITIES.get(microseconds // _DAY_MICROSECONDS) or written


def _iso(moment: np.datetime64) -> str:
    """Print a moment; NumPy counts the sign among the four characters of a year, ISO 8601 does not."""
    year, dash, rest = str(moment).removeprefix("-").partition("-")
    sign = "-" if str(moment).startswith("-") else ""
    return f"{sign}{year:0>4}{dash}{rest}"


def _time(microseconds: int) -> time | str:
    if 0 <= microseconds < _DAY_MICROSECONDS:
        return (datetime.min + timedelta(microseconds=microseconds)).time()  # noqa: DTZ901 -- a time of day has no zone
    seconds = microseconds // 1_000_000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
