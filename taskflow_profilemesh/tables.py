"""Naming a table, and saying what of it should be profiled.

A name is written `table` or `schema.table`. A part that holds a dot, a space at its edge or a double quote is
written in double quotes, with `"` doubled inside, as in SQL. Parsing and printing are each other's inverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from taskflow_profilemesh.errors import InvalidOption

_PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^".]+?))\s*(?:\.|$)')
_MOST_PARTS = 2


@dataclass(frozen=True, slots=True, order=True)
class TableRef:
    """One table: its name and, where it is known, its schema (in MySQL: its database)."""

    name: str
    schema: str | None = None

    @classmethod
    def parse(cls, text: str) -> TableRef:
        """Read `table` or `schema.table`; raises `InvalidOption` for anything else."""
        parts, position = [], 0
        while position < len(text) and (match := _PART.match(text, position)):
            quoted, plain = match.groups()
            parts.append(quoted.replace('""', '"') if quoted else plain)
            position = match.end()
        complete = position == len(text) and not text.endswith(".")
        if not complete or not 1 <= len(parts) <= _MOST_PARTS:
            raise InvalidOption(option="table", got=text, expected="table or schema.table")
        return cls(name=parts[-1], schema=parts[0] if len(parts) == _MOST_PARTS else None)

    def __str__(self) -> str:
        """Print the name so that `parse` reads it back."""
        return ".".join(_printed(part) for part in (self.schema, self.name) if part is not None)


def _printed(part: str) -> str:
    plain = "." not in part and '"' not in part and part == part.strip()
    return part if plain else '"' + part.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class TableRequest:
    """What of one table should be profiled.

    `columns`: only these, in table order (None: all). `exclude_columns`: not these. `where`: an SQL condition
    that rows must meet. `sample`: a number of rows (int ≥ 1, met on average) or a share of them (0 < float < 1) to
    compute the statistics from; None reads every row. The row count is exact either way. `incremental`: the column
    (whole numbers, dates or timestamps that only grow, `_airbyte_extracted_at` for one) by which rows that are new
    since the last profile are told; only they are read, and merged with what is known of the others, as long as the
    database shows no sign that those changed.
    """

    table: TableRef
    columns: tuple[str, ...] | None = None
    exclude_columns: tuple[str, ...] = ()
    where: str | None = None
    sample: int | float | None = None
    incremental: str | None = None
