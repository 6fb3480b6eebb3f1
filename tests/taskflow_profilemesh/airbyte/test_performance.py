from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from taskflow_profilemesh.airbyte.models import Job
from taskflow_profilemesh.airbyte.performance import performance, trend

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def job(
    day: int, *, rows: int | None = 100, seconds: float | None = 10.0, status: str = "succeeded", size: int = 1000
) -> Job:
    return Job(
        job_id=day,
        status=status,
        job_type="sync",
        connection_id="c",
        started_at=FIRST + timedelta(days=day),
        duration_seconds=seconds,
        rows_synced=rows,
        bytes_synced=size,
    )


def test_throughput_is_the_median_of_the_syncs_that_succeeded() -> None:
    found = performance([job(1, rows=100), job(2, rows=900), job(3, rows=300), job(4, rows=10**9, status="failed")])
    assert (found.rows_per_second.median, found.rows_per_second.count) == (30.0, 3)
    assert found.bytes_per_second.median == 100.0
    assert found.duration_seconds.median == 10.0


def test_cancelled_and_running_jobs_are_no_failures() -> None:
    words = ("succeeded", "succeeded", "succeeded", "failed", "cancelled", "running")
    found = performance([job(day, status=word) for day, word in enumerate(words)])
    assert (found.jobs, found.succeeded, found.failed, found.cancelled) == (6, 3, 1, 1)
    assert found.failure_ratio == 0.25


def test_a_job_without_counts_or_duration_has_no_rate() -> None:
    found = performance([job(1, rows=None), job(2, seconds=None), job(3, seconds=0.0)])
    assert (found.rows_per_second.count, found.rows_per_second.median) == (0, None)
    assert performance([]).failure_ratio is None


def test_syncs_that_become_slower_have_a_clear_trend_whatever_the_order_they_come_in() -> None:
    jobs = [job(day, seconds=10.0 + day) for day in range(11)]
    found = performance(jobs[::-1]).duration_seconds.trend
    assert found is not None
    assert found.change == pytest.approx(10 / 15)
    assert found.is_clear


def test_few_jobs_and_jobs_of_one_moment_have_no_trend() -> None:
    assert trend(range(7), [1.0, 2, 3, 4, 5, 6, 7]) is None
    assert trend([5.0] * 9, [float(n) for n in range(9)]) is None
    assert trend(range(9), [0.0] * 9) is None


def test_one_odd_night_is_no_trend() -> None:
    found = trend(range(10), [10.0, 11, 10, 11, 10, 500, 10, 11, 10, 11])
    assert found is not None
    assert not found.is_clear
    assert abs(found.change) < 0.2


@pytest.mark.parametrize("seed", range(5))
def test_slope_and_test_are_scipys(seed: int) -> None:
    random = np.random.default_rng(seed)
    moments = np.sort(random.uniform(0, 100, 30))
    values = np.round(random.normal(50, 5, 30) + seed * moments / 20)  # rounded: there are ties
    found = trend(moments.tolist(), values.tolist())
    assert found is not None
    slope = stats.theilslopes(values, moments).slope
    assert found.change == pytest.approx(slope * (moments[-1] - moments[0]) / np.median(values))
    tau = stats.kendalltau(moments, values, method="asymptotic")  # without the correction for continuity
    assert found.p_value == pytest.approx(tau.pvalue, abs=0.05)
    assert found.p_value >= tau.pvalue
