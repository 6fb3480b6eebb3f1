"""What changed between two profiles of a table, how much, and whether that matters. Pure: no IO, no clock.

`compare.py` reads in order: `schema_changes.py` (with `renames.py` and `declared_types.py`), `row_counts.py`,
`nulls.py`, `distributions.py` (with `distances.py`). `thresholds.py` says which effect matters, `floors.py` which one
chance alone would explain, `findings.py` has the values of the report.

A false alarm? `floors.py` and `thresholds.py`. A change that was not told? Look at the report's `distances`: each
says how far it was, from where on it would have counted, and whether it was judged. A wrong rename? `renames.py`.
"""

from taskflow_profilemesh.drift.compare import compare
from taskflow_profilemesh.drift.findings import (
    ChangeKind,
    Distance,
    DriftReport,
    Finding,
    SchemaChange,
    Severity,
    worst,
)
from taskflow_profilemesh.drift.thresholds import Thresholds

__all__ = [
    "ChangeKind",
    "Distance",
    "DriftReport",
    "Finding",
    "SchemaChange",
    "Severity",
    "Thresholds",
    "compare",
    "worst",
]
