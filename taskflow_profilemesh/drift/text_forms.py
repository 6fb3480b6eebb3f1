"""Whether texts look otherwise than before: their lengths, their forms, and what they are (addresses, dates, …).

Lengths have the PSI and the KS statistic of numbers (`distributions.py`). Forms ("a-9") are compared as categories by
the Jensen-Shannon distance; they come from 64 sampled rows, whose floor is accordingly high. The semantic type is told
when it became another one, or when nearly all texts (99 %) were of a type and now too few are: the profile states a
type from 95 % on, so that chance alone does not cross the gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import sampling
from taskflow_profilemesh.drift.frequencies import Listed, categories, folded
from taskflow_profilemesh.drift.jensen_shannon import LEAST_EXPECTED, MOST_CATEGORIES, jensen_shannon, js_floor

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.shares import Measured
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.looks import Looks
    from taskflow_profilemesh.profiling.profile import ColumnProfile

SHAPES: Final = "shapes_js"
SEMANTIC_TYPE: Final = "semantic_type"

_SHAPE_ROWS: Final = 64  # whose forms are looked at, see profiling/shapes.py
_LEAST_ROWS: Final = 30
_LEAST_TYPED: Final = 100  # sampled rows
_SURE: Final = 0.99


def compare_forms(old: ColumnProfile, new: ColumnProfile, thresholds: Thresholds) -> list[Measured]:
    """Return the distance of the forms and what is remarkable about it, and a change of the semantic type."""
    before, after = old.looks, new.looks
    if before is None or after is None:
        return []
    changed = _type_change(new.schema.name, before, after)
    return [*_shapes(new.schema.name, before, after, thresholds), *([(None, changed)] if changed else [])]


def _shapes(name: str, before: Looks, after: Looks, thresholds: Thresholds) -> list[Measured]:
    old, new = _listed(before), _listed(after)
    if old is None or new is None:
        return []
    kept = folded(categories(old, new), smaller=min(old.total, new.total), least=LEAST_EXPECTED, most=MOST_CATEGORIES)
    if not kept:
        return []
    distance = Distance(
        metric=SHAPES,
        column=name,
        value=jensen_shannon(kept),
        threshold=thresholds.shapes_warn,
        noise_floor=js_floor(len(kept), variation=sampling(old.total, new.total), alpha=thresholds.alpha),
        judged=min(old.total, new.total) >= _LEAST_ROWS,
    )
    if not distance.exceeded:
        return [(distance, None)]
    moved = max(kept, key=lambda item: abs(item.current_share - item.baseline_share))
    finding = Finding(
        metric=SHAPES,
        column=name,
        baseline_value=moved.baseline_share,
        current_value=moved.current_share,
        distance=distance.value,
        threshold=distance.threshold,
        severity=Severity.HIGH if distance.value >= thresholds.shapes_fail else Severity.MEDIUM,
        sentence=f"The texts of {name} are formed differently (Jensen-Shannon distance {distance.value:.2f}): "
        f"the form that moved most is that of {moved.current_share:.0%} of them, after {moved.baseline_share:.0%}.",
    )
    return [(distance, finding)]


def _listed(looks: Looks) -> Listed | None:
    rows = min(looks.sampled_rows, _SHAPE_ROWS)
    if not rows or not looks.shapes:
        return None
    counts = {shape.form: shape.ratio * rows for shape in looks.shapes}
    left = rows - sum(counts.values())
    return Listed(counts, rows, beyond=min(*counts.values(), left) if left > 0.5 else 0.0)  # noqa: PLR2004 -- half a row


def _type_change(name: str, before: Looks, after: Looks) -> Finding | None:
    was, now = before.semantic_type, after.semantic_type
    if was is now or was is None or min(before.sampled_rows, after.sampled_rows) < _LEAST_TYPED:
        return None
    if now is None and (before.semantic_ratio or 0.0) < _SURE:
        return None
    ratio = before.semantic_ratio or 0.0
    words = f"are now of the type {now.value}" if now else "are no longer of one type"
    return Finding(
        metric=SEMANTIC_TYPE,
        column=name,
        baseline_value=ratio,
        current_value=0.0 if now else None,
        distance=None,
        threshold=None,
        severity=Severity.MEDIUM,
        sentence=f"The texts of {name} {words}; {ratio:.0%} of them were of the type {was.value}.",
    )
