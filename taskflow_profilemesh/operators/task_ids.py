"""Ids of tasks that are made of names: no two of one group may be alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def told_apart(ids: Iterable[str]) -> list[str]:
    """Return the ids in order; where two would be alike, the later ones are numbered from 2."""
    apart: list[str] = []
    for plain in ids:
        chosen, number = plain, 1
        while chosen in apart:
            number += 1
            chosen = f"{plain}_{number}"
        apart.append(chosen)
    return apart
