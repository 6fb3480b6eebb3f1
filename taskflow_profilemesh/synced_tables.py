"""What the result of an Airbyte sync says of each table that it wrote: plain JSON in, `Synced` values out. Pure.

It has travelled through XCom, or was written by hand, so nothing in it is relied on: what is not as a sync writes it
says nothing of a table, and then nothing is held against the table's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from taskflow_profilemesh.tables import Synced

APPEND_MODES: Final = ("full_refresh_append", "incremental_append")
_SUCCEEDED: Final = "succeeded"


def synced_tables(result: Mapping[Any, Any]) -> dict[str, Synced]:
    """Return what is known of each table; tables of which nothing can be said are not in it.

    Of a job that did not succeed nothing is: an overwrite that failed leaves the rows of the last one.
    """
    job_id, streams = result.get("job_id"), result.get("streams")
    if result.get("status") != _SUCCEEDED or not _is_count(job_id) or not isinstance(streams, Iterable):
        return {}
    told: dict[str, list[Synced]] = {}
    known = [stream for stream in streams if isinstance(stream, Mapping) and isinstance(stream.get("table"), str)]
    for stream in known:
        told.setdefault(stream["table"], []).append(_synced(result, stream, is_only=len(known) == 1))
    together = {table: _together(several) for table, several in told.items()}
    return {table: synced for table, synced in together.items() if synced is not None}


def _synced(result: Mapping[Any, Any], stream: Mapping[Any, Any], *, is_only: bool) -> Synced:
    """Read one stream; the rows of the whole job are those of a stream that is the only one."""
    rows = _count_or_none(stream.get("rows_synced"))
    if rows is None and is_only:
        rows = _count_or_none(result.get("rows_synced"))
    last = rows if result.get("attempts") == 1 else _count_or_none(stream.get("rows_last_attempt"))
    mode = stream.get("sync_mode")
    return Synced(
        job_id=result["job_id"],
        sync_mode=mode if isinstance(mode, str) else None,
        rows_committed=rows,
        rows_last_attempt=last,
    )


def _together(several: list[Synced]) -> Synced | None:
    """Return what streams that write into one table have written; None where one of them replaces others' rows."""
    if len(several) == 1:
        return several[0]
    counts = [one.rows_committed for one in several if one.rows_committed is not None]
    if len(counts) < len(several) or any(one.sync_mode not in APPEND_MODES for one in several):
        return None
    return Synced(
        job_id=several[0].job_id, sync_mode=several[0].sync_mode, rows_committed=sum(counts), rows_last_attempt=None
    )


def _count_or_none(value: object) -> int | None:
    return value if isinstance(value, int) and _is_count(value) else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
