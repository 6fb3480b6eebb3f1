"""Whether a column's values rise or fall, row after row.

It means something only where the order of the rows is known: in one read that keeps the table's order. The states of
rows that follow each other are put together with `then`. Parts whose order nobody knows say nothing together, which is
what `combine` returns, so that merging in any order is right. Nulls and NaN: nulls are skipped, NaN breaks any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from taskflow_profilemesh.profiling.profile import Monotonicity

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class OrderState:
    """The first and the last value (None without values), and which orders no neighbours have broken yet."""

    EMPTY: ClassVar[OrderState]
    UNKNOWN: ClassVar[OrderState]

    first: int | float | None = None
    last: int | float | None = None
    rises: bool = True
    falls: bool = True
    known: bool = True

    @classmethod
    def of(cls, values: NDArray[Any]) -> OrderState:
        """Look at the values of rows in their order, nulls left out."""
        if not len(values):
            return cls.EMPTY
        earlier, later = values[:-1], values[1:]
        rises = bool((later >= earlier).all())
        falls = bool((later <= earlier).all())
        return cls(values[0].item(), values[-1].item(), rises, falls)

    def then(self, following: OrderState) -> OrderState:
        """Return the state of these rows and those that follow them."""
        if self.last is None or following.first is None:
            return following if self.last is None and self.known else self
        return OrderState(
            first=self.first,
            last=following.last,
            rises=self.rises and following.rises and self.last <= following.first,
            falls=self.falls and following.falls and self.last >= following.first,
            known=self.known and following.known,
        )

    def combine(self, other: OrderState) -> OrderState:
        """Merge with rows of which nobody knows whether they come before or after."""
        if OrderState.EMPTY in (self, other):
            return other if self == OrderState.EMPTY else self
        return OrderState.UNKNOWN

    @property
    def monotonicity(self) -> Monotonicity | None:
        """The order of the values; None without values or where it is not known."""
        if self.first is None or not self.known:
            return None
        match self.rises, self.falls:
            case True, True:
                return Monotonicity.CONSTANT
            case True, False:
                return Monotonicity.INCREASING
            case False, True:
                return Monotonicity.DECREASING
        return Monotonicity.NONE


OrderState.EMPTY = OrderState()
OrderState.UNKNOWN = OrderState(known=False)
