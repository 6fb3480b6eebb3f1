"""How far a share of rows moved: NaN and infinite numbers, empty texts, trues, moments in the future.

The distance is the difference of two proportions, p₂ - p₁, signed; its floor is the two-sided test of two proportions
(`floors.share_floor`). A column of few rows has a high floor, so no least number of rows is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import sampling, share_floor
from taskflow_profilemesh.profiling.profile import ColumnProfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.drift.thresholds import Thresholds

Measured = tuple[Distance | None, Finding | None]

NAN: Final = "nan_ratio"
INFINITE: Final = "infinite_ratio"
EMPTY: Final = "empty_ratio"
TRUE: Final = "true_ratio"
FUTURE: Final = "future_ratio"


@dataclass(frozen=True, slots=True)
class Part:
    """So many rows of so many; `of` is ≥ 1, `error_rows` is how far `count` may be off."""

    count: int
    of: int
    error_rows: int = 0

    @property
    def ratio(self) -> float:
        """The share (0 to 1)."""
        return self.count / self.of


def compare_shares(old: ColumnProfile, new: ColumnProfile, thresholds: Thresholds) -> Iterator[Measured]:
    """Yield the change of each share that both columns have, and what is remarkable about it."""
    if old.value_count and new.value_count:
        for share in _SHARES:
            before, after = share.part(old), share.part(new)
            if before is not None and after is not None:
                yield _compare(share, new.schema.name, before, after, thresholds)


@dataclass(frozen=True, slots=True)
class _Share:
    """A share that a column can have: its name, how its threshold is called, the words for it, where it is found."""

    metric: str
    limit: str
    words: str
    part: Callable[[ColumnProfile], Part | None]


def _of_numbers(field: str) -> Callable[[ColumnProfile], Part | None]:
    return lambda column: Part(getattr(column.numbers, field), column.value_count) if column.numbers else None


def _blank(column: ColumnProfile) -> Part | None:
    return Part(column.lengths.blank_count, column.value_count) if column.lengths else None


def _true(column: ColumnProfile) -> Part | None:
    count = column.true_count
    return None if count is None else Part(min(count, column.value_count), column.value_count)


def _future(column: ColumnProfile) -> Part | None:
    span = column.time_span
    if span is None or span.future_count is None:
        return None
    return Part(span.future_count, column.value_count, span.future_error_rows)


_SHARES: Final = (
    _Share(NAN, "nan", "is NaN in", _of_numbers("nan_count")),
    _Share(INFINITE, "nan", "is infinite in", _of_numbers("infinite_count")),
    _Share(EMPTY, "empty", "is empty or blank in", _blank),
    _Share(TRUE, "true", "is true in", _true),
    _Share(FUTURE, "future", "lies in the future in", _future),
)


def _compare(share: _Share, column: str, before: Part, after: Part, thresholds: Thresholds) -> Measured:
    """Return the change of one share and what is remarkable about it."""
    warn, fail = (getattr(thresholds, f"{share.limit}_{level}") for level in ("warn", "fail"))
    pooled = (before.count + after.count + 1) / (before.of + after.of + 2)  # one of each more: never a certain 0 or 1
    by_chance = share_floor(min(pooled, 1.0), variation=sampling(before.of, after.of), alpha=thresholds.alpha)
    change = after.ratio - before.ratio
    distance = Distance(
        metric=share.metric,
        column=column,
        value=change,
        threshold=warn,
        noise_floor=by_chance + before.error_rows / before.of + after.error_rows / after.of,
    )
    if not distance.exceeded:
        return distance, None
    told = f"{share.words} {after.ratio:.1%} of its values after {before.ratio:.1%}"
    finding = Finding(
        metric=share.metric,
        column=column,
        baseline_value=before.ratio,
        current_value=after.ratio,
        distance=change,
        threshold=distance.threshold,
        severity=Severity.HIGH if abs(change) >= fail else Severity.MEDIUM,
        sentence=f"{column} {told} ({100 * change:+.1f} percentage points).",
    )
    return distance, finding
