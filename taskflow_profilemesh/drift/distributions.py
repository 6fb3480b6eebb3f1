"""Whether a column's distribution has moved: of numbers, of times of day, of the lengths of texts.

Not judged: columns that move by their nature (`by_nature.py`). Their distances are recorded all the same. Dates and
moments have rules of their own (`dates.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.by_nature import moves_by_nature
from taskflow_profilemesh.drift.laid_over import Pair, Told
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.findings import Distance, Finding
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile

LENGTH: Final = "length_"
DATES: Final = frozenset({Kind.DATE, Kind.DATETIME})


def compare_distributions(
    baseline: ColumnProfile,
    current: ColumnProfile,
    thresholds: Thresholds,
    *,
    is_key: bool = False,
    always: bool = False,
) -> tuple[list[Distance], Finding | None]:
    """Return the distances and what is remarkable about them; nothing where a side has no distribution, or has dates.

    `always`: judge a column that moves by its nature, too.
    """
    if DATES & {baseline.schema.kind, current.schema.kind}:
        return [], None
    pair = Pair.of(baseline.distribution, current.distribution, n=_value_count(baseline), m=_value_count(current))
    if pair is None:
        return [], None
    moves = not always and (is_key or moves_by_nature(baseline, current))
    judged = pair.smaller >= thresholds.minimum_rows and not moves
    told = Told(current.schema.name, "", thresholds, pair, judged)
    return told.tell(baseline.numbers.std if baseline.numbers else None)


def compare_lengths(
    baseline: ColumnProfile, current: ColumnProfile, thresholds: Thresholds, *, moves: bool = False
) -> tuple[list[Distance], Finding | None]:
    """Return the distances between the lengths of texts, as `compare_distributions` does for numbers.

    `moves`: by their nature, so that nothing about them is remarkable.
    """
    if baseline.lengths is None or current.lengths is None:
        return [], None
    before, after = baseline.lengths.distribution, current.lengths.distribution
    pair = Pair.of(before, after, n=baseline.value_count, m=current.value_count)
    if pair is None:
        return [], None
    judged = pair.smaller >= thresholds.minimum_rows and not moves
    return Told(current.schema.name, LENGTH, thresholds, pair, judged).tell(None)


def _value_count(column: ColumnProfile) -> int:
    """Return how many values the distribution is of: neither null, NaN nor infinite."""
    numbers = column.numbers
    return column.value_count - (numbers.nan_count + numbers.infinite_count if numbers else 0)
