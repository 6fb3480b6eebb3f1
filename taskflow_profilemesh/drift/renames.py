"""Which of the columns that went is which of those that came.

A pair is likely by its names (the similarity of difflib, and whether the words of one are among the other's) and by
what the columns hold (null share, share of different values, distribution, lengths, frequent values). Both must be of
one kind. Names and contents weigh the same; contents that are rich and nearly equal suffice alone, and where
nothing is known of the contents the names must be very much alike.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.distances import Steps, widest_gap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct

LIKELY: Final = 0.7  # similarity (0 to 1) from which on a pair is taken for one column
_ALIKE_NAMES: Final = 0.8  # ... by names alone
_EQUAL_CONTENT: Final = 0.98  # ... by contents alone
_RICH: Final = 20  # different values from which on equal contents are no coincidence

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def renames(removed: Sequence[ColumnProfile], added: Sequence[ColumnProfile]) -> dict[str, str]:
    """Return the old name by the new name of each column that was probably renamed; the likeliest pairs first."""
    pairs = [
        (similarity, old.schema.name, new.schema.name)
        for old in removed
        for new in added
        if old.schema.kind is new.schema.kind and (similarity := column_similarity(old, new)) >= LIKELY
    ]
    found: dict[str, str] = {}
    for _, old_name, new_name in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if new_name not in found and old_name not in found.values():
            found[new_name] = old_name
    return found


def column_similarity(old: ColumnProfile, new: ColumnProfile) -> float:
    """Return how likely two columns are one (0 to 1)."""
    names = name_similarity(old.schema.name, new.schema.name)
    facts = list(_content_similarities(old, new))
    if not facts:
        return names if names >= _ALIKE_NAMES else 0.0
    contents = sum(facts) / len(facts)
    rich = min(_distinct_count(old), _distinct_count(new)) >= _RICH
    return contents if rich and min(facts) >= _EQUAL_CONTENT else (names + contents) / 2


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
    return column.distinct.count if column.distinct else 0
