"""The Jensen-Shannon distance between two lists of categories.

√((KL(p‖m) + KL(q‖m)) / 2) with m = (p + q) / 2 and the natural logarithm: from 0 to √ln 2 = 0.8326. Source: Lin (1991)
for the divergence, Endres and Schindelin (2003) for its root, which is a metric; SciPy's `jensenshannon` is the same.

Its floor: for two samples of one distribution 8 · JS² · n·m/(n + m) is near a χ² variable of k - 1 degrees of freedom,
so √(χ²(1 - alpha, k - 1) / 8 · (1/n + 1/m)). That holds for categories that are expected five times or more; rarer ones
are folded into one, and at most 50 are kept.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.floors import chi_square_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.drift.frequencies import Category

JS: Final = "js"
LEAST_EXPECTED: Final = 5
MOST_CATEGORIES: Final = 50


def jensen_shannon(categories: Sequence[Category]) -> float:
    """Return the distance (0 to 0.8326) between the shares of all categories, which are normed to 1 on either side."""
    p, q = _normed([item.baseline_share for item in categories]), _normed([item.current_share for item in categories])
    divergence = 0.0
    for before, after in zip(p, q, strict=True):
        middle = (before + after) / 2
        divergence += sum(share * math.log(share / middle) for share in (before, after) if share) / 2
    return math.sqrt(max(divergence, 0.0)) if p != q else 0.0


def js_floor(count: int, *, variation: float, alpha: float) -> float:
    """Return the floor for so many categories; `variation` is 1/n + 1/m."""
    return math.sqrt(chi_square_quantile(alpha, count - 1) / 8 * variation) if count > 1 else 0.0


def _normed(shares: Sequence[float]) -> list[float]:
    total = sum(shares)
    return [share / total for share in shares] if total else [0.0 for _ in shares]
