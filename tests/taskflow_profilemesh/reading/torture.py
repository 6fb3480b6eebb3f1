"""Profiling a table of the worst values that a database takes, and what must hold of the result."""

from __future__ import annotations

from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling import TableProfile
from taskflow_profilemesh.reading import DatabaseSource
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.storage.codec import decode_profile, encode_profile
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock


def profile_of(source: DatabaseSource, table: str | TableRef = "t", *, sample: int | None = None) -> TableProfile:
    """Profile a table as a task would; raises what the task would fail with."""
    ref = TableRef(table) if isinstance(table, str) else table
    pipeline = Pipeline(source=source, store=MemoryStore(), clock=HandClock())
    outcome = pipeline.run([TableRequest(ref, sample=sample)], Run(run_id="r"))
    assert not outcome.failed
    (profiled,) = outcome.profiled
    profile = profiled.stored.profile
    assert decode_profile(encode_profile(profile)) == profile
    assert outcome.as_result()["tables"]
    return profile


def unprofiled(profile: TableProfile) -> dict[str, str]:
    """Return the columns without statistics, each with the reason; those that were left out have none."""
    reasons = {column.schema.name: column.error for column in profile.columns if column.error}
    missing = {column.name for column in profile.schema.columns} - {column.schema.name for column in profile.columns}
    return reasons | dict.fromkeys(missing, "left out")
