"""What a profile operator tells of its plans, where no row is to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.events.plan_result import TablePlan, plan_result
from taskflow_profilemesh.events.xcom import TableFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.outcome import FailedTable, Run
    from taskflow_profilemesh.reading import ReadPlan


def plans_as_result(run: Run, plans: Sequence[ReadPlan], failed: Sequence[FailedTable]) -> dict[str, Any]:
    """Return the result of a dry run."""
    tables = [
        TablePlan(
            table=str(plan.schema.table),
            kind=plan.kind.value,
            reads=len(plan.queries),
            estimated_rows=plan.size.rows,
            row_count=plan.row_count,
            plan=plan.reason,
        )
        for plan in plans
    ]
    failures = [TableFailure(table=str(failure.table), error=str(failure.error)) for failure in failed]
    return plan_result(run_id=run.run_id, tables=tables, failed=failures, environment=run.environment)
