"""What changed between two profiles of a table, how much, and whether that matters. Pure: no IO, no clock.

`compare.py` reads in order; each kind of comparison is a file: `row_counts.py`, `nulls.py`, `shares.py`,
`distributions.py` (`laid_over.py`, `distances.py`, `wasserstein.py`), `dates.py` (`common_past.py`), `categorical.py`
(`frequencies.py`, `jensen_shannon.py`, `unseen.py`), `text_forms.py`, `uniqueness.py`, `freshness.py`,
`null_overlap.py`, `schema_changes.py` (`renames.py`, `declared_types.py`). `rules.py` and `thresholds.py` say which
effect matters, `floors.py` (`history_floors.py`) which one chance alone would explain, `by_nature.py` which columns go
on by themselves. `baselines.py` chooses the runs to compare with, `averaging.py` makes one profile of several,
`anomalies.py` looks at the history, `telling.py` heeds what people decided. `findings.py` has the values of the report,
`gate.py` says which report stops a task, `expectations.py` what has always held.

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
