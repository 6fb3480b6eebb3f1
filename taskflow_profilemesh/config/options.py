"""The options of a profiling task, and whose word counts: the task's own, then the config file's, then the defaults.

It stands alone because the file and the operator both speak in its terms, and neither needs to know of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypedDict

from taskflow_profilemesh.table_requests import with_incremental, with_max_rows
from taskflow_profilemesh.table_selection import Wanted

LEAST_MEMORY_BYTES: Final = 16 << 20  # one reader's batches of some hundred rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileOptions:
    """The options that a run goes by, with their defaults; `ProfileMeshOperator` says what each means."""

    tables: tuple[Wanted, ...] = ()
    conn_id: str = "profilemesh_default"
    store: str | None = field(default=None, repr=False)  # a URL may hold a password
    on_drift: str = "record"
    drift_severity: str = "high"
    thresholds: Mapping[str, float] = field(default_factory=dict)
    fail_on_error: bool = True
    incremental: str | None = None
    max_rows: int | None = None
    memory_budget_bytes: int | None = None
    statement_timeout_seconds: float | None = None

    def requests(self) -> tuple[Wanted, ...]:
        """Return the tables, with what all of them share where one says nothing of its own.

        The cursor comes first: a table that grows by one is never a sample.
        """
        return with_max_rows(with_incremental(self.tables, self.incremental), self.max_rows)


class Said(TypedDict, total=False):
    """Those of the options that somebody gave; a key that is absent, or None, was not."""

    tables: tuple[Wanted, ...] | None
    conn_id: str | None
    store: str | None
    on_drift: str | None
    drift_severity: str | None
    thresholds: Mapping[str, float] | None
    fail_on_error: bool | None
    incremental: str | None
    max_rows: int | None
    memory_budget_bytes: int | None
    statement_timeout_seconds: float | None


def settle(*voices: Said) -> ProfileOptions:
    """Return the options that the voices agree on: the first that gives an option is heard, then the defaults.

    Thresholds are heard one by one: a voice that changes one of them leaves the others to those after it.
    """
    settled: dict[str, object] = {}
    thresholds: dict[str, float] = {}
    for voice in reversed(voices):
        settled |= {name: value for name, value in voice.items() if value is not None}
        thresholds |= voice.get("thresholds") or {}
    return ProfileOptions(**settled | {"thresholds": thresholds})  # type: ignore[arg-type] # typed where they were said
