"""Ranks of any value within a known bound: a quantile sketch of 4,096 points a level.

Manku, Rajagopalan and Lindsay (1998), made deterministic. A level-i buffer holds 4,096 ascending points that stand for
2**i rows each. A sorted batch is cut into stretches of 4,096 · 2**i rows, and every 2**i th row of a stretch becomes a
point; two buffers of a level collapse into one of the next, by sorting and taking every other point. Fewer than 4,096
rows wait in a tail, as they are.

The bound. Taking every w th of sorted rows, from position o on, miscounts the rows at or below any value by at least -o
and at most w - 1 - o; a collapse of points that stand for w rows miscounts by -o·w to (1 - o)·w. The errors add up in
`too_low` and `too_high`, whatever the order of merging; their sum is the width of the interval in which the true rank
lies, and the middle of it is reported, so that half the width is the bound. For batches of 2**b · 4,096 rows and
2**d of them it is at most (d + 2) / 16,384: 0.05 % at 8 million rows in batches of 131,072, 0.12 % at a billion in
batches of 4,096.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

POINTS: Final = 4096

Points = NDArray[np.float64]


def _no_points() -> Points:
    return np.empty(0, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class RankState:
    """Buffers of ascending points by level, the tail, and what the thinning may have miscounted, in rows."""

    EMPTY: ClassVar[RankState]

    count: int = 0
    levels: tuple[Points | None, ...] = ()
    tail: Points = field(default_factory=_no_points)
    too_low: int = 0
    too_high: int = 0

    @classmethod
    def of(cls, values: NDArray[Any]) -> RankState:
        """Summarise ascending finite numbers."""
        return cls.EMPTY.add(values)

    def add(self, values: NDArray[Any]) -> RankState:
        """Return the state after more rows, given ascending and finite."""
        stack = _Stack(self)
        start, left = 0, len(values)
        while left >= POINTS:
            level = (left // POINTS).bit_length() - 1
            size = POINTS << level
            stack.push_rows(values[start : start + size], level)
            start, left = start + size, left - size
        stack.push_tail(values[start:])
        return stack.state()

    def combine(self, other: RankState) -> RankState:
        """Merge with the summary of other rows."""
        stack = _Stack(self)
        stack.count += other.count - len(other.tail)
        stack.too_low += other.too_low
        stack.too_high += other.too_high
        for level, points in enumerate(other.levels):
            if points is not None:
                stack.push_points(points, level)
        stack.push_tail(other.tail)
        return stack.state()

    @property
    def error_rows(self) -> float:
        """By how many rows a reported rank may be off, at most."""
        return (self.too_low + self.too_high) / 2

    def ranks(self) -> tuple[Points, NDArray[np.float64]]:
        """Return ascending different points, and for each the estimated number of rows at or below it."""
        buffers = [points for points in (*self.levels, self.tail) if points is not None]
        steps = [1 << level for level, points in enumerate(self.levels) if points is not None]
        points = np.concatenate(buffers)
        weights = np.concatenate([np.repeat(np.array(steps, np.int64), POINTS), np.ones(len(self.tail), np.int64)])
        order = np.argsort(points, kind="stable")
        points, at_most = points[order], np.cumsum(weights[order])
        last = np.append(points[1:] != points[:-1], True)[: len(points)]
        middle = (self.too_low - self.too_high) / 2
        return points[last], np.clip(at_most[last] + middle, 0, self.count)


RankState.EMPTY = RankState()


class _Stack:
    """The levels while rows and buffers are pushed onto them."""

    def __init__(self, state: RankState) -> None:
        self.count = state.count
        self.levels = list(state.levels)
        self.tail = state.tail
        self.too_low = state.too_low
        self.too_high = state.too_high

    def push_rows(self, rows: NDArray[Any], level: int) -> None:
        """Thin out 4,096 · 2**level ascending rows to a buffer, and add it."""
        step = 1 << level
        first = step // 2
        self.count += len(rows)
        self.too_low += first
        self.too_high += step - 1 - first
        self.push_points(rows[first::step].astype(np.float64), level)

    def push_tail(self, rows: NDArray[Any]) -> None:
        """Add fewer than 4,096 rows; as soon as that many wait, they become a buffer of level 0."""
        if not len(rows):
            return
        waiting = np.sort(np.concatenate([self.tail, rows.astype(np.float64, copy=False)]))
        self.tail = waiting
        self.count += len(rows)
        if len(waiting) >= POINTS:
            self.tail = waiting[POINTS:]
            self.push_points(waiting[:POINTS], 0)

    def push_points(self, points: Points, level: int) -> None:
        """Add a buffer; while its level is taken, collapse the two into the next."""
        while True:
            self.levels += [None] * (level + 1 - len(self.levels))
            present = self.levels[level]
            if present is None:
                self.levels[level] = points
                return
            self.levels[level] = None
            points = self._collapse(present, points, step=1 << level)
            level += 1

    def _collapse(self, left: Points, right: Points, *, step: int) -> Points:
        first = 1 if self.too_high > self.too_low else 0  # lean to the side that was neglected so far
        self.too_low += first * step
        self.too_high += (1 - first) * step
        return np.sort(np.concatenate([left, right]))[first::2]

    def state(self) -> RankState:
        """Return what has been pushed."""
        return RankState(self.count, tuple(self.levels), self.tail, self.too_low, self.too_high)
