"""Numbers as a person reads them, each with a mark where it is not exact.

Unmarked is exact. `≈` stands before what was estimated of every row, `~` before what a sample of the rows says, `≥`
before a count that there may be more of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.profiling.profile import Precision

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import Distinct

ESTIMATED: Final = "≈"
SAMPLED: Final = "~"
AT_LEAST: Final = "≥"
UNKNOWN: Final = "–"
MINUS: Final = "\N{MINUS SIGN}"

_UNITS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_BYTES: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1024
_LONGEST: Final = 256
_SMALL, _WHOLE = 1e-4, 1e15
_NEARLY_NONE, _NEARLY_ALL = 0.001, 0.999


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words: what it is of, how it was come by (`mark` empty: exact), and a note on that."""

    label: str
    text: str
    mark: str = ""
    note: str = ""


def plain(value: object) -> str:
    """Write any value of a profile on one line: numbers with their thousands apart, `–` for None."""
    match value:
        case None:
            text = UNKNOWN
        case bool():
            text = str(value).lower()
        case int():
            text = f"{value:,}"
        case float():
            text = _float(value)
        case Decimal():
            text = f"{value:,f}" if abs(value) < _WHOLE else f"{value:,.6g}"
        case datetime():
            text = value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            text = value.isoformat()
        case _:
            text = " ".join(str(value).split())
    return text[:_LONGEST]


def share(ratio: float | None) -> str:
    """Write a share (0 to 1) in per cent; what is not quite none or all never reads as if it were."""
    if ratio is None:
        return UNKNOWN
    if 0 < ratio < _NEARLY_NONE:
        return "<0.1 %"
    if _NEARLY_ALL < ratio < 1:
        return ">99.9 %"
    return f"{100 * ratio:.1f}".removesuffix(".0") + " %"


def duration(seconds: float | None) -> str:
    """Write seconds in the two largest units of which there is one."""
    if seconds is None:
        return UNKNOWN
    sign, left = (MINUS if seconds < 0 else ""), abs(seconds)
    if left < _UNITS[2][1]:
        return f"{sign}{left:.3g} s"
    told: list[str] = []
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count or told:
            told.append(f"{count:,.0f} {name}")
    return sign + " ".join(told[:2])


def volume(count: int | None) -> str:
    """Write bytes in the largest unit of which there is one."""
    if count is None:
        return UNKNOWN
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_BYTES) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.1f} {_BYTES[unit]}" if unit else f"{count} B"


def moment(at: datetime | None) -> str:
    """Write a moment to the minute, in UTC where it has a zone."""
    if at is None:
        return UNKNOWN
    return f"{at:%Y-%m-%d %H:%M}" + (" UTC" if at.tzinfo else "")


def mark_of(precision: Precision) -> str:
    """Return the sign before a number that was come by in this way."""
    return {Precision.EXACT: "", Precision.APPROXIMATE: ESTIMATED, Precision.SAMPLED: SAMPLED}[precision]


def distinct_figure(distinct: Distinct, precision: Precision) -> Figure:
    """Return the count of different values with the mark and the bound that it has."""
    text = plain(distinct.count)
    if precision is Precision.SAMPLED:
        return Figure("Distinct", text, SAMPLED, "in a sample of the rows")
    if distinct.error_ratio:
        return Figure("Distinct", text, ESTIMATED, f"within {share(distinct.error_ratio)}")
    if distinct.is_rounded:
        return Figure("Distinct", text, AT_LEAST, "decimals of many digits were compared as doubles")
    return Figure("Distinct", text)


def _float(value: float) -> str:
    if value != value or abs(value) == float("inf"):  # noqa: PLR0124 -- NaN is the one number that is not itself
        return str(value)
    if value and (abs(value) < _SMALL or abs(value) >= _WHOLE):
        return f"{value:.4g}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.{_decimals(value)}f}".rstrip("0").rstrip(".")


def _decimals(value: float) -> int:
    """Return how many digits after the point leave five that count."""
    return max(0, 4 - max(0, len(str(int(abs(value)))) - 1)) if abs(value) >= 1 else 6
