"""How long texts (in characters) or byte strings (in bytes) are, and how many say nothing: exact when merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LengthState:
    """Count, sum and extremes of lengths; empty and blank values."""

    EMPTY: ClassVar[LengthState]

    count: int = 0
    total: int = 0
    minimum: int | None = None
    maximum: int | None = None
    empty_count: int = 0
    blank_count: int = 0  # of white space only, the empty ones included

    @classmethod
    def of(cls, lengths: NDArray[Any], *, blank_count: int | None = None) -> LengthState:
        """Sum up the lengths of a batch; without a count of its own (bytes), only the empty ones are blank."""
        if not len(lengths):
            return cls.EMPTY
        empty = len(lengths) - int(np.count_nonzero(lengths))
        return cls(
            count=len(lengths),
            total=int(lengths.sum(dtype=np.int64)),
            minimum=int(lengths.min()),
            maximum=int(lengths.max()),
            empty_count=empty,
            blank_count=empty if blank_count is None else blank_count,
        )

    def combine(self, other: LengthState) -> LengthState:
        """Merge with the lengths of other rows."""
        if other.minimum is None or other.maximum is None:
            return self
        if self.minimum is None or self.maximum is None:
            return other
        return LengthState(
            count=self.count + other.count,
            total=self.total + other.total,
            minimum=min(self.minimum, other.minimum),
            maximum=max(self.maximum, other.maximum),
            empty_count=self.empty_count + other.empty_count,
            blank_count=self.blank_count + other.blank_count,
        )

    @property
    def mean(self) -> float | None:
        """The mean length, or None without values."""
        return self.total / self.count if self.count else None


LengthState.EMPTY = LengthState()
