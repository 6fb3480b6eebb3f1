"""Expectations that a profile does not meet, as findings of its report. Pure.

They are held to the profile alone: a table's first profile is checked too, and no baseline moves with the data.
Somebody has written down how the table should be, so what is otherwise is `high`; it can be muted, or the file edited.
What the profile cannot judge is no finding.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.expectations import ExpectationKind, check
from taskflow_profilemesh.drift.findings import DriftReport, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.drift.expectations import Expectation, Outcome
    from taskflow_profilemesh.profiling.profile import TableProfile

_ADDED: Final = {
    ExpectationKind.NOT_NULL: "; no null is expected.",
    ExpectationKind.UNIQUE: "; it is expected to be unique.",
}


def unmet(expectations: Sequence[Expectation], profile: TableProfile) -> tuple[Finding, ...]:
    """Return a finding `expectation_…` for each expectation that the profile does not meet, in their order."""
    return tuple(_finding(outcome) for outcome in check(expectations, profile) if outcome.met is False)


def with_unmet(report: DriftReport | None, found: Sequence[Finding]) -> DriftReport | None:
    """Put them before what drifted; without a baseline there is a report only if there are some."""
    if not found:
        return report
    if report is None:
        return DriftReport(findings=tuple(found), has_baseline=False)
    return replace(report, findings=(*found, *report.findings))


def _finding(outcome: Outcome) -> Finding:
    kind = outcome.expectation.kind
    added = _ADDED.get(kind)
    return Finding(
        metric=f"expectation_{kind.value}",
        column=outcome.expectation.column,
        baseline_value=outcome.expected,
        current_value=outcome.found,
        distance=None,
        threshold=None,
        severity=Severity.HIGH,
        sentence=outcome.sentence if added is None else outcome.sentence.removesuffix(".") + added,
    )
