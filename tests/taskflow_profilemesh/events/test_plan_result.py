from __future__ import annotations

from taskflow_profilemesh.events.json_text import size_in_bytes
from taskflow_profilemesh.events.plan_result import TablePlan, plan_result
from taskflow_profilemesh.events.xcom import LARGEST_BYTES, TableFailure


def _plan(name: str) -> TablePlan:
    return TablePlan(table=name, kind="single", reads=1, estimated_rows=None, row_count=5, plan="One read.")


def test_a_dry_run_says_so_and_has_the_shape_of_a_result() -> None:
    result = plan_result(
        run_id="r", tables=[_plan("users")], failed=[TableFailure(table="x", error="gone")], environment="dev"
    )
    assert result == {
        "schema_version": 1,
        "dry_run": True,
        "run_id": "r",
        "environment": "dev",
        "tables": [
            {
                "table": "users",
                "kind": "single",
                "reads": 1,
                "estimated_rows": None,
                "row_count": 5,
                "plan": "One read.",
            }
        ],
        "failed": [{"table": "x", "error": "gone"}],
        "drift": {"detected": False, "severity": None, "summary": "A dry run: nothing was read or stored."},
        "left_out": {"tables": 0, "failed": 0},
    }


def test_many_plans_fit_and_those_that_do_not_are_counted() -> None:
    plans = [_plan(f"{number:04}" + "ä" * 250) for number in range(500)]
    failed = [TableFailure(table="ä" * 250, error="ö" * 250) for _ in range(500)]
    result = plan_result(run_id="r" * 250, tables=plans, failed=failed, environment="e" * 40)
    assert size_in_bytes(result) <= LARGEST_BYTES
    assert result["left_out"]["tables"] == 500 - len(result["tables"]) > 0
    assert result["left_out"]["failed"] == 500 - len(result["failed"]) > 0
    assert [one["table"][:4] for one in result["tables"]][:2] == ["0000", "0001"]
