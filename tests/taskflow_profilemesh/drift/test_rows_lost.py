"""What each sync mode promises, by hand-made counts: 1,000 committed rows of job 7."""

from __future__ import annotations

import pytest

from taskflow_profilemesh.drift import Severity
from taskflow_profilemesh.drift.findings import DriftReport, Finding
from taskflow_profilemesh.drift.rows_lost import least_rows, reconciled, rows_lost
from taskflow_profilemesh.profiling.landed import LandedRows
from taskflow_profilemesh.tables import Synced

APPENDS = ("full_refresh_append", "incremental_append")
DEDUPED = ("full_refresh_overwrite_deduped", "incremental_deduped_history")
OVERWRITE = "full_refresh_overwrite"
MODES = (*APPENDS, OVERWRITE, *DEDUPED)


def _synced(mode: str | None, committed: int | None = 1_000, last: int | None = 1_000) -> Synced:
    return Synced(job_id=7, sync_mode=mode, rows_committed=committed, rows_last_attempt=last)


def _landed(job: int, *, rows: int | None = None, known: int | None = None, later: int = 0) -> LandedRows:
    everything = job if rows is None else rows
    return LandedRows(
        rows=everything, known_rows=everything if known is None else known, job_rows=job, later_rows=later
    )


def _found(synced: Synced, landed: LandedRows, rows_profiled: int | None = None) -> Finding | None:
    return rows_lost(synced, landed, rows_profiled=rows_profiled)[1]


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_lost_where_every_committed_row_is_there(mode: str) -> None:
    distance, finding = rows_lost(_synced(mode), _landed(1_000))
    assert finding is None
    assert distance is not None
    assert (distance.metric, distance.value, distance.exceeded) == ("rows_lost", 0.0, False)


@pytest.mark.parametrize("mode", MODES)
def test_all_rows_gone_is_high_in_every_mode(mode: str) -> None:
    finding = _found(_synced(mode), _landed(0))
    assert finding is not None
    assert (finding.metric, finding.severity, finding.current_value) == ("rows_lost", Severity.HIGH, 0)
    assert finding.sentence == "Airbyte committed 1,000 rows in job 7, and none of them is in the table."


@pytest.mark.parametrize("mode", MODES)
def test_a_table_that_kept_only_rows_of_earlier_syncs_has_lost_this_ones(mode: str) -> None:
    assert _found(_synced(mode), _landed(0, rows=5_000)) is not None


@pytest.mark.parametrize("mode", [*APPENDS, OVERWRITE])
@pytest.mark.parametrize(("left", "severity"), [(999, Severity.MEDIUM), (990, Severity.HIGH)])
def test_a_single_lost_row_is_found_and_one_percent_is_high(mode: str, left: int, severity: Severity) -> None:
    distance, finding = rows_lost(_synced(mode), _landed(left))
    assert finding is not None
    assert distance is not None
    assert (finding.severity, finding.baseline_value, distance.exceeded) == (severity, 1_000, True)
    assert finding.sentence == f"Airbyte committed 1,000 rows in job 7, and only {left} of them are in the table."


@pytest.mark.parametrize("mode", DEDUPED)
def test_rows_that_share_a_key_are_not_lost(mode: str) -> None:
    assert _found(_synced(mode), _landed(1)) is None


@pytest.mark.parametrize("mode", MODES)
def test_rows_that_came_twice_are_not_lost(mode: str) -> None:
    assert _found(_synced(mode), _landed(1_400)) is None


@pytest.mark.parametrize("mode", MODES)
def test_a_sync_that_committed_nothing_can_lose_nothing(mode: str) -> None:
    assert rows_lost(_synced(mode, 0, 0), _landed(0, rows=5)) == (None, None)


@pytest.mark.parametrize("mode", MODES)
def test_rows_without_a_sync_id_allow_no_verdict(mode: str) -> None:
    assert rows_lost(_synced(mode), _landed(0, rows=1_000, known=0)) == (None, None)


@pytest.mark.parametrize("mode", MODES)
def test_rows_of_a_later_job_allow_no_verdict(mode: str) -> None:
    assert rows_lost(_synced(mode), _landed(0, rows=800, later=800)) == (None, None)


@pytest.mark.parametrize("mode", MODES)
def test_an_unknown_count_allows_no_verdict(mode: str) -> None:
    assert rows_lost(_synced(mode, None, None), _landed(0)) == (None, None)


def test_an_unknown_mode_allows_no_verdict() -> None:
    assert rows_lost(_synced(None), _landed(0)) == (None, None)


@pytest.mark.parametrize("mode", DEDUPED)
def test_a_source_that_deletes_rows_may_leave_none(mode: str) -> None:
    deleting = LandedRows(rows=3, known_rows=3, job_rows=0, later_rows=0, may_delete=True)
    assert rows_lost(_synced(mode), deleting) == (None, None)


def test_an_append_keeps_the_deletions_of_its_source_as_rows() -> None:
    deleting = LandedRows(rows=3, known_rows=3, job_rows=3, later_rows=0, may_delete=True)
    assert _found(_synced("incremental_append"), deleting) is not None


def test_an_append_holds_what_all_attempts_committed() -> None:
    retried = _synced("incremental_append", committed=1_000, last=300)
    assert least_rows(retried) == 1_000
    assert _found(retried, _landed(300)) is not None


def test_an_overwrite_that_began_anew_holds_what_its_last_attempt_committed() -> None:
    anew = _synced(OVERWRITE, committed=2_000, last=1_000)
    assert _found(anew, _landed(1_000)) is None
    assert _found(anew, _landed(998)) is not None


def test_an_overwrite_of_unknown_attempts_must_have_left_a_row() -> None:
    unknown = _synced(OVERWRITE, committed=2_000, last=None)
    assert _found(unknown, _landed(1)) is None
    assert _found(unknown, _landed(0)) is not None


@pytest.mark.parametrize("mode", MODES)
def test_rows_that_were_not_profiled_are_found(mode: str) -> None:
    finding = _found(_synced(mode), _landed(1_000), rows_profiled=600)
    assert finding is not None
    assert (finding.baseline_value, finding.current_value, finding.severity) == (1_000, 600, Severity.HIGH)
    assert finding.sentence == "Job 7 of Airbyte wrote 1,000 rows that are in the table, and only 600 were profiled."


def test_the_worst_finding_stays_first_in_the_report() -> None:
    distance, finding = rows_lost(_synced(OVERWRITE), _landed(0))
    drift = Finding(
        metric="psi",
        column="age",
        baseline_value=0.1,
        current_value=0.9,
        distance=0.9,
        threshold=0.1,
        severity=Severity.LOW,
        sentence="Age drifted.",
    )
    report = reconciled(DriftReport(findings=(drift,)), distance, finding)
    assert report is not None
    assert ([one.metric for one in report.findings], report.severity) == (["rows_lost", "psi"], Severity.HIGH)


def test_a_first_profile_has_a_report_only_if_rows_are_lost() -> None:
    assert reconciled(None, *rows_lost(_synced(OVERWRITE), _landed(1_000))) is None
    report = reconciled(None, *rows_lost(_synced(OVERWRITE), _landed(0)))
    assert report is not None
    assert (report.detected, report.has_baseline) == (True, False)
