"""Runs made by hand, and the stores that the contract suite opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from taskflow_profilemesh.profiling.profile import TableProfile
from taskflow_profilemesh.storage import StoredProfile
from tests.taskflow_profilemesh.profiles import FLIGHTS, numbers, table, texts

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def profile(rows: int = 3) -> TableProfile:
    """A small profile that holds most kinds of things."""
    return table(
        numbers("dep_delay", [float(value) for value in range(rows)], nulls=1),
        texts("carrier", ["UA", "DL", "a\x00b"][:rows], nulls=1),
        rows=rows + 1,
    )


def run(number: int, **changes: Any) -> StoredProfile:  # noqa: ANN401 -- any field of the run
    """The run of that number: an hour after the one before it."""
    at = NOON + timedelta(hours=number)
    fields: dict[str, Any] = {
        "profile_id": f"profile-{number}",
        "run_id": f"run-{number}",
        "source": "warehouse",
        "table": FLIGHTS,
        "profiled_at": at,
        "logical_date": at,
        "origin": f"shop.profile.{number}",
        "duration_seconds": 0.25,
        "profile": profile(),
    }
    return StoredProfile(**(fields | changes))
