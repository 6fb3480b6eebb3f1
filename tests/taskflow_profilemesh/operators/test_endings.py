from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taskflow_profilemesh.config import ProfileOptions
from taskflow_profilemesh.drift import DriftReport, Finding, Severity
from taskflow_profilemesh.errors import (
    DriftDetected,
    ProfileMeshError,
    ReadFailed,
    TableNotFound,
    TablesFailed,
    TablesInterrupted,
)
from taskflow_profilemesh.operators.endings import ending_of
from taskflow_profilemesh.outcome import FailedTable, ProfiledTable, Run, RunOutcome
from taskflow_profilemesh.profiling import TableProfile, TableSchema
from taskflow_profilemesh.storage import StoredProfile
from taskflow_profilemesh.tables import TableRef

BROKEN = ReadFailed(source="shop", table="a", reason="the connection was lost")
MISSING = TableNotFound(source="shop", table="a")


def _profiled(name: str, severity: Severity | None) -> ProfiledTable:
    table = TableRef(name)
    stored = StoredProfile(
        profile_id=name,
        run_id="r",
        source="shop",
        table=table,
        profiled_at=datetime(2026, 1, 1, tzinfo=UTC),
        profile=TableProfile(TableSchema(table, ()), 0, 0, ()),
    )
    return ProfiledTable(stored, DriftReport(findings=(_finding(name, severity),)) if severity else None)


def _finding(name: str, severity: Severity) -> Finding:
    return Finding(
        metric="row_count",
        column=None,
        baseline_value=1,
        current_value=2,
        distance=None,
        threshold=None,
        severity=severity,
        sentence=f"{name} changed.",
    )


def _outcome(*profiled: ProfiledTable, failed: tuple[ProfileMeshError, ...] = ()) -> RunOutcome:
    return RunOutcome(Run(run_id="r"), profiled, tuple(FailedTable(TableRef("bad"), error) for error in failed))


def test_a_run_in_which_nothing_failed_or_drifted_ends_well() -> None:
    assert ending_of(_outcome(_profiled("a", None), _profiled("b", Severity.MEDIUM)), ProfileOptions()) is None


@pytest.mark.parametrize(("errors", "kind"), [((BROKEN, BROKEN), TablesInterrupted), ((BROKEN, MISSING), TablesFailed)])
def test_another_try_is_worth_it_only_where_it_can_mend_every_table(
    errors: tuple[ProfileMeshError, ...], kind: type[TablesFailed]
) -> None:
    ending = ending_of(_outcome(_profiled("a", Severity.HIGH), failed=errors), ProfileOptions())
    assert type(ending) is kind
    assert isinstance(ending, TablesFailed)
    assert ending.profiled_tables == 1


def test_five_hundred_failed_tables_do_not_fill_the_error() -> None:
    ending = ending_of(_outcome(failed=(BROKEN,) * 500), ProfileOptions())
    assert isinstance(ending, TablesFailed)
    assert (len(ending.failed), ending.failed[-1]) == (11, "and 490 more")


def test_failed_tables_that_may_fail_leave_the_word_to_drift() -> None:
    ending = ending_of(_outcome(_profiled("a", Severity.HIGH), failed=(MISSING,)), ProfileOptions(fail_on_error=False))
    assert isinstance(ending, DriftDetected)


def test_drift_names_every_table_that_reaches_the_severity_and_quotes_three() -> None:
    tables = [_profiled(name, Severity.MEDIUM) for name in "abcd"]
    ending = ending_of(
        _outcome(*tables, _profiled("low", Severity.LOW)), ProfileOptions(on_drift="fail", drift_severity="medium")
    )
    assert isinstance(ending, DriftDetected)
    assert (ending.severity, ending.tables) == ("medium", ("a", "b", "c", "d"))
    assert ending.summary == "a changed. b changed. c changed."
