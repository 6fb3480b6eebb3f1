"""Whether the values of a column, taken as categories, came to be others, or others became frequent.

Of texts (and of what a database prints as text), and of whole numbers that are few: codes, flags, grades, where the
baseline lists each of them. New values are told before a changed mix: a column has one finding. A column whose values
are all rare (names, identifiers) has no mix, and no verdict. Dates that are kept as texts go on: ones that are later
than all that there were are no news, and a changed mix is one only of the same dates.

Numbers have an order, and their range may move on (a year, a batch, a day as 20260301). So new ones beyond the
baseline's range are told only where the numbers' distribution is remarkable too, and a changed mix only where both
sides hold the same values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import sampling
from taskflow_profilemesh.drift.frequencies import Listed, categories, folded
from taskflow_profilemesh.drift.jensen_shannon import JS, LEAST_EXPECTED, MOST_CATEGORIES, jensen_shannon, js_floor
from taskflow_profilemesh.drift.unseen import UNSEEN, unseen_share
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.frequencies import Category
    from taskflow_profilemesh.drift.thresholds import Thresholds
    from taskflow_profilemesh.profiling.profile import ColumnProfile

_FEW: Final = 0.5  # share of the rows
_TEXTS: Final = frozenset({Kind.TEXT, Kind.OTHER})


def compare_categories(
    old: ColumnProfile, new: ColumnProfile, thresholds: Thresholds, *, is_key: bool = False, goes_on: bool = False
) -> tuple[list[Distance], Finding | None]:
    """Return the distances between texts and what is remarkable; none where a side's values are not known.

    `goes_on`: the texts sort by time, and later ones come by their nature.
    """
    before, after = Listed.of(old), Listed.of(new)
    if before is None or after is None or not {old.schema.kind, new.schema.kind} <= _TEXTS:
        return [], None
    judged = min(before.total, after.total) >= thresholds.minimum_rows and not is_key
    return _compared(
        before,
        after,
        thresholds,
        name=new.schema.name,
        unseen_judged=judged and not (goes_on and _mostly_later(before, after, last=str(old.maximum or ""))),
        mix_judged=judged and (not goes_on or before.counts.keys() == after.counts.keys()),
    )


def compare_codes(
    old: ColumnProfile, new: ColumnProfile, thresholds: Thresholds, *, moves: bool, by_numbers: Finding | None
) -> tuple[list[Distance], Finding | None]:
    """Return the distances between whole numbers of which the baseline lists each, and what is remarkable.

    `moves`: the column does so by its nature. `by_numbers`: what is remarkable about the same values as numbers. Of two
    findings the more severe one is returned; where they are equally severe that is new values if few rows hold them,
    since a column of which most moved has another distribution.
    """
    before, after = Listed.of(old), Listed.of(new)
    if before is None or after is None or after.error or not (_has_codes(old) and new.schema.kind is Kind.INTEGER):
        return [], by_numbers
    judged = min(before.total, after.total) >= thresholds.minimum_rows and not moves
    distances, found = _compared(
        before,
        after,
        thresholds,
        name=new.schema.name,
        unseen_judged=judged and (by_numbers is not None or _mostly_between(before, after)),
        mix_judged=judged and before.counts.keys() == after.counts.keys(),
    )
    if found is None or by_numbers is None:
        return distances, found or by_numbers
    few = found.metric == UNSEEN and found.distance is not None and found.distance <= _FEW
    is_told = few and found.severity.at_least(by_numbers.severity)
    return distances, found if is_told else by_numbers


def _has_codes(column: ColumnProfile) -> bool:
    """Whether each value is a whole number that is listed."""
    distinct = column.distinct
    return (
        column.schema.kind is Kind.INTEGER
        and distinct is not None
        and distinct.is_exact
        and distinct.count == len(distinct.top)
    )


def _mostly_between(baseline: Listed, current: Listed) -> bool:
    """Whether most of what is new lies between values that were there; names of withheld values have no order."""
    known = [number for value in baseline.counts if (number := _number(value)) is not None]
    new = [(_number(value), count) for value, count in current.counts.items() if value not in baseline.counts]
    if not known:
        return False
    between = sum(count for number, count in new if number is not None and min(known) < number < max(known))
    return 2 * between > sum(count for _, count in new)


def _mostly_later(baseline: Listed, current: Listed, *, last: str) -> bool:
    """Whether most of what is new comes after all that was there, of which `last` was the last."""
    last = max(last, *baseline.counts)
    new = {value: count for value, count in current.counts.items() if value not in baseline.counts}
    return 2 * sum(count for value, count in new.items() if value > last) > sum(new.values())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _compared(
    before: Listed, after: Listed, thresholds: Thresholds, *, name: str, unseen_judged: bool, mix_judged: bool
) -> tuple[list[Distance], Finding | None]:
    share, floor = unseen_share(before, after, alpha=thresholds.alpha)
    unseen = Distance(
        metric=UNSEEN,
        column=name,
        value=share,
        threshold=thresholds.unseen_warn,
        noise_floor=floor,
        judged=unseen_judged,
    )
    kept = folded(
        categories(before, after),
        smaller=min(before.total, after.total),
        least=LEAST_EXPECTED,
        most=MOST_CATEGORIES,
    )
    mix = _mix(kept, sampling(before.total, after.total), thresholds, name=name, judged=mix_judged)
    finding = (
        _unseen_finding(unseen, thresholds, is_known=before.is_complete)
        if unseen.exceeded
        else _mix_finding(mix, kept, thresholds)
    )
    return [unseen, *([mix] if mix else [])], finding


def _mix(kept: list[Category], variation: float, thresholds: Thresholds, *, name: str, judged: bool) -> Distance | None:
    if not kept:
        return None
    return Distance(
        metric=JS,
        column=name,
        value=jensen_shannon(kept),
        threshold=thresholds.js_warn,
        noise_floor=js_floor(len(kept), variation=variation, alpha=thresholds.alpha),
        judged=judged,
    )


def _unseen_finding(found: Distance, thresholds: Thresholds, *, is_known: bool) -> Finding:
    had = "did not have" if is_known else "hardly had"
    return Finding(
        metric=UNSEEN,
        column=found.column,
        baseline_value=0.0,
        current_value=found.value,
        distance=found.value,
        threshold=found.threshold,
        severity=Severity.HIGH if found.value >= thresholds.unseen_fail else Severity.MEDIUM,
        sentence=f"{found.column} has values that it {had} before: they are {found.value:.1%} of all.",
    )


def _mix_finding(mix: Distance | None, kept: list[Category], thresholds: Thresholds) -> Finding | None:
    if mix is None or not mix.exceeded:
        return None
    moved = max(kept, key=lambda item: abs(item.current_share - item.baseline_share))
    return Finding(
        metric=JS,
        column=mix.column,
        baseline_value=moved.baseline_share,
        current_value=moved.current_share,
        distance=mix.value,
        threshold=mix.threshold,
        severity=Severity.HIGH if mix.value >= thresholds.js_fail else Severity.MEDIUM,
        sentence=f"The values of {mix.column} are mixed differently (Jensen-Shannon distance {mix.value:.2f}): "
        f"the one that moved most is {moved.current_share:.1%} of all, after {moved.baseline_share:.1%}.",
    )
