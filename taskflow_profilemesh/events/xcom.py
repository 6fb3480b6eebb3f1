"""What a profiling task returns: one small JSON value of a stated version. Profiles live in the store; this has ids.

`{"schema_version": 1, "run_id", "tables": [{"table", "row_count", "column_count", "profile_id", "duration_seconds",
"exact", "drift": {"detected", "severity", "findings"}, "schema_changes"}], "failed": [{"table", "error"}],
"drift": {"detected", "severity", "summary"}, "left_out": {"findings", "schema_changes", "tables", "failed"}}`

Where the task names an environment, `"environment"` is beside `"run_id"`.
A table that is read incrementally also has `"plan"`: what was read of it, and why.

At most 32 KiB of JSON. What does not fit is left out and counted in `left_out`: findings first (the worst of each table
stay longest), then schema changes, then tables (those that drifted stay longest). The store has all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.drift import Severity, worst
from taskflow_profilemesh.events.json_text import safe_json, safe_text, size_in_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA_VERSION: Final = 1
LARGEST_BYTES: Final = 32 * 1024

# How many findings and how many schema changes of each table are told, from what is wished to what may be needed.
_LADDER: Final = ((5, 20), (3, 20), (1, 20), (0, 20), (0, 5), (0, 0))
_SEPARATOR_BYTES: Final = 2  # ", " between two entries of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutcome:
    """A table that was profiled.

    `drift` is the report's `as_dict()`, empty when there was nothing to compare with. `plan` says what was read of a
    table with a cursor, and why; None for any other.
    """

    table: str
    row_count: int
    column_count: int
    profile_id: str
    duration_seconds: float | None
    exact: bool
    drift: Mapping[str, Any] = field(default_factory=dict)
    plan: str | None = None

    @property
    def severity(self) -> Severity | None:
        """The worst severity of its drift; None when nothing was detected."""
        told = self.drift.get("severity")
        return Severity(told) if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFailure:
    """A table that could not be profiled, and the message of its error."""

    table: str
    error: str


def profile_result(
    *, run_id: str, tables: Sequence[TableOutcome], failed: Sequence[TableFailure] = (), environment: str | None = None
) -> dict[str, Any]:
    """Return the result of a run, in the form that the module's docstring draws."""
    failures = [safe_json(asdict(failure)) for failure in failed]
    frame = {
        "schema_version": SCHEMA_VERSION,
        "run_id": safe_text(run_id),
        **({} if environment is None else {"environment": environment}),
        "tables": [],
        "failed": [],
        "drift": _overall(tables),
        "left_out": _left_out(tables, [], len(failed)),  # the largest numbers it can have
    }
    room = LARGEST_BYTES - size_in_bytes(frame)
    entries: list[dict[str, Any]] = []
    for findings, changes in _LADDER:
        entries = [_entry(outcome, findings=findings, changes=changes) for outcome in tables]
        if _size(entries) + _size(failures) <= room:
            break
    else:
        failures = _fitting(failures, range(len(failures)), room // 2)
        worst_first = sorted(range(len(tables)), key=lambda number: -_weight(tables[number]))
        entries = _fitting(entries, worst_first, room - _size(failures))
    left_out = _left_out(tables, entries, len(failed) - len(failures))
    return frame | {"tables": entries, "failed": failures, "left_out": left_out}


def _entry(outcome: TableOutcome, *, findings: int, changes: int) -> dict[str, Any]:
    entry: dict[str, Any] = safe_json(
        {
            "table": outcome.table,
            "row_count": outcome.row_count,
            "column_count": outcome.column_count,
            "profile_id": outcome.profile_id,
            "duration_seconds": outcome.duration_seconds,
            "exact": outcome.exact,
            "drift": {
                "detected": bool(outcome.drift.get("detected")),
                "severity": outcome.drift.get("severity"),
                "findings": outcome.drift.get("findings", [])[:findings],
            },
            "schema_changes": outcome.drift.get("schema_changes", [])[:changes],
            **({} if outcome.plan is None else {"plan": outcome.plan}),
        }
    )
    return entry


def _overall(tables: Sequence[TableOutcome]) -> dict[str, Any]:
    drifted = sorted((outcome for outcome in tables if outcome.drift.get("detected")), key=lambda one: -_weight(one))
    severity = worst(outcome.severity for outcome in drifted if outcome.severity)
    if not drifted:
        return {"detected": False, "severity": None, "summary": "No drift."}
    told = " ".join(f"{outcome.table}: {outcome.drift.get('summary', '')}" for outcome in drifted)
    summary = f"{len(drifted)} of {len(tables)} tables drifted, the worst severity is {severity}. {told}"
    return {"detected": True, "severity": severity.value if severity else None, "summary": safe_text(summary)}


def _left_out(tables: Sequence[TableOutcome], entries: Sequence[Mapping[str, Any]], failed: int) -> dict[str, int]:
    findings = sum(len(outcome.drift.get("findings", ())) for outcome in tables)
    changes = sum(len(outcome.drift.get("schema_changes", ())) for outcome in tables)
    return {
        "findings": findings - sum(len(entry["drift"]["findings"]) for entry in entries),
        "schema_changes": changes - sum(len(entry["schema_changes"]) for entry in entries),
        "tables": len(tables) - len(entries),
        "failed": failed,
    }


def _fitting(entries: Sequence[Any], order: Sequence[int], room: int) -> list[Any]:
    """Return as many entries as fit into so many bytes, chosen in that order and told in their own."""
    chosen: list[int] = []
    for number in order:
        room -= size_in_bytes(entries[number]) + _SEPARATOR_BYTES
        if room < 0:
            break
        chosen.append(number)
    return [entries[number] for number in sorted(chosen)]


def _size(entries: Sequence[Any]) -> int:
    return sum(size_in_bytes(entry) + _SEPARATOR_BYTES for entry in entries)


def _weight(outcome: TableOutcome) -> int:
    """Return how much a table should be told: the rank of its severity, -1 when it has none."""
    return outcome.severity.rank if outcome.severity else -1
