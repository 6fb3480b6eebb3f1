"""The names of all that can be found, as people write them to mute it."""

from __future__ import annotations

from typing import Final

from taskflow_profilemesh.drift.anomalies import WATCHED
from taskflow_profilemesh.drift.expectations import ExpectationKind
from taskflow_profilemesh.drift.freshness import FRESHNESS
from taskflow_profilemesh.drift.row_counts import METRIC as ROW_COUNT
from taskflow_profilemesh.drift.rows_lost import METRIC as ROWS_LOST
from taskflow_profilemesh.drift.rules import FIELD_OF
from taskflow_profilemesh.drift.shares import INFINITE
from taskflow_profilemesh.drift.text_forms import SEMANTIC_TYPE

FOUND: Final = (
    *FIELD_OF,
    INFINITE,
    FRESHNESS,
    ROW_COUNT,
    ROWS_LOST,
    SEMANTIC_TYPE,
    *(f"anomaly_{metric}" for metric in WATCHED),
    *(f"expectation_{kind.value}" for kind in ExpectationKind),
)
