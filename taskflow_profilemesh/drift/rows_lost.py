"""Whether rows that Airbyte says it committed are missing. Pure.

A row carries the id of the job that wrote it, in `_airbyte_meta.sync_id`. By the stream's mode, so many rows must carry
it at least:

| mode | rows with the job's id |
|---|---|
| full_refresh_append, incremental_append | all that its attempts have committed; more if rows came twice |
| full_refresh_overwrite | what the last attempt has committed: it may have begun anew, and replaced the others' rows |
| full_refresh_overwrite_deduped, incremental_deduped_history | one, if any was committed: rows share a key |

There is no verdict where the database cannot tell: no row says which sync it is of; a later job has written too, and so
may have replaced rows; the source deletes rows of a deduplicated table. More rows than were committed are no loss.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.drift.findings import Distance, DriftReport, Finding, Severity
from taskflow_profilemesh.synced_tables import APPEND_MODES

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.landed import LandedRows
    from taskflow_profilemesh.tables import Synced

METRIC: Final = "rows_lost"
HIGH_RATIO: Final = 0.01  # from this share of lost rows on, losing them is high; any loss is medium

_OVERWRITE: Final = "full_refresh_overwrite"
_DEDUPED: Final = ("full_refresh_overwrite_deduped", "incremental_deduped_history")
_HALF_A_ROW: Final = 0.5


def least_rows(synced: Synced) -> int | None:
    """Return how many rows must carry the job's id at least, None where nothing can be said."""
    if synced.rows_committed is None:
        return None
    any_row = min(1, synced.rows_committed)
    match synced.sync_mode:
        case mode if mode in APPEND_MODES:
            return synced.rows_committed
        case mode if mode == _OVERWRITE:
            return any_row if synced.rows_last_attempt is None else synced.rows_last_attempt
        case mode if mode in _DEDUPED:
            return any_row
    return None


def rows_lost(
    synced: Synced, landed: LandedRows, *, rows_profiled: int | None = None
) -> tuple[Distance | None, Finding | None]:
    """Return how many of the rows that must be there are not (as a signed share), and what is remarkable about it.

    `rows_profiled`: how many rows the profile is of, where it is of the whole table; it must be of all that were there.
    """
    least = least_rows(synced)
    if not least or not _can_tell(synced, landed):
        return None, None
    if landed.job_rows < least:
        return _lost(least, landed.job_rows, _missing(synced, least, landed.job_rows))
    if rows_profiled is not None and rows_profiled < landed.job_rows:
        wrote = f"Job {synced.job_id} of Airbyte wrote {amount(landed.job_rows, 'row')} that are in the table"
        return _lost(landed.job_rows, rows_profiled, f"{wrote}, and only {rows_profiled:,} were profiled.")
    return _distance(least, least), None


def reconciled(report: DriftReport | None, distance: Distance | None, finding: Finding | None) -> DriftReport | None:
    """Put the outcome beside what drifted; a table without a baseline has a report only if rows are lost."""
    if report is None:
        if finding is None or distance is None:
            return None
        return DriftReport(findings=(finding,), distances=(distance,), has_baseline=False)
    findings = sorted((*((finding,) if finding else ()), *report.findings), key=lambda one: -one.severity.rank)
    distances = (*((distance,) if distance else ()), *report.distances)
    return replace(report, findings=tuple(findings), distances=distances)


def _can_tell(synced: Synced, landed: LandedRows) -> bool:
    is_told = not landed.rows or bool(landed.known_rows)
    return is_told and not landed.later_rows and not (landed.may_delete and synced.sync_mode in _DEDUPED)


def _missing(synced: Synced, least: int, found: int) -> str:
    committed = synced.rows_committed if synced.sync_mode in _DEDUPED and synced.rows_committed else least
    there = "only " + f"{found:,} of them" if found else "none of them"
    verb = "is" if found <= 1 else "are"
    return f"Airbyte committed {amount(committed, 'row')} in job {synced.job_id}, and {there} {verb} in the table."


def _lost(expected: int, found: int, sentence: str) -> tuple[Distance, Finding]:
    distance = _distance(expected, found)
    return distance, Finding(
        metric=METRIC,
        column=None,
        baseline_value=expected,
        current_value=found,
        distance=distance.value,
        threshold=distance.threshold,
        severity=Severity.HIGH if -distance.value >= HIGH_RATIO else Severity.MEDIUM,
        sentence=sentence,
    )


def _distance(expected: int, found: int) -> Distance:
    """Return the share of rows that are missing, signed: one missing row is past the threshold."""
    value, threshold = found / expected - 1, _HALF_A_ROW / expected
    return Distance(metric=METRIC, column=None, value=value, threshold=threshold, noise_floor=0.0)
