"""The smallest and the largest value: exact, on physical numbers or on texts in code point order.

NaN and the infinities are no extremes; they are counted by `special_values`. A text is kept up to 256 characters, which
keeps the order: of two texts the smaller one has the smaller (or an equal) beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from taskflow_profilemesh.profiling.scalars import LONGEST_TEXT

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers

ValueT = TypeVar("ValueT", int | float, str)


@dataclass(frozen=True, slots=True)
class ExtremeState(Generic[ValueT]):
    """The smallest and the largest value seen; None without values."""

    EMPTY: ClassVar[ExtremeState[int | float]]
    EMPTY_TEXT: ClassVar[ExtremeState[str]]

    minimum: ValueT | None = None
    maximum: ValueT | None = None

    def combine(self, other: ExtremeState[ValueT]) -> ExtremeState[ValueT]:
        """Keep the smaller minimum and the larger maximum."""
        if other.minimum is None or other.maximum is None:
            return self
        if self.minimum is None or self.maximum is None:
            return other
        return ExtremeState(min(self.minimum, other.minimum), max(self.maximum, other.maximum))


def number_extremes(numbers: SortedNumbers) -> ExtremeState[int | float]:
    """Return the extremes of the finite numbers: Python integers of integers, floats of floats."""
    if not len(numbers.unique):
        return ExtremeState.EMPTY
    return ExtremeState(numbers.unique[0].item(), numbers.unique[-1].item())


def text_extremes(smallest: str | None, largest: str | None) -> ExtremeState[str]:
    """Return the extremes of texts, capped at 256 characters; both None without texts."""
    if smallest is None or largest is None:
        return ExtremeState.EMPTY_TEXT
    return ExtremeState(smallest[:LONGEST_TEXT], largest[:LONGEST_TEXT])


ExtremeState.EMPTY = ExtremeState()
ExtremeState.EMPTY_TEXT = ExtremeState()
