"""Whether two columns that used to be null together no longer are, or the other way round.

The distance is the change of the share of rows in which both are null among those in which one of them is (Jaccard's
index, 1901). Its floor is the test of two proportions. A profile keeps the 50 pairs that overlap most; one that is not
among them overlaps no more than the last one that is. Columns whose nulls themselves have drifted are left to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import sampling, share_floor

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from taskflow_profilemesh.drift.shares import Measured
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import NullPair, TableProfile

NULL_OVERLAP: Final = "null_overlap"

_MOST_PAIRS: Final = 50  # see profiling/null_pairs.py
_LEAST_NULLS: Final = 30  # rows in which one of the two is null


@dataclass(frozen=True, slots=True)
class _Overlap:
    ratio: float
    rows: float  # in which one of the two is null

    @classmethod
    def of(cls, pair: NullPair) -> _Overlap:
        return cls(pair.overlap_ratio, pair.both_count / (pair.overlap_ratio or 1))


def compare_null_overlap(
    baseline: TableProfile,
    current: TableProfile,
    thresholds: Thresholds,
    *,
    old_names: Mapping[str, str],
    drifted: Collection[str | None] = (),
) -> Iterator[Measured]:
    """Yield the change of each pair that is known on both sides; `drifted` are columns whose nulls have drifted."""
    before = {frozenset((pair.left, pair.right)): pair for pair in baseline.null_pairs}
    after = {
        frozenset((old_names.get(pair.left, pair.left), old_names.get(pair.right, pair.right))): pair
        for pair in current.null_pairs
    }
    for names, pair in after.items():
        old = before.get(names)
        if old is None or {pair.left, pair.right} & set(drifted):
            continue
        yield _compare((pair.left, pair.right), _Overlap.of(old), _Overlap.of(pair), thresholds)
    if len(current.null_pairs) < _MOST_PAIRS:
        yield from _parted(baseline, current, thresholds, gone=before.keys() - after.keys(), drifted=drifted)


def _parted(
    baseline: TableProfile,
    current: TableProfile,
    thresholds: Thresholds,
    *,
    gone: Collection[frozenset[str]],
    drifted: Collection[str | None],
) -> Iterator[Measured]:
    """Yield the pairs that are never null together any more."""
    for pair in baseline.null_pairs:
        columns = [current.column(name) for name in (pair.left, pair.right)]
        nulls = sum(column.null_count for column in columns if column and column.error is None)
        if (
            frozenset((pair.left, pair.right)) in gone
            and None not in columns
            and not {pair.left, pair.right} & set(drifted)
        ):
            yield _compare((pair.left, pair.right), _Overlap.of(pair), _Overlap(0.0, nulls), thresholds)


def _compare(names: tuple[str, str], before: _Overlap, after: _Overlap, thresholds: Thresholds) -> Measured:
    left, right = names
    n, m = max(int(before.rows), 1), max(int(after.rows), 1)
    pooled = (before.ratio * n + after.ratio * m + 1) / (n + m + 2)
    distance = Distance(
        metric=NULL_OVERLAP,
        column=left,
        value=after.ratio - before.ratio,
        threshold=thresholds.overlap_warn,
        noise_floor=share_floor(min(pooled, 1.0), variation=sampling(n, m), alpha=thresholds.alpha),
        judged=min(n, m) >= _LEAST_NULLS,
    )
    if not distance.exceeded:
        return distance, None
    severity = Severity.HIGH if abs(distance.value) >= thresholds.overlap_fail else Severity.MEDIUM
    return distance, Finding(
        metric=NULL_OVERLAP,
        column=left,
        baseline_value=before.ratio,
        current_value=after.ratio,
        distance=distance.value,
        threshold=distance.threshold,
        severity=severity,
        sentence=f"{left} and {right} are null together in {after.ratio:.0%} of the rows in which one of them is, "
        f"after {before.ratio:.0%}.",
    )
