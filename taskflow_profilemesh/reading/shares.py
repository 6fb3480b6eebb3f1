"""Sharing the ranges of a table among workers, and writing a share down for one of them. Pure.

What is written down are ranges and no statements: which columns there are, and how its driver reads them, each worker
asks and decides for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.reading.catalog.entry import Part, Whole
from taskflow_profilemesh.reading.parts import PartRange
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.reading.plan import Range

_PLANNED = Whole("its ranges are planned")


def shared(ranges: Sequence[Range], shares: int) -> tuple[tuple[Range, ...], ...]:
    """Return the ranges in so many shares of even size, in order; in fewer, one at least, where ranges are few."""
    count = max(1, min(shares, len(ranges)))
    limits = [len(ranges) * number // count for number in range(count + 1)]
    return tuple(tuple(ranges[limits[number] : limits[number + 1]]) for number in range(count))


def as_document(ranges: Sequence[Range]) -> list[Any]:
    """Return a share as plain JSON."""
    return [[_document(part) for part in one] if isinstance(one, tuple) else one for one in ranges]


def of_document(document: Sequence[Any]) -> tuple[Range, ...]:
    """Read back what `as_document` returned."""
    return tuple(tuple(_range(part) for part in one) if isinstance(one, list) else one for one in document)


def _document(one: PartRange) -> dict[str, Any]:
    table = one.part.table
    return {"schema": table.schema, "name": table.name, "only": one.part.only, "condition": one.condition}


def _range(document: dict[str, Any]) -> PartRange:
    table = TableRef(document["name"], document["schema"])
    return PartRange(Part(table, _PLANNED, only=document["only"]), document["condition"])
