"""How a number was come by: the word that stands beside every number which is not exact."""

from __future__ import annotations

from enum import StrEnum


class Precision(StrEnum):
    """How a number was come by."""

    EXACT = "exact"  # of every row
    APPROXIMATE = "approximate"  # of every row, within a stated bound
    SAMPLED = "sampled"  # of some rows
