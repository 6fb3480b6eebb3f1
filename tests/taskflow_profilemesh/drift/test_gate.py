from __future__ import annotations

import pytest

from taskflow_profilemesh.drift import DriftReport, Severity, compare
from taskflow_profilemesh.drift.gate import Gate, OnDrift
from tests.taskflow_profilemesh.profiles import table, texts

_NOTHING = DriftReport()
_MEDIUM = compare(table(texts("a", ["x"] * 900)), table(texts("a", ["x"] * 800, nulls=100)))


@pytest.mark.parametrize("on_drift", OnDrift)
def test_nothing_stops_a_task_that_found_no_drift(on_drift: OnDrift) -> None:
    assert not Gate(on_drift, Severity.LOW).reached(_NOTHING)
    assert not Gate(on_drift, Severity.LOW).stops(_NOTHING)


@pytest.mark.parametrize(
    ("on_drift", "stops"),
    [(OnDrift.RECORD, False), (OnDrift.WARN, False), (OnDrift.SKIP, True), (OnDrift.FAIL, True)],
)
def test_drift_of_the_gates_severity_stops_a_task_that_was_told_so(on_drift: OnDrift, stops: bool) -> None:  # noqa: FBT001 -- a column of the table above
    gate = Gate(on_drift, Severity.MEDIUM)
    assert gate.reached(_MEDIUM)
    assert gate.stops(_MEDIUM) is stops


def test_drift_below_the_gates_severity_stops_nothing() -> None:
    assert not Gate(OnDrift.FAIL).reached(_MEDIUM)
    assert not Gate(OnDrift.FAIL).stops(_MEDIUM)
