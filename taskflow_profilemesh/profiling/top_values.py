"""Put the distinct and the frequency sketch into words: how many values there are, and the most frequent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from taskflow_profilemesh.profiling.frequencies import Frequencies
from taskflow_profilemesh.profiling.profile import Distinct, TopValue
from taskflow_profilemesh.profiling.scalars import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.profiling.distinct import DistinctState

MOST_VALUES: Final = 50
LEAST_ROWS: Final = 5  # of a value after the tenth: rarer ones say nothing of a distribution, and take room
_ALWAYS: Final = 10


def tellable(frequent: Frequencies, *, different: int) -> Frequencies:
    """Return those of the largest counters (the largest first) whose values a profile shows, if all have a text.

    `different`: how many different values there are.
    """
    if different <= MOST_VALUES:
        return frequent
    shown = min(MOST_VALUES, max(_ALWAYS, int(np.count_nonzero(frequent.counts >= LEAST_ROWS))))
    return Frequencies(frequent.hashes[:shown], frequent.counts[:shown])


def describe_distinct(
    state: DistinctState, frequent: Frequencies, *, texts: Mapping[int, str], error_rows: int, value_count: int
) -> Distinct:
    """Return the distinct count and the top values; an estimate never exceeds the number of values.

    `frequent` are the largest counters, the largest first; those without a text are left out. Equal counts are
    ordered by text.
    """
    counted = zip(frequent.hashes.tolist(), frequent.counts.tolist(), strict=True)
    known = [TopValue(texts[hash_][:LONGEST_TEXT], count) for hash_, count in counted if hash_ in texts][:MOST_VALUES]
    if state.estimate > MOST_VALUES:  # a list that is complete tells a new value from a rare one
        known = known[:_ALWAYS] + [value for value in known[_ALWAYS:] if value.count >= LEAST_ROWS]
    return Distinct(
        count=state.estimate_of(value_count),
        error_ratio=state.error_ratio,
        top=tuple(sorted(known, key=lambda value: (-value.count, value.value))),
        top_error_rows=error_rows,
        repeated_ratio=state.repeated_ratio,
    )
