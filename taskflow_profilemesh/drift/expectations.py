"""What a table has always been so far, as expectations that later profiles can be held to.

Suggested from several profiles (`LEAST_PROFILES` or more), each with its evidence: how many profiles and rows said so.
Ranges are widened by a tenth of what was seen, since the next extreme is a matter of time; allowed values are suggested
only where the list of them is complete, stood still since the first half of the profiles, and each was seen in five
rows. Numbers with a fraction are different by their nature: that they are unique is no expectation. Keys, counters and
clocks go on (`by_nature.py`) and have no range. The band of rows is that of `anomalies.row_band`; a table that only
grew is to have what it began with, or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.anomalies import row_band
from taskflow_profilemesh.drift.by_nature import moves_by_nature
from taskflow_profilemesh.drift.frequencies import Listed
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile

LEAST_PROFILES: Final = 5
LEAST_ROWS: Final = 100  # that hold a value, over all profiles
MOST_VALUES: Final = 20
_MARGIN: Final = 0.1
_SEEN: Final = 5


class ExpectationKind(StrEnum):
    """What can be expected."""

    NOT_NULL = "not_null"
    UNIQUE = "unique"
    RANGE = "range"
    ALLOWED_VALUES = "allowed_values"
    ROW_COUNT = "row_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Something that has always held. `low` and `high` of ranges and rows (None: no end); `values` are values of rows.

    `profiles` and `rows` are the evidence: how many profiles it held in, and how many rows they had.
    """

    kind: ExpectationKind
    column: str | None
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    profiles: int
    rows: int

    @property
    def evidence(self) -> str:
        """Say why it is expected."""
        return f"It held in {self.profiles} profiles of {self.rows:,} rows together."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether a profile meets an expectation; None: it cannot tell. `sentence` holds no value of a row.

    `expected` and `found` are the shares (0 to 1) or the counts that were held against each other: of nulls, of
    rows with a value of their own, of values that are not allowed, of rows. `found` is None where nobody knows, and of
    ranges, whose ends are values of rows.
    """

    expectation: Expectation
    met: bool | None
    sentence: str
    expected: float = 0.0
    found: float | None = None


def suggest(profiles: Sequence[TableProfile], *, least: int = LEAST_PROFILES) -> tuple[Expectation, ...]:
    """Return what all the profiles (newest first) agree on; nothing of fewer than `least`."""
    if len(profiles) < max(least, 1):
        return ()
    found = [*_rows(profiles)]
    for column in profiles[0].columns:
        history = [one for profile in profiles if (one := profile.column(column.schema.name)) and one.error is None]
        if len(history) == len(profiles) and sum(one.value_count for one in history) >= LEAST_ROWS:
            found += _column(column.schema.name, history, is_key=column.schema.name in profiles[0].schema.primary_key)
    return tuple(found)


def check(expectations: Sequence[Expectation], profile: TableProfile) -> tuple[Outcome, ...]:
    """Return what becomes of each expectation in a profile, in their order."""
    return tuple(_checked(expectation, profile) for expectation in expectations)


def _rows(profiles: Sequence[TableProfile]) -> Iterator[Expectation]:
    counts = [profile.row_count for profile in profiles]
    band = row_band(counts)
    if band is not None:
        only_grew = counts[0] > counts[-1] and all(later >= earlier for later, earlier in pairwise(counts))
        yield Expectation(
            kind=ExpectationKind.ROW_COUNT,
            column=None,
            low=counts[-1] if only_grew else min(band[0], *counts),
            high=None if only_grew else max(band[1], *counts),
            profiles=len(profiles),
            rows=sum(counts),
        )


def _column(name: str, history: Sequence[ColumnProfile], *, is_key: bool) -> Iterator[Expectation]:
    profiles, rows = len(history), sum(one.row_count for one in history)
    if all(one.null_ratio == 0 for one in history):
        yield Expectation(kind=ExpectationKind.NOT_NULL, column=name, profiles=profiles, rows=rows)
    fractions = history[0].schema.kind is Kind.FLOAT
    if not fractions and all(one.is_key_candidate and one.distinct and one.distinct.is_exact for one in history):
        yield Expectation(kind=ExpectationKind.UNIQUE, column=name, profiles=profiles, rows=rows)
    ends = None if is_key or moves_by_nature(history[-1], history[0]) else _wide_ends(history)
    if ends is not None:
        yield Expectation(
            kind=ExpectationKind.RANGE, column=name, low=ends[0], high=ends[1], profiles=profiles, rows=rows
        )
    values = _values(history)
    if values:
        yield Expectation(kind=ExpectationKind.ALLOWED_VALUES, column=name, values=values, profiles=profiles, rows=rows)


def _wide_ends(history: Sequence[ColumnProfile]) -> tuple[float, float] | None:
    """Return the ends of all that was seen, and a tenth more; None where a profile has no numbers."""
    ends = [end for one in history if (end := _ends(one))]
    if len(ends) < len(history):
        return None
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    margin = _MARGIN * (high - low)
    return (0.0 if low >= 0 and low - margin < 0 else low - margin), high + margin


def _ends(column: ColumnProfile) -> tuple[float, float] | None:
    if column.numbers is None or column.minimum is None or column.maximum is None:
        return None
    return float(column.minimum), float(column.maximum)  # type: ignore[arg-type] # numbers: the column is numeric


def _values(history: Sequence[ColumnProfile]) -> tuple[str, ...]:
    """Return all values of a text column that were seen; none where they are not all known, or still come."""
    lists = [Listed.of(one) for one in history if one.lengths is not None]
    known = [one for one in lists if one is not None and one.is_complete and not one.error]
    if len(known) < len(history):
        return ()
    seen: dict[str, float] = {}
    for one in known:
        for value, count in one.counts.items():
            seen[value] = seen.get(value, 0.0) + count
    older = {value for one in known[len(known) // 2 :] for value in one.counts}
    settled = set(seen) == older and min(seen.values(), default=0) >= _SEEN and len(seen) <= MOST_VALUES
    return tuple(sorted(seen)) if settled else ()


def _checked(expectation: Expectation, profile: TableProfile) -> Outcome:
    if expectation.column is None:
        return _band(expectation, profile.row_count, "The table has", "rows")
    column = profile.column(expectation.column)
    if column is None or column.error is not None:
        return Outcome(
            expectation=expectation, met=None, sentence=f"{expectation.column} is not there, or has no statistics."
        )
    met: bool | None
    match expectation.kind:
        case ExpectationKind.NOT_NULL:
            expected, found = 0.0, column.null_ratio
            met, told = (None if found is None else found == 0), f"is null in {found or 0:.2%} of the rows"
        case ExpectationKind.UNIQUE:
            expected, found = 1.0, _own(column)
            met, told = column.is_key_candidate, f"has a value of its own in {found or 0:.2%} of the rows"
        case ExpectationKind.ALLOWED_VALUES:
            return _allowed(expectation, column)
        case _:
            return _range(expectation, column)
    sentence = f"{expectation.column} {told}."
    return Outcome(expectation=expectation, met=met, sentence=sentence, expected=expected, found=found)


def _own(column: ColumnProfile) -> float | None:
    """Return the share of rows that have a value of their own: a null is none."""
    return min(column.distinct.count / column.row_count, 1.0) if column.distinct and column.row_count else None


def _allowed(expectation: Expectation, column: ColumnProfile) -> Outcome:
    listed = Listed.of(column)
    if listed is None:
        return Outcome(expectation=expectation, met=None, sentence=f"{expectation.column} has no values.")
    other = sum(count for value, count in listed.counts.items() if value not in expectation.values) / listed.total
    met = False if other else (True if listed.is_complete else None)
    sentence = f"{expectation.column} has other than the allowed values in {other:.2%} of its values."
    return Outcome(expectation=expectation, met=met, sentence=sentence, found=other)


def _range(expectation: Expectation, column: ColumnProfile) -> Outcome:
    ends = _ends(column)
    if ends is None:
        return Outcome(expectation=expectation, met=None, sentence=f"{expectation.column} has no numbers.")
    met = not _is_below(ends[0], expectation.low) and not _is_above(ends[1], expectation.high)
    words = "stays within" if met else "leaves"
    return Outcome(expectation=expectation, met=met, sentence=f"{expectation.column} {words} the expected range.")


def _band(expectation: Expectation, count: int, before: str, after: str) -> Outcome:
    low, high = expectation.low, expectation.high
    is_below, is_above = _is_below(count, low), _is_above(count, high)
    sentence = f"{before} {count:,} {after}; {span_in_words(low, high, '{:,.0f}'.format)} are usual."
    expected, met = (low if is_below or high is None else high) or 0.0, not (is_below or is_above)
    return Outcome(expectation=expectation, met=met, sentence=sentence, expected=expected, found=count)


def span_in_words(low: float | None, high: float | None, said: Callable[[float], str]) -> str:
    """Say from where to where; an end that is None is open."""
    if low is None or high is None:
        return f"{said(high)} or fewer" if high is not None else f"{said(low or 0.0)} or more"
    return f"{said(low)} to {said(high)}"


def _is_below(value: float, low: float | None) -> bool:
    return low is not None and value < low


def _is_above(value: float, high: float | None) -> bool:
    return high is not None and value > high
