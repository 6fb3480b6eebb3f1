"""How a profiling task ends, once its tables are profiled: well, or with one of the package's own errors.

Pure, and apart from the operator, so that what fails a task can be read on one page. Tables that could not be profiled
come before drift: what a run did not see, it cannot judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.configured import gate_of
from taskflow_profilemesh.drift import worst
from taskflow_profilemesh.errors import DriftDetected, TablesFailed, TablesInterrupted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.config import ProfileOptions
    from taskflow_profilemesh.drift.gate import Gate
    from taskflow_profilemesh.outcome import FailedTable, RunOutcome

SUMMARIES: Final = 3  # how many tables' summaries an error quotes
FAILURES: Final = 10  # ... and how many tables' errors; the log has each


def ending_of(outcome: RunOutcome, options: ProfileOptions) -> TablesFailed | DriftDetected | None:
    """Return what is to be said at the end of the task, None where all is well.

    Drift is returned whenever it reaches the gate's severity; whether it ends the task is for `on_drift` to say.
    """
    if options.fail_on_error and outcome.failed:
        return failed_tables(outcome.failed, source=options.source_name, profiled_tables=len(outcome.profiled))
    return _drift(outcome, gate_of(options))


def failed_tables(failures: Sequence[FailedTable], *, source: str, profiled_tables: int) -> TablesFailed:
    """Return the one error that tells of all these tables."""
    failed = [f"{failure.table}: {failure.error}" for failure in failures[:FAILURES]]
    if len(failures) > FAILURES:
        failed.append(f"and {len(failures) - FAILURES} more")
    kind = TablesInterrupted if all(failure.error.retryable for failure in failures) else TablesFailed
    return kind(source=source, failed=tuple(failed), profiled_tables=profiled_tables)


def _drift(outcome: RunOutcome, gate: Gate) -> DriftDetected | None:
    reached = [
        (table.stored.table, table.report) for table in outcome.profiled if table.report and gate.reached(table.report)
    ]
    severity = worst(report.severity for _, report in reached if report.severity)
    if severity is None:
        return None
    return DriftDetected(
        severity=severity.value,
        tables=tuple(str(table) for table, _ in reached),
        summary=" ".join(report.summary for _, report in reached[:SUMMARIES]),
    )
