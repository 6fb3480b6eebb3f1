"""What a dry run returns: the shape of a profiling task's result, with plans where profiles would be.

`{"schema_version": 1, "dry_run": true, "run_id", "tables": [{"table", "kind", "reads", "estimated_rows", "row_count",
"plan"}], "failed": [{"table", "error"}], "drift": {"detected": false, …}, "left_out": {"tables", "failed"}}`

At most 32 KiB of JSON; what does not fit is counted in `left_out`, and the log has it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.events.json_text import safe_json, safe_text, size_in_bytes
from taskflow_profilemesh.events.xcom import LARGEST_BYTES, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.events.xcom import TableFailure

_ROOM = LARGEST_BYTES // 2 - 1024  # for tables, and for failures; the rest is the frame


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """How a table would be read. `estimated_rows` is the catalog's, `row_count` counted; None where nobody knows."""

    table: str
    kind: str
    reads: int
    estimated_rows: int | None
    row_count: int | None
    plan: str


def plan_result(
    *, run_id: str, tables: Sequence[TablePlan], failed: Sequence[TableFailure] = (), environment: str | None = None
) -> dict[str, Any]:
    """Return the result of a dry run, in the form that the module's docstring draws."""
    told, failures = _fitting(tables), _fitting(failed)
    return {
        "schema_version": SCHEMA_VERSION,
        "dry_run": True,
        "run_id": safe_text(run_id),
        **({} if environment is None else {"environment": environment}),
        "tables": told,
        "failed": failures,
        "drift": {"detected": False, "severity": None, "summary": "A dry run: nothing was read or stored."},
        "left_out": {"tables": len(tables) - len(told), "failed": len(failed) - len(failures)},
    }


def _fitting(values: Sequence[TablePlan] | Sequence[TableFailure]) -> list[dict[str, Any]]:
    room, fitting = _ROOM, []
    for value in values:
        entry = safe_json(asdict(value))
        room -= size_in_bytes(entry) + 2
        if room < 0:
            break
        fitting.append(entry)
    return fitting
