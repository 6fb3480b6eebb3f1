"""Putting keys together from what a catalog says of each column: where it stands in the primary key and in which index.

One row per column is what catalogs are asked for, so a column's places arrive as one text: `index place`, joined by
commas, where the index is any word without space and comma.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def primary_key(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the primary key's columns in its order, none without one; `rows`: of `column_name` and `key_position`.

    A position is a number from 1 on, or its text; of a column outside the key it is 0 or None.
    """
    keyed = sorted((int(row["key_position"]), row["column_name"]) for row in rows if row["key_position"])
    return tuple(name for _, name in keyed)


def unique_keys(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """Return the columns of each key in the key's order, the keys sorted; `rows`: of `column_name` and `key_places`."""
    keys: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        for entry in filter(None, (row["key_places"] or "").split(",")):
            index, _, place = entry.partition(" ")
            keys[index].append((int(place), row["column_name"]))
    return tuple(sorted({tuple(name for _, name in sorted(columns)) for columns in keys.values()}))
