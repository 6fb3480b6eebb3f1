from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.providers.common.compat import sdk
from airflow.providers.common.compat.sdk import AirflowSkipException

from taskflow_profilemesh.drift import DriftReport, Finding, Severity
from taskflow_profilemesh.errors import DriftDetected, ReadFailed, SourceUnreachable
from taskflow_profilemesh.hooks import metrics
from taskflow_profilemesh.operators.failures import airflow_failures
from taskflow_profilemesh.outcome import FailedTable, ProfiledTable, Run, RunOutcome
from taskflow_profilemesh.storage import StoredProfile
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.profiles import FLIGHTS, numbers, table

SYNC = {"connection_name": "Shop", "rows_synced": 1_600, "duration_seconds": 2.5}
BROKEN = ReadFailed(source="shop", table="a", reason="the connection was lost")


class Told(list[tuple[str, str, Any, Any]]):
    """Remembers what it is told, in place of Airflow's `Stats`."""

    def incr(self, stat: str, count: int, *, tags: Any) -> None:
        self.append(("incr", stat, count, tags))

    def gauge(self, stat: str, value: float, *, tags: Any) -> None:
        self.append(("gauge", stat, value, tags))

    def timing(self, stat: str, dt: timedelta, *, tags: Any) -> None:
        self.append(("timing", stat, dt, tags))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    monkeypatch.setattr(sdk, "Stats", told, raising=False)
    return told


def _profiled(rows: int, *severities: Severity, seconds: float | None = 1.5) -> ProfiledTable:
    stored = StoredProfile(
        profile_id="p",
        run_id="r",
        source="shop",
        table=FLIGHTS,
        profiled_at=datetime(2026, 1, 1, tzinfo=UTC),
        profile=table(numbers("age", [1.0] * rows)),
        duration_seconds=seconds,
    )
    findings = tuple(
        Finding(
            metric="psi",
            column="age",
            baseline_value=0,
            current_value=1,
            distance=1,
            threshold=0.1,
            severity=severity,
            sentence="age moved.",
        )
        for severity in severities
    )
    return ProfiledTable(stored, DriftReport(findings=findings))


def test_a_run_is_counted_by_tables_rows_and_findings(told: Told) -> None:
    tables = (_profiled(3, Severity.HIGH, Severity.LOW), _profiled(4, Severity.LOW, seconds=None))
    metrics.count_profiling(
        RunOutcome(Run(run_id="r"), tables, (FailedTable(TableRef("bad"), BROKEN),)), source="warehouse"
    )
    tags = {"source": "warehouse"}
    assert told == [
        ("incr", "profilemesh.tables.profiled", 2, tags),
        ("incr", "profilemesh.tables.failed", 1, tags),
        ("incr", "profilemesh.rows", 7, tags),
        ("timing", "profilemesh.table.duration", timedelta(seconds=1.5), tags),
        ("incr", "profilemesh.drift.findings", 1, tags | {"severity": "high"}),
        ("incr", "profilemesh.drift.findings", 2, tags | {"severity": "low"}),
        ("gauge", "profilemesh.drift.severity", 3, tags),
    ]


def test_a_run_without_drift_sets_the_gauge_back_and_counts_no_zeros(told: Told) -> None:
    metrics.count_profiling(RunOutcome(Run(run_id="r"), (_profiled(2, seconds=None),), ()), source="warehouse")
    assert [(kind, name, value) for kind, name, value, _ in told] == [
        ("incr", "profilemesh.tables.profiled", 1),
        ("incr", "profilemesh.rows", 2),
        ("gauge", "profilemesh.drift.severity", 0),
    ]


def test_a_sync_is_counted_with_its_rows_and_time(told: Told) -> None:
    metrics.count_sync(SYNC)
    metrics.count_sync({"connection_name": "Shop", "rows_synced": None, "duration_seconds": None})
    assert [(kind, name, value) for kind, name, value, _ in told] == [
        ("incr", "profilemesh.sync.succeeded", 1),
        ("incr", "profilemesh.sync.rows", 1_600),
        ("timing", "profilemesh.sync.duration", timedelta(seconds=2.5)),
        ("incr", "profilemesh.sync.succeeded", 1),
    ]


def test_an_error_of_ours_is_a_failure_by_its_name_and_a_skip_is_none(told: Told) -> None:
    unreachable = SourceUnreachable(source="shop", address="postgresql://db/shop", timeout_seconds=3)
    with pytest.raises(SourceUnreachable), airflow_failures():
        raise unreachable
    drifted = DriftDetected(severity="high", tables=("a",), summary="a changed.")
    with pytest.raises(AirflowSkipException), airflow_failures(skip_on=(DriftDetected,)):
        raise drifted
    assert told == [("incr", "profilemesh.failures", 1, {"error": "SourceUnreachable"})]


def test_metrics_that_cannot_be_told_fail_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sdk, "Stats", None, raising=False)
    with caplog.at_level("WARNING", logger=metrics.__name__):
        metrics.count_sync(SYNC)
    assert "profilemesh.sync.rows could not be told" in caplog.text


@contextmanager
def _statsd(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Airflow's `Stats` send to the port, as the process of a task does when it starts."""
    stats_utils = pytest.importorskip(
        "airflow.sdk.observability.metrics.stats_utils", reason="Airflow 2 sets it up once"
    )
    stats: Any = pytest.importorskip("airflow.sdk._shared.observability.metrics.stats")
    for name, value in {"STATSD_ON": "True", "STATSD_HOST": "127.0.0.1", "STATSD_PORT": str(port)}.items():
        monkeypatch.setenv(f"AIRFLOW__METRICS__{name}", value)
    sdk.Stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)
    try:
        yield
    finally:
        stats._get_backend().statsd.close()
        monkeypatch.undo()
        sdk.Stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)


def test_a_statsd_server_hears_names_values_and_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("statsd", reason="Airflow sends metrics through the package statsd, which is not installed")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        with _statsd(server.getsockname()[1], monkeypatch):
            metrics.count_sync(SYNC)
            heard = [server.recv(1_000).decode() for _ in range(3)]
    assert heard == [
        "airflow.profilemesh.sync.succeeded:1|c",
        "airflow.profilemesh.sync.rows:1600|c",
        "airflow.profilemesh.sync.duration:2500.000000|ms",
    ]
