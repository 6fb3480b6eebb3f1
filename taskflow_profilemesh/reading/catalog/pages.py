"""How PostgreSQL's tables are cut: by pages, by the tables that their rows lie in, or not at all. Pure.

Pages are counted in the file, since the statistics may be old. Rows per page come from the statistics or, in a table
never analysed, from the declared widths; long values are stored elsewhere and weigh on the bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.reading.catalog.entry import Pages, Part, Parts, Whole
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TID_RANGE_SCAN = 140_000  # the first version that reads a range of pages without reading all of them
_ROW_OVERHEAD_BYTES = 28  # tuple header and line pointer
_NO_PAGES = {"v": "a view has no pages of its own", "f": "a foreign table has no pages here"}
_ONE_OF_MANY = frozenset("rpf")


@dataclass(frozen=True, slots=True)
class Batch:
    """The most that one range should hold: rows, and bytes of the table's own storage."""

    rows: int
    storage_bytes: int


def cut_of(table: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], batch: Batch) -> Pages | Parts | Whole:
    """Say how a table can be cut, from its row of the catalog and those of its columns."""
    if table["relation_kind"] == "p" or table["has_children"]:
        return _parts(table, columns, batch)
    return _pages(table, table, columns, batch)


def _pages(
    relation: Mapping[str, Any], table: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], batch: Batch
) -> Pages | Whole:
    """Say how one relation is cut that holds rows (or some) of the table."""
    if (why := _NO_PAGES.get(relation["relation_kind"])) is not None:
        return Whole(why)
    if not relation["is_heap"] or table["version"] < _TID_RANGE_SCAN:
        return Whole("this server cannot read it by pages")
    pages = -(-relation["main_bytes"] // table["page_bytes"])
    by_rows = int(batch.rows / max(1.0, _rows_per_page(relation, table["page_bytes"], columns)))
    by_bytes = int(batch.storage_bytes * pages / max(1, relation["size_bytes"]))
    return Pages(count=pages, per_batch=max(1, min(by_rows, by_bytes)))


def _rows_per_page(relation: Mapping[str, Any], page_bytes: int, columns: Sequence[Mapping[str, Any]]) -> float:
    rows, pages = relation["counted_rows"], relation["counted_pages"]
    if rows > 0 and pages > 0:
        return float(rows / pages)
    least = sum(row["type_bytes"] if row["type_bytes"] > 0 else 1 for row in columns)
    return float(page_bytes / (_ROW_OVERHEAD_BYTES + least))


def _parts(table: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], batch: Batch) -> Parts | Whole:
    """Take the table apart, unless this user would see other rows in the parts than in the whole."""
    relations = json.loads(table["parts"] or "[]")
    if table["row_rules"]:
        return Whole("rules about rows apply to the whole table")
    if not all(relation["readable"] for relation in relations):
        return Whole("this user may not read all of its partitions")
    parts = tuple(
        _part(relation, table, columns, batch) for relation in relations if relation["relation_kind"] in _ONE_OF_MANY
    )
    return Parts(parts, batch.rows)


def _part(
    relation: Mapping[str, Any], table: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], batch: Batch
) -> Part:
    cut = _pages(relation, table, columns, batch)
    return Part(
        table=TableRef(relation["name"], relation["schema"]),
        cut=cut,
        only=bool(relation["has_children"]),
        row_estimate=_estimate(relation, cut, table["page_bytes"], columns),
    )


def _estimate(
    relation: Mapping[str, Any], cut: Pages | Whole, page_bytes: int, columns: Sequence[Mapping[str, Any]]
) -> int | None:
    """Return the rows that the part's pages probably hold now; None where it has no pages."""
    return round(cut.count * _rows_per_page(relation, page_bytes, columns)) if isinstance(cut, Pages) else None
