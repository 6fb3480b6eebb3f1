"""Whatever the documentation says can be found can be muted by its name."""

from __future__ import annotations

import re
from pathlib import Path

from taskflow_profilemesh.drift.metrics import FOUND

_DOCS = Path(__file__).parents[3] / "docs"


def test_each_metric_of_the_documentation_can_be_muted() -> None:
    (table,) = re.findall(r"\| metric \| of .*?\n\n", (_DOCS / "drift.md").read_text(encoding="utf-8"), re.DOTALL)
    names = {name for line in table.strip().splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert {"psi", "row_count", "semantic_type"} <= names
    assert names <= set(FOUND)
    assert {"rows_lost", "anomaly_mean", "expectation_unique"} <= set(FOUND)
    assert len(set(FOUND)) == len(FOUND)
