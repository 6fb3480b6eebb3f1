"""Whether drift stops a task: what `on_drift` and `drift_severity` mean.

It stands alone because two parties must agree on it: the task that ends, and the store, in which a run that was stopped
never becomes a baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from taskflow_profilemesh.drift.findings import Severity

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.findings import DriftReport


class OnDrift(StrEnum):
    """What drift does to the task that found it."""

    RECORD = "record"  # nothing
    WARN = "warn"  # a warning in its log
    SKIP = "skip"  # the task and what follows it are skipped
    FAIL = "fail"  # the task fails, and is not tried again


@dataclass(frozen=True, slots=True)
class Gate:
    """Drift of at least `severity` is treated as `on_drift` says."""

    on_drift: OnDrift = OnDrift.RECORD
    severity: Severity = Severity.HIGH

    def reached(self, report: DriftReport) -> bool:
        """Tell whether the report holds drift of at least the gate's severity."""
        return report.severity is not None and report.severity.at_least(self.severity)

    def stops(self, report: DriftReport) -> bool:
        """Tell whether the task must not succeed for this report."""
        return self.on_drift in (OnDrift.SKIP, OnDrift.FAIL) and self.reached(report)
