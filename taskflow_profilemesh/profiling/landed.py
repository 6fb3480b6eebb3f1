"""What a database counts of the rows that one sync has left in a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedRows:
    """All rows of a table, those whose sync is known, those of the job that was asked about, and those of later jobs.

    The sync of a row is the `sync_id` in its `_airbyte_meta`. `may_delete`: the source deletes rows too, and a row that
    Airbyte committed may stand for one that is gone (change data capture).
    """

    rows: int
    known_rows: int
    job_rows: int
    later_rows: int
    may_delete: bool = False
