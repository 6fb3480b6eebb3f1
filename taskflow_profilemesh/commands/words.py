"""Numbers and tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import in_figures

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def size(count: int | None) -> str:
    """Write bytes in the largest unit of which there is one, or `?` where nobody knows."""
    if count is None:
        return "?"
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{count} B"


def number(count: float | None) -> str:
    """Write a number with its thousands apart, or `?` where nobody knows."""
    if count is None:
        return "?"
    return f"{count:,}" if isinstance(count, int) else in_figures(count)


def short(value: object, width: int = 32) -> str:
    """Write a value on one line of limited width; nothing for None."""
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def aligned(rows: Sequence[Sequence[str]], *, indent: str = "") -> str:
    """Write rows of as many cells each below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(indent + line for line in lines)
