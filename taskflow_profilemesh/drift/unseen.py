"""The share of the current values that the baseline did not have.

Where the baseline's list of values is complete, it is the share of all listed values that it lacks. Its floor is what
chance alone would bring: the unseen mass that Good and Turing expect, which is the share of values that the baseline
saw once (Good, 1953), and on top of it the test of two proportions. Where the list is not complete, only values are
counted that are surely new or far more frequent: whose share exceeds what the baseline can have had of it by more than
the test of two proportions allows for that one value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.floors import sampling, share_floor

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.frequencies import Listed

UNSEEN: Final = "unseen_ratio"


def unseen_share(baseline: Listed, current: Listed, *, alpha: float) -> tuple[float, float]:
    """Return the share (0 to 1) of the current values that are unseen, at least, and its floor."""
    n, m = baseline.total, current.total
    new = {value: count for value, count in current.counts.items() if value not in baseline.counts}
    variation = sampling(n, m)
    if baseline.is_complete:
        unseen = sum(new.values())
        once = sum(1 for count in baseline.counts.values() if count <= 1)
        pooled = min((unseen + 1) / (n + m + 2), 1.0)
        return unseen / m, once / n + share_floor(pooled, variation=variation, alpha=alpha)
    found = 0.0
    for count in new.values():
        pooled = min((count + baseline.beyond + 1) / (n + m + 2), 1.0)
        excess = count / m - baseline.beyond / n
        found += excess if excess >= share_floor(pooled, variation=variation, alpha=alpha) else 0.0
    return found, 0.0
