"""How long texts (in characters) or byte strings (in bytes) are, and how many say nothing: exact when merged.

Lengths are counted in bins whose borders never move, so that merging is adding: one bin for each length up to 256, and
beyond it 32 bins for each doubling, whose upper borders lie at most 2.2 % apart (2^(1/32) - 1). Count, sum, extremes
and the share of texts up to any border are exact; a quantile beyond 256 is the upper border of its bin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.cumulative import Cumulative

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import Distribution

_SINGLE: Final = 256  # lengths up to here have a bin of their own
_PER_DOUBLING: Final = 32
_DOUBLINGS: Final = 24  # up to 4 Gi characters: more than a cell can hold
_BORDERS: Final = np.concatenate(
    [
        np.arange(_SINGLE + 1),
        np.floor(_SINGLE * 2.0 ** (np.arange(1, _PER_DOUBLING * _DOUBLINGS + 1) / _PER_DOUBLING)).astype(np.int64),
    ]
)  # the longest length of each bin


def _no_counts() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class LengthState:
    """Count, sum, extremes and bins of lengths; empty and blank values."""

    EMPTY: ClassVar[LengthState]

    count: int = 0
    total: int = 0
    minimum: int | None = None
    maximum: int | None = None
    blank_count: int = 0  # of white space only, the empty ones included
    bins: NDArray[np.int64] = field(default_factory=_no_counts)  # rows in each bin; cut off after the last used one

    @classmethod
    def of(cls, lengths: NDArray[Any], *, blank_count: int | None = None) -> LengthState:
        """Sum up the lengths of a batch; without a count of its own (bytes), only the empty ones are blank."""
        if not len(lengths):
            return cls.EMPTY
        longest = int(lengths.max())
        places = lengths if longest <= _SINGLE else np.searchsorted(_BORDERS, lengths)
        bins = np.bincount(places)
        used = np.flatnonzero(bins)
        single = longest <= _SINGLE
        return cls(
            count=len(lengths),
            total=int(bins @ _BORDERS[: len(bins)]) if single else int(lengths.sum(dtype=np.int64)),
            minimum=int(used[0]) if single else int(lengths.min()),
            maximum=longest,
            blank_count=int(bins[0]) if blank_count is None else blank_count,
            bins=bins,
        )

    def combine(self, other: LengthState) -> LengthState:
        """Merge with the lengths of other rows."""
        if other.minimum is None or other.maximum is None:
            return self
        if self.minimum is None or self.maximum is None:
            return other
        more, fewer = sorted((self.bins, other.bins), key=len, reverse=True)
        bins = more.copy()
        bins[: len(fewer)] += fewer
        return LengthState(
            count=self.count + other.count,
            total=self.total + other.total,
            minimum=min(self.minimum, other.minimum),
            maximum=max(self.maximum, other.maximum),
            blank_count=self.blank_count + other.blank_count,
            bins=bins,
        )

    @property
    def empty_count(self) -> int:
        """How many have the length 0."""
        return int(self.bins[0]) if len(self.bins) else 0

    @property
    def mean(self) -> float | None:
        """The mean length, or None without values."""
        return self.total / self.count if self.count else None

    @property
    def distribution(self) -> Distribution | None:
        """The cumulative distribution at the bins' upper borders, or None without values."""
        if self.maximum is None:
            return None
        used = np.flatnonzero(self.bins)
        points = np.minimum(_BORDERS[used], self.maximum)
        return Cumulative(points, np.cumsum(self.bins[used]), count=self.count).distribution()


LengthState.EMPTY = LengthState()
