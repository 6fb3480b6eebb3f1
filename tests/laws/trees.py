"""Strategies: any split of rows, merged in any order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st

StateT = TypeVar("StateT")

# Laws over seeded tables are not shrunk: another seed is no simpler, and looking for one takes a minute.
_SEEDED = tuple(phase for phase in Phase if phase not in {Phase.shrink, Phase.explain})
few_hundred = settings(max_examples=200, deadline=None, report_multiple_bugs=False)
few_dozen = settings(max_examples=30, deadline=None, report_multiple_bugs=False, phases=_SEEDED)

splits = st.lists(st.floats(0, 1), max_size=6)  # where to cut, as shares of the rows
merges = st.randoms(use_true_random=False)


def cut(rows: int, shares: Sequence[float]) -> list[slice]:
    """Return stretches that cover the rows once; some may be empty."""
    borders = [0, *sorted(round(share * rows) for share in shares), rows]
    return [slice(start, end) for start, end in itertools.pairwise(borders)]


def merge(states: list[StateT], combine: Callable[[StateT, StateT], StateT], random: Random) -> StateT:
    """Merge states pair by pair, in an order that `random` chooses, until one is left."""
    left = list(states)
    random.shuffle(left)
    while len(left) > 1:
        place = random.randrange(len(left) - 1)
        left[place : place + 2] = [combine(left[place], left[place + 1])]
    return left[0]
