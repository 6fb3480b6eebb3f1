"""The mock's figures as Prometheus reads them (text exposition format 0.0.4): requests, jobs, rows, faults, notices."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_airbyte.app import MockApp

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Samples = list[tuple["Mapping[str, str]", int]]


def metrics(app: MockApp) -> str:
    """Return all figures as they are now."""
    jobs = app.jobs.all(patient=False)
    requests: _Samples = [
        ({"method": method, "status": str(status)}, count)
        for (method, status), count in sorted(app.exchange.journal.counts.items())
    ]
    by_status: _Samples = _counted("status", (state.status for state in jobs))
    notices: _Samples = _counted("kind", (notice.kind for notice in app.courier.notices))
    rows: _Samples = [({}, sum(state.rows_committed for state in jobs))]
    parts = (
        _family("requests_total", "counter", "Requests that were answered, by method and status.", requests),
        _family("jobs", "gauge", "Jobs that are remembered, by their status now.", by_status),
        _family("rows_committed", "gauge", "Rows that remembered jobs have committed.", rows),
        _family("faults_total", "counter", "Requests that met a fault.", [({}, app.exchange.faults.struck)]),
        _family("notices", "gauge", "Notices that are remembered, by kind.", notices),
    )
    return "".join(parts)


def _counted(label: str, values: Iterable[str]) -> _Samples:
    return [({label: value}, count) for value, count in sorted(Counter(values).items())]


def _family(name: str, kind: str, says: str, samples: _Samples) -> str:
    full = f"mock_airbyte_{name}"
    lines = [f"# HELP {full} {says}", f"# TYPE {full} {kind}"]
    lines += [f"{full}{_labels(labels)} {value}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
