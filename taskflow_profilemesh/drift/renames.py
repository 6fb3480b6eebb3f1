"""Which of the columns that went is which of those that came.

A pair is likely by its names (the similarity of difflib, and whether the words of one are among the other's) and by
what the columns hold (null share, share of different values, distribution, lengths, frequent values). Both must be of
one kind. Names and contents weigh the same; contents that are nearly equal suffice alone where they are rich, or where
the new column stands exactly where the old one stood (between the same two that stayed, and declared alike): few
values are then no coincidence, unless there is but one. Where nothing is known of the contents the names must be very
much alike.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.distances import Steps, widest_gap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct
    from taskflow_profilemesh.profiling.schema import ColumnSchema, TableSchema

LIKELY: Final = 0.7  # similarity (0 to 1) from which on a pair is taken for one column
_ALIKE_NAMES: Final = 0.8  # ... by names alone
_EQUAL_CONTENT: Final = 0.98  # ... by contents alone
_RICH: Final = 20  # different values from which on equal contents are no coincidence

_NOWHERE: Final[Mapping[str, str]] = {}

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def renames(
    removed: Sequence[ColumnProfile], added: Sequence[ColumnProfile], *, in_place: Mapping[str, str] = _NOWHERE
) -> dict[str, str]:
    """Return the old name by the new name of each column that was probably renamed; the likeliest pairs first.

    `in_place`: the old name by the new name of each column that stands where the old one stood, as `replaced` finds it.
    """
    pairs = [
        (similarity, old.schema.name, new.schema.name)
        for old in removed
        for new in added
        if old.schema.kind is new.schema.kind
        and (similarity := column_similarity(old, new, in_place=in_place.get(new.schema.name) == old.schema.name))
        >= LIKELY
    ]
    found: dict[str, str] = {}
    for _, old_name, new_name in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if new_name not in found and old_name not in found.values():
            found[new_name] = old_name
    return found


def replaced(before: TableSchema, after: TableSchema) -> dict[str, str]:
    """Return the old name by the new name where one column, declared alike, took the place of another."""
    kept = {column.name for column in before.columns} & {column.name for column in after.columns}
    old = {place: column for column, place in _alone(before, kept)}
    found = ((column, old.get(place)) for column, place in _alone(after, kept))
    return {new.name: was.name for new, was in found if was and was.declared_type == new.declared_type}


def _alone(schema: TableSchema, kept: Collection[str]) -> Iterator[tuple[ColumnSchema, tuple[str | None, str | None]]]:
    """Yield each column that is not kept and stands alone between two that are, with those two; None is the edge."""
    names = [None, *(column.name for column in schema.columns), None]
    for place, column in enumerate(schema.columns, start=1):
        sides = names[place - 1], names[place + 1]
        if column.name not in kept and all(side is None or side in kept for side in sides):
            yield column, sides


def column_similarity(old: ColumnProfile, new: ColumnProfile, *, in_place: bool = False) -> float:
    """Return how likely two columns are one (0 to 1); `in_place`: the new one stands where the old one stood."""
    names = name_similarity(old.schema.name, new.schema.name)
    facts = list(_content_similarities(old, new))
    if not facts:
        return names if names >= _ALIKE_NAMES else 0.0
    contents = sum(facts) / len(facts)
    least = min(_distinct_count(old), _distinct_count(new))
    tells = least >= _RICH or (in_place and least > 1)
    return contents if tells and min(facts) >= _EQUAL_CONTENT else (names + contents) / 2


def name_similarity(old: str, new: str) -> float:
    """Return how alike two names are (0 to 1)."""
    words, other_words = _words(old), _words(new)
    contained = bool(words and other_words) and (words <= other_words or other_words <= words)
    ratio = SequenceMatcher(None, old.casefold(), new.casefold(), autojunk=False).ratio()
    return max(ratio, _ALIKE_NAMES if contained else 0.0)


def _words(name: str) -> set[str]:
    return {word.casefold() for word in _WORDS.findall(name)}


def _content_similarities(old: ColumnProfile, new: ColumnProfile) -> Iterator[float]:
    """Yield the similarity (0 to 1) of everything that is known of both and tells anything."""
    if old.null_ratio is not None and new.null_ratio is not None and (old.null_count or new.null_count):
        yield 1 - abs(old.null_ratio - new.null_ratio)
    if not old.value_count or not new.value_count:
        return
    if old.distinct and new.distinct:
        yield 1 - abs(_different_share(old, old.distinct) - _different_share(new, new.distinct))
    if old.distinct and new.distinct and old.lengths:
        yield _shared(old.distinct, new.distinct)
    if old.distribution and new.distribution:
        yield 1 - widest_gap(Steps.of(old.distribution, new.distribution)).ks
    if old.lengths and new.lengths and old.lengths.mean is not None and new.lengths.mean is not None:
        yield (1 + min(old.lengths.mean, new.lengths.mean)) / (1 + max(old.lengths.mean, new.lengths.mean))
    if old.true_count is not None and new.true_count is not None:
        yield 1 - abs(old.true_count / old.value_count - new.true_count / new.value_count)


def _different_share(column: ColumnProfile, distinct: Distinct) -> float:
    return min(distinct.count / column.value_count, 1.0)


def _shared(old: Distinct, new: Distinct) -> float:
    """Return the share (0 to 1) of the frequent values that both have; 1 where neither has any."""
    before, after = {top.value for top in old.top}, {top.value for top in new.top}
    return len(before & after) / len(before | after) if before | after else 1.0


def _distinct_count(column: ColumnProfile) -> int:
    if column.true_count is not None:
        return (column.true_count > 0) + (column.true_count < column.value_count)
    return column.distinct.count if column.distinct else 0
