from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taskflow_profilemesh.drift import DriftReport, Finding, Severity
from taskflow_profilemesh.drift.telling import Mute, told

_NOW = datetime(2026, 3, 2, tzinfo=UTC)


def _finding(distance: float = 0.3, *, metric: str = "psi", severity: Severity = Severity.HIGH) -> Finding:
    return Finding(
        metric=metric,
        column="a",
        baseline_value=0.1,
        current_value=0.4,
        distance=distance,
        threshold=0.1,
        severity=severity,
        sentence="a moved.",
    )


def _report(*findings: Finding) -> DriftReport:
    return DriftReport(findings=findings)


def _earlier(*reports: DriftReport) -> list[dict[str, Any]]:
    return [report.as_dict() for report in reports]


@pytest.mark.parametrize(
    ("mute", "is_muted"),
    [
        (Mute(), True),
        (Mute(column="a"), True),
        (Mute(column="a", metric="psi", until=_NOW + timedelta(days=1)), True),
        (Mute(column="b"), False),
        (Mute(metric="ks"), False),
        (Mute(until=_NOW), False),
    ],
)
def test_a_mute_covers_what_it_names_until_its_day(mute: Mute, is_muted: bool) -> None:  # noqa: FBT001 -- a parameter
    report = told(_report(_finding()), mutes=[mute], now=_NOW)
    assert (not report.detected, len(report.muted)) == (is_muted, int(is_muted))


def test_what_has_not_changed_is_marked_as_repeated_and_still_counts() -> None:
    report = told(_report(_finding(0.31)), earlier=_earlier(_report(_finding(0.3))), now=_NOW)
    assert report.findings[0].repeated
    assert report.severity is Severity.HIGH


@pytest.mark.parametrize(
    "before",
    [_report(), _report(_finding(0.2)), _report(_finding(severity=Severity.MEDIUM)), _report(_finding(metric="ks"))],
    ids=["new", "larger", "more severe", "another metric"],
)
def test_what_has_changed_is_told_again(before: DriftReport) -> None:
    assert not told(_report(_finding()), earlier=_earlier(before), now=_NOW).findings[0].repeated


def test_what_comes_and_goes_weighs_little() -> None:
    here, gone = _report(_finding()), _report()
    (finding,) = told(here, earlier=_earlier(gone, here, gone, here, gone), now=_NOW).findings
    assert (finding.flapping, finding.severity) == (True, Severity.LOW)
    (finding,) = told(here, earlier=_earlier(gone, here, gone), now=_NOW).findings
    assert (finding.flapping, finding.severity) == (False, Severity.HIGH)
