"""Put the distinct and the frequency sketch into words: how many values there are, and the ten most frequent."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.profiling.profile import Distinct, TopValue
from taskflow_profilemesh.profiling.scalars import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.profiling.distinct import DistinctState
    from taskflow_profilemesh.profiling.frequencies import Frequencies

MOST_VALUES: Final = 10


def describe_distinct(
    state: DistinctState, frequent: Frequencies, *, texts: Mapping[int, str], error_rows: int, value_count: int
) -> Distinct:
    """Return the distinct count and the top values; an estimate never exceeds the number of values.

    `frequent` are the largest counters, the largest first; those without a text are left out. Equal counts are
    ordered by text.
    """
    counted = zip(frequent.hashes.tolist(), frequent.counts.tolist(), strict=True)
    known = ((texts[hash_], count) for hash_, count in counted if hash_ in texts)
    top = [TopValue(text[:LONGEST_TEXT], count) for text, count in islice(known, MOST_VALUES)]
    return Distinct(
        count=state.estimate_of(value_count),
        error_ratio=state.error_ratio,
        top=tuple(sorted(top, key=lambda value: (-value.count, value.value))),
        top_error_rows=error_rows,
        repeated_ratio=state.repeated_ratio,
    )
