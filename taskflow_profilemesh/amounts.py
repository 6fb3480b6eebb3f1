"""How many of something, and numbers of any size, in words for people: `1 row`, `2,000 rows`, `61,800,000`."""

from __future__ import annotations

_WHOLE = 1_000_000  # from here on a fraction says nothing
_WRITTEN_OUT = 10**15  # from here on zeros are hard to count


def amount(count: int, noun: str) -> str:
    """Return the count with the noun, which is given for one and takes an `s` for any other number."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def in_figures(value: float) -> str:
    """Return a number with six digits or, from a million on, all that it has before the point."""
    return f"{value:,.0f}" if _WHOLE <= abs(value) < _WRITTEN_OUT else f"{value:,.6g}"
