"""How jobs and durations are written for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MINUTE = 60
_HOUR = 3600


def duration(seconds: float | None) -> str:
    """Write a duration as people say it; nothing where nobody knows."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole >= _HOUR:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    if whole >= _MINUTE:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"  # noqa: PLR2004 -- one decimal is enough above


def printable(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the cells with control characters replaced: a name that a server gives must not steer the terminal."""
    return tuple(
        "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cell) for cell in cells
    )
