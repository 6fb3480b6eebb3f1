"""Two lists of frequent values, laid beside each other: how often each value occurs on either side, as far as is known.

A profile keeps the most frequent values of a column. Of a value that a list lacks is known that it is no more frequent
than the last one that it has, and of counts that were estimated how far they may be off: a count is an interval, from
`least` to `most`. What two profiles surely differ by is told by the two counts of the intervals that are closest to
each other: a distance between those is never an alarm of the lists' own making.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import ColumnProfile


_TINY: Final = 1e-9  # what sums of shares are off by


@dataclass(frozen=True, slots=True)
class Listed:
    """The values of a column that are known by name, with their counts, and what is known of all others."""

    counts: Mapping[str, float]
    total: int  # values, those that are not listed included; ≥ 1
    error: float = 0.0  # rows by which each count may be too low
    beyond: float = 0.0  # rows that a value which is not listed can have at most

    @classmethod
    def of(cls, column: ColumnProfile) -> Listed | None:
        """Read the list of a column; None where it has none."""
        if column.distinct is None or not column.distinct.top or column.value_count < 1:
            return None
        counts = {top.value: float(top.count) for top in column.distinct.top}
        error = float(column.distinct.top_error_rows)
        left = max(column.value_count - sum(counts.values()), 0.0)
        return cls(counts, column.value_count, error, min(min(counts.values()) + error, left) if left else 0.0)

    @property
    def is_complete(self) -> bool:
        """Whether no value is missing."""
        return not self.beyond

    def bounds(self, value: str) -> tuple[float, float]:
        """Return the least and the greatest share (0 to 1) that a value can have."""
        count = self.counts.get(value)
        if count is None:
            return 0.0, self.beyond / self.total
        return min(count, self.total) / self.total, min(count + self.error, self.total) / self.total


@dataclass(frozen=True, slots=True)
class Category:
    """A value with the shares (0 to 1) that it has on either side, the closest to each other that are possible."""

    baseline_share: float
    current_share: float


def categories(baseline: Listed, current: Listed) -> list[Category]:
    """Return all values that one of the lists names; the values themselves are left behind."""
    return [_closest(baseline.bounds(value), current.bounds(value)) for value in {**baseline.counts, **current.counts}]


def folded(found: list[Category], *, smaller: int, least: float, most: int) -> list[Category]:
    """Return the frequent categories, and one of all the others: those that are too rare for a verdict.

    A category is frequent where `least` rows of the `smaller` sample are expected to have it; `most` of them are kept.
    Empty where none is frequent.
    """
    order = sorted(found, key=lambda item: -(item.baseline_share + item.current_share))
    frequent = [
        item for item in order[:most] if (item.baseline_share + item.current_share) / 2 * smaller >= least - _TINY
    ]
    if not frequent:
        return []
    before = max(1 - sum(item.baseline_share for item in frequent), 0.0)
    after = max(1 - sum(item.current_share for item in frequent), 0.0)
    return [*frequent, Category(before, after)] if max(before, after) > _TINY else frequent


def _closest(before: tuple[float, float], after: tuple[float, float]) -> Category:
    if before[1] < after[0]:
        return Category(before[1], after[0])
    if after[1] < before[0]:
        return Category(before[0], after[1])
    same = max(before[0], after[0])
    return Category(same, same)
