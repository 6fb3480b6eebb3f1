"""Ids of tasks and DAGs, made of names that may hold anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from taskflow_profilemesh.operators.task_ids import told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 100
_OTHERS = re.compile(r"\W+")


def id_of(name: str) -> str:
    """Return an id that looks like the name: letters, digits and underscores, 1 to 100 of them."""
    return _OTHERS.sub("_", name).strip("_")[:_LONGEST] or "unnamed"


def ids_of(names: Iterable[str]) -> list[str]:
    """Return an id for each name, in order; where two would be alike, the later ones are numbered from 2."""
    return told_apart(id_of(name) for name in names)
