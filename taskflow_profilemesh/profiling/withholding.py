"""Takes the values of personal columns out of a finished profile. No count, length, share or distance is changed.

What goes: extremes and frequent values of texts and dates of birth; of numbers that are numbers of people (of phones,
cards, accounts) the same, and their distribution is known in steps of two digits. What stays: everything that counts.
Frequent values keep their counts under a name that stands for them, so that two profiles can still be compared.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.profiling.personal_data import NUMBERS
from taskflow_profilemesh.profiling.profile import Distribution, TopValue
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.shapes import shape
from taskflow_profilemesh.profiling.withheld import Method, PersonalKind, ToldBy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from taskflow_profilemesh.profiling.privacy import Privacy
    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct, TableProfile
    from taskflow_profilemesh.profiling.withheld import Withheld

HIDDEN: Final = "hidden:"

_YEAR_DAYS: Final = 365.25
_DAY_MICROSECONDS: Final = 86_400_000_000
_STEPS: Final = {Kind.DATE: _YEAR_DAYS, Kind.DATETIME: _YEAR_DAYS * _DAY_MICROSECONDS}
_SHOWN_KINDS: Final = frozenset({Kind.BOOLEAN, Kind.BINARY})  # two values, or none that are shown


def without_values(
    profile: TableProfile, withheld: Mapping[str, Withheld], privacy: Privacy, *, salt: str
) -> TableProfile:
    """Return the profile without the values of these columns, each of which says so.

    `salt` names the table and its source: hashes of one table are comparable, those of two are not.
    """

    def guarded(column: ColumnProfile) -> ColumnProfile:
        reason = withheld.get(column.schema.name)
        has_none = column.schema.kind in _SHOWN_KINDS or column.error is not None
        return column if reason is None or has_none else _guarded(column, reason, replacement(reason, privacy, salt))

    return replace(profile, columns=tuple(map(guarded, profile.columns)))


def replacement(reason: Withheld, privacy: Privacy, salt: str) -> Callable[[str], str | None]:
    """Return what tells the name that stands for a value: the same for what stands for one already; None drops it."""

    def hashed(text: str) -> str:
        return text if text.startswith(HIDDEN) else HIDDEN + privacy.hashed(text, salt=salt)

    match reason.method:
        case Method.HASH:
            return hashed
        case Method.MASK:
            return shape
        case Method.DROP:
            return lambda _: None


def comparable(
    baseline: TableProfile, current: TableProfile, privacy: Privacy, *, salt: str
) -> tuple[TableProfile, TableProfile]:
    """Return both profiles as they can be compared: what one withholds of a column, the other does too.

    Where names of values were made in different ways, or under different keys, neither has any.
    """
    before, after = _withheld(baseline), _withheld(current)
    ids = {name for name, reason in after.items() if reason.looks_like is PersonalKind.IDENTIFIER}
    both = after | {name: reason for name, reason in before.items() if name not in after or name in ids}
    other_ways = {
        name
        for name, reason in both.items()
        if _way(before.get(name, reason)) != _way(after.get(name, reason)) or not _can_make(reason, privacy)
    }
    return (
        _without_names(without_values(baseline, both, privacy, salt=salt), other_ways),
        _without_names(without_values(current, both, privacy, salt=salt), other_ways),
    )


def _withheld(profile: TableProfile) -> dict[str, Withheld]:
    return {column.schema.name: column.withheld for column in profile.columns if column.withheld is not None}


def _way(reason: Withheld) -> tuple[Method, str | None]:
    return reason.method, reason.key_id


def _can_make(reason: Withheld, privacy: Privacy) -> bool:
    return reason.method is not Method.HASH or reason.key_id == privacy.key_id


def _without_names(profile: TableProfile, columns: set[str]) -> TableProfile:
    def bare(column: ColumnProfile) -> ColumnProfile:
        if column.schema.name not in columns or column.distinct is None:
            return column
        return replace(column, distinct=replace(column.distinct, top=()))

    return replace(profile, columns=tuple(map(bare, profile.columns))) if columns else profile


def _guarded(column: ColumnProfile, reason: Withheld, named: Callable[[str], str | None]) -> ColumnProfile:
    kept = replace(
        column,
        withheld=reason,
        distinct=_distinct(column.distinct, named),
        json_keys=column.json_keys if reason.told_by is ToldBy.VALUES else None,
    )
    if _keeps_numbers(column.schema.kind, reason.looks_like):
        return kept
    return replace(
        kept,
        minimum=None,
        maximum=None,
        time_span=None,  # freshness is as good as the latest value
        distribution=_coarse(column.distribution, column.schema.kind),
    )


def _keeps_numbers(kind: Kind, looks_like: PersonalKind) -> bool:
    """Whether extremes stay: ids that count people are counters, and drift knows a counter by them."""
    return kind in NUMBERS and looks_like is PersonalKind.IDENTIFIER


def _distinct(distinct: Distinct | None, named: Callable[[str], str | None]) -> Distinct | None:
    if distinct is None:
        return None
    counts: dict[str, int] = {}
    for top in distinct.top:
        name = named(top.value)
        if name is not None:
            counts[name] = counts.get(name, 0) + top.count
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return replace(distinct, top=tuple(TopValue(name, count) for name, count in order))


def _coarse(distribution: Distribution | None, kind: Kind) -> Distribution | None:
    """Return the exact distribution of the values as they are when rounded down, to a year or to two digits.

    The same steps every time: two such distributions can be compared like any others. The histogram goes, whose
    borders would be the extremes.
    """
    if distribution is None:
        return None
    shares: dict[float, float] = {}
    last = -math.inf
    for point, share in zip(distribution.points, distribution.cumulative_ratio, strict=True):
        last = max(last, _rounded(point, kind))
        shares[last] = share  # that of the last point that falls on the step
    return Distribution(tuple(shares), tuple(shares.values()), distribution.rank_error_ratio, mad=distribution.mad)


def _rounded(point: float, kind: Kind) -> float:
    step = _STEPS.get(kind)
    if step is None:
        step = 10.0 ** (math.floor(math.log10(abs(point))) - 1) if point else 1.0
    return math.floor(point / step) * step
