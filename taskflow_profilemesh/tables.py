"""Naming a table, and saying what of it should be profiled.

A name is written `table` or `schema.table`. A part that holds a dot, a space at its edge, a double quote or a wildcard
(`*`, `?`) is written in double quotes, with `"` doubled inside, as in SQL. Parsing and printing are each other's
inverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from taskflow_profilemesh.errors import InvalidOption

_PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^".]+?))\s*(?:\.|$)')
_MOST_PARTS = 2
_WILDCARDS = "*?"


@dataclass(frozen=True, slots=True, order=True)
class TableRef:
    """One table: its name and, where it is known, its schema (in MySQL: its database)."""

    name: str
    schema: str | None = None

    @classmethod
    def parse(cls, text: str) -> TableRef:
        """Read `table` or `schema.table`; raises `InvalidOption` for anything else.

        A wildcard outside of quotes is a character like any other here: `table_requests` asks `split` for them first.
        """
        parts = split(text)
        return cls(name=parts[-1].text, schema=parts[0].text if len(parts) == _MOST_PARTS else None)

    def __str__(self) -> str:
        """Print the name so that `parse` reads it back."""
        return ".".join(_printed(part) for part in (self.schema, self.name) if part is not None)


@dataclass(frozen=True, slots=True)
class NamePart:
    """One part of a name as somebody wrote it."""

    text: str  # without quotes
    is_pattern: bool = False  # it has a wildcard outside of quotes


def split(text: str) -> list[NamePart]:
    """Take a name apart: its table, after its schema where one is written; raises `InvalidOption` for what is none."""
    parts, position = [], 0
    while position < len(text) and (match := _PART.match(text, position)):
        quoted, plain = match.groups()
        parts.append(NamePart(quoted.replace('""', '"')) if quoted else NamePart(plain, has_wildcard(plain)))
        position = match.end()
    complete = position == len(text) and not text.endswith(".")
    if not complete or not 1 <= len(parts) <= _MOST_PARTS:
        raise InvalidOption(option="table", got=text, expected="table or schema.table")
    return parts


def has_wildcard(text: str) -> bool:
    """Say whether a text without quotes stands for several names."""
    return any(mark in text for mark in _WILDCARDS)


def _printed(part: str) -> str:
    plain = "." not in part and '"' not in part and part == part.strip() and not has_wildcard(part)
    return part if plain else '"' + part.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Partition:
    """Some partitions of a table, told by the values of a column: the latest ones, or those with given values.

    Exactly one of the two is given. A partition is the rows that share a value; nulls are in none.
    """

    column: str
    recent: int | None = None  # so many (≥ 1) of the highest values
    values: tuple[str, ...] | None = None  # as the database writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What Airbyte says that one sync wrote into a table, so that it can be held against the rows that are there.

    `rows_committed`: by all attempts of the job. `rows_last_attempt`: by the last attempt that had the stream, which is
    all of them where there was one attempt. None is unknown.
    """

    job_id: int
    sync_mode: str | None
    rows_committed: int | None
    rows_last_attempt: int | None


@dataclass(frozen=True, slots=True)
class TableRequest:
    """What of one table should be profiled.

    `columns`: only these, in table order (None: all). `exclude_columns`: not these. `where`: an SQL condition
    that rows must meet. `sample`: a number of rows (int ≥ 1, met on average) or a share of them (0 < float < 1) to
    compute the statistics from; None reads every row. The row count is exact either way, and so are nulls and extremes.
    `sample_method`: `rows` throws for each row, which the database has to read for that; `pages` takes whole pages,
    where the database has them (PostgreSQL): it reads only that share of the table, but rows on one page are often
    alike. `max_rows`: a table of more rows is sampled down to these. `partition`: only these partitions. `incremental`:
    the column (whole numbers, dates or timestamps that only grow, `_airbyte_extracted_at` for one) by which rows that
    are new since the last profile are told; only they are read, and merged with what is known of the others, as long as
    the database shows no sign that those changed. `synced`: what Airbyte says that the last sync wrote, which is then
    held against the rows that are there (None: nothing is). `unwanted_columns`: patterns (`*`, `?`) of further columns
    to leave out, unless `columns` names them; one that no column fits leaves out none.
    """

    table: TableRef
    columns: tuple[str, ...] | None = None
    exclude_columns: tuple[str, ...] = ()
    where: str | None = None
    sample: int | float | None = None
    incremental: str | None = None
    sample_method: Literal["rows", "pages"] | None = None  # None: rows
    max_rows: int | None = None
    partition: Partition | None = None
    synced: Synced | None = None
    unwanted_columns: tuple[str, ...] = ()

    def leaves_out(self, column: str) -> bool:
        """Say whether a column that nobody names is not wanted."""
        return any(fnmatchcase(column, pattern) for pattern in self.unwanted_columns)
