"""Cutting a table into ranges that together hold every row once.

A range is an SQL condition. The first is open below and the last open above, so that rows that appear while reading
fall into one of them. PostgreSQL's are ranges of pages: since version 14 a condition on `ctid` reads just those pages
(Tid Range Scan), without any index. Elsewhere they are ranges of a unique whole number, for which NULL is a range of
its own.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from random import Random


def page_ranges(pages: int, *, pages_per_range: int, first: int = 0) -> tuple[str, ...]:
    """Return conditions on `ctid`, each for `pages_per_range` pages (≥ 1); none at all when one read does.

    Up to page `first` nothing is of interest; the first range has it all the same, being open below.
    """
    starts = range(first, pages, pages_per_range)
    if len(starts) <= 1:
        return ()
    limits = [f"'({page},0)'::tid" for page in starts[1:]]
    return _between("ctid", limits)


def page_slices(pages: int, *, pages_per_slice: int, share: float, seed: str) -> tuple[str, ...]:
    """Return conditions on `ctid` that take a `share` (0 to 1) of the pages, in slices spread over the table.

    One slice lies somewhere in each stretch of the table, at random, but at the same place for the same `seed`.
    """
    random = Random(seed)  # noqa: S311 -- nobody gains by guessing it
    stretch = ceil(pages_per_slice / share)
    slices = []
    for start in range(0, pages, stretch):
        length = ceil(min(stretch, pages - start) * share)
        first = start + random.randrange(min(stretch, pages - start) - length + 1)
        slices.append(f"ctid >= '({first},0)'::tid and ctid < '({first + length},0)'::tid")
    return tuple(slices)


def key_ranges(key: str, low: int, high: int, *, count: int, nullable: bool) -> tuple[str, ...]:
    """Return about `count` conditions on the key, written as SQL, that share `low` to `high` evenly.

    None at all when one read does. A nullable key gets one more range, for its nulls.
    """
    width = max(1, -(-(high - low + 1) // max(1, count)))  # in whole numbers: keys exceed what a double holds
    limits = [str(limit) for limit in range(low + width, high + 1, width)]
    if not limits:
        return ()
    return _between(key, limits) + ((f"{key} is null",) if nullable else ())


def _between(name: str, limits: list[str]) -> tuple[str, ...]:
    inner = [f"{name} >= {start} and {name} < {end}" for start, end in pairwise(limits)]
    return (f"{name} < {limits[0]}", *inner, f"{name} >= {limits[-1]}")
