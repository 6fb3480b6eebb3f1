"""Cutting a table whose rows lie in others: large ones in ranges of their pages, small ones several to a read. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from taskflow_profilemesh.reading.catalog.entry import Pages, Part, Parts
from taskflow_profilemesh.reading.ranges import page_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_TOGETHER = 100  # tables in one statement, each of which the server locks and plans


@dataclass(frozen=True, slots=True)
class PartRange:
    """All of a part, or the rows of it that meet a condition."""

    part: Part
    condition: str | None = None


def part_reads(cut: Parts, *, share: float = 1.0) -> tuple[tuple[PartRange, ...], ...]:
    """Return what is read by one statement each; together every row of every part once.

    A statement holds about a batch where `share` (0 to 1) of the rows is taken.
    """
    return tuple(_reads(cut, share))


def finer_parts(cut: Parts, shares: int) -> Parts:
    """Return the same parts, cut so finely that there are at least so many reads, as far as pages allow."""
    rows = sum(_size(part, cut.per_batch) for part in cut.parts)
    finer = min(1.0, rows / cut.per_batch / shares)  # of a batch as it was
    if shares == 1 or finer in (0.0, 1.0):
        return cut
    return Parts(tuple(_finer(part, finer) for part in cut.parts), per_batch=max(1, int(cut.per_batch * finer)))


def _finer(part: Part, finer: float) -> Part:
    if not isinstance(part.cut, Pages):
        return part
    return replace(part, cut=replace(part.cut, per_batch=max(1, int(part.cut.per_batch * finer))))


def _reads(cut: Parts, share: float) -> Iterator[tuple[PartRange, ...]]:
    waiting: list[PartRange] = []
    rows = 0.0
    for part in cut.parts:
        size = _size(part, cut.per_batch) * share
        if size >= cut.per_batch:
            yield from ((one,) for one in _ranges(part, share))
            continue
        if waiting and (rows + size > cut.per_batch or len(waiting) == _MOST_TOGETHER):
            yield tuple(waiting)
            waiting, rows = [], 0.0
        waiting.append(PartRange(part))
        rows += size
    if waiting:
        yield tuple(waiting)


def _ranges(part: Part, share: float) -> list[PartRange]:
    if not isinstance(part.cut, Pages):
        return [PartRange(part)]
    conditions = page_ranges(part.cut.count, pages_per_range=ceil(part.cut.per_batch / share))
    return [PartRange(part, condition) for condition in conditions] or [PartRange(part)]


def _size(part: Part, per_batch: int) -> float:
    """Return how much of a batch a part fills, in rows; a foreign one counts as a whole batch."""
    return part.cut.count / part.cut.per_batch * per_batch if isinstance(part.cut, Pages) else per_batch
