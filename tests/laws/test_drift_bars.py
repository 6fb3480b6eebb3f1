"""The bars of drift, on raw data through the real engine: right distances, nothing missed, no false alarm.

Few cases here; `make drift-bars` (and CI) runs all: 500 pairs of each. Seeded: the same cases each time.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import jensenshannon

from taskflow_profilemesh.comparison import DriftSettings, TableSettings, compared
from taskflow_profilemesh.drift import DriftReport, Thresholds, compare
from taskflow_profilemesh.drift.baselines import BaselineKind
from taskflow_profilemesh.drift.rules import Rules, Strategy
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.profiling.profile import Distribution, TableProfile
from taskflow_profilemesh.storage import Decision, DecisionKind, MemoryStore, StoredProfile
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.drift.engine import NOW, profiled

_ALL = bool(os.environ.get("PROFILEMESH_ALL_CASES"))
_PAIRS = 500 if _ALL else 25
_TABLE = TableRef("t")
Random = np.random.Generator
Values = NDArray[np.float64]

_SOURCES: tuple[Callable[[Random, int], Values], ...] = (
    lambda random, n: random.normal(random.normal(0, 2), random.uniform(0.5, 3), n),
    lambda random, n: random.lognormal(0, random.uniform(0.2, 2), n),
    lambda random, n: random.standard_t(2.5, n),
    lambda random, n: random.integers(0, random.integers(2, 50), n).astype(float),
    lambda random, n: random.uniform(-1, random.uniform(0, 5), n),
)


def _distances(report: DriftReport) -> dict[str, float]:
    return {distance.metric: distance.value for distance in report.distances if distance.column == "a"}


def _of(profile: TableProfile) -> Distribution:
    column = profile.column("a")
    assert column is not None
    assert column.distribution is not None
    return column.distribution


def _slack(distribution: Distribution, places: Values) -> Values:
    """How far the stored share at each place may be off: the bound, and the step to the next point that is kept."""
    shares = np.concatenate(([0.0], distribution.cumulative_ratio, [1.0]))
    index = np.searchsorted(distribution.points, places, side="right")
    at_a_point = (index > 0) & (np.asarray(distribution.points)[np.maximum(index, 1) - 1] == places)
    return distribution.rank_error_ratio + np.where(at_a_point, 0.0, np.diff(shares)[index])


def test_numeric_distances_are_scipys_on_the_raw_values_within_the_bound_of_the_state() -> None:
    random = np.random.default_rng(1)
    for case in range(_PAIRS):
        source = _SOURCES[case % len(_SOURCES)]
        n, m = (int(size) for size in random.integers(1, 9000, 2))
        raw = source(random, n), source(random, m)
        small = 50_000 if case % 2 else 100  # every second pair is summarised as large tables are
        before, after = (profiled(pl.DataFrame({"a": values}), small_rows=small) for values in raw)
        found = _distances(compare(before, after))
        places = np.union1d(*raw)
        slack = np.zeros(len(places)) + sum(
            (_slack(_of(profile), places) if len(_of(profile).points) < len(np.unique(values)) else 0.0 * places)
            for profile, values in zip((before, after), raw, strict=True)
        )
        assert found["ks"] == pytest.approx(stats.ks_2samp(*raw, method="asymp").statistic, abs=slack.max() + 1e-9)
        if "wasserstein" in found:
            std = raw[0].std(ddof=1)
            bound = float((slack[:-1] * np.diff(places)).sum()) / std
            assert found["wasserstein"] == pytest.approx(stats.wasserstein_distance(*raw) / std, abs=bound + 1e-9)


def test_categorical_distances_are_scipys_on_the_raw_values() -> None:
    random = np.random.default_rng(2)
    for _ in range(_PAIRS):
        k = int(random.integers(2, 40))
        shares = random.dirichlet(np.full(k, 3.0), 2)
        raw = [random.choice(k, int(random.integers(500, 6000)), p=share) for share in shares]
        before, after = (profiled(pl.DataFrame({"a": [f"v{value}" for value in values]})) for values in raw)
        found = _distances(compare(before, after))
        counts = np.stack([np.bincount(values, minlength=k) for values in raw]).astype(float)
        both = counts / counts.sum(axis=1, keepdims=True)
        smaller = counts.sum(axis=1).min()
        kept = both.mean(axis=0) * smaller >= 5 - 1e-9
        folded = np.concatenate([both[:, kept], both[:, ~kept].sum(axis=1, keepdims=True)], axis=1)
        assert found["js"] == pytest.approx(jensenshannon(folded[0], folded[1]), abs=1e-7)
        assert found["unseen_ratio"] == pytest.approx(both[1][counts[0] == 0].sum())


def test_booleans_nulls_and_lengths_are_what_they_are_in_the_raw_values() -> None:
    random = np.random.default_rng(3)
    for _ in range(_PAIRS):
        raw = [random.random(600) < share for share in random.random(2)]
        before, after = (profiled(pl.DataFrame({"a": values})) for values in raw)
        assert _distances(compare(before, after))["true_ratio"] == pytest.approx(raw[1].mean() - raw[0].mean())
        lengths = [random.poisson(random.uniform(1, 20), 600) for _ in range(2)]
        before, after = (profiled(pl.DataFrame({"a": ["x" * length for length in each]})) for each in lengths)
        expected = stats.ks_2samp(*lengths, method="asymp").statistic
        assert _distances(compare(before, after))["length_ks"] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("strategy", Strategy)
def test_nothing_has_drifted_from_itself(strategy: Strategy) -> None:
    random = np.random.default_rng(4)
    rules = Rules(strategy=strategy)
    for case in range(_PAIRS):
        frame = _frame(random, int(random.integers(0, 3000)), categories=int(random.integers(1, 200)))
        profile = profiled(frame, small_rows=50_000 if case % 2 else 100)
        assert not compare(profile, profile, rules).detected


@pytest.mark.parametrize("size", [500, 2000, 50_000])
@pytest.mark.parametrize("categories", [5, 20, 100])
def test_two_samples_of_one_distribution_are_not_told_apart(size: int, categories: int) -> None:
    random = np.random.default_rng(size + categories)
    pairs = _PAIRS if size < 50_000 or _ALL else 5
    alarms: list[str] = []
    for _ in range(pairs):
        before, after = (profiled(_frame(random, size, categories=categories)) for _ in range(2))
        report = compare(before, after)
        alarms += (
            [", ".join(f"{found.metric} of {found.column}" for found in report.findings)] if report.detected else []
        )

    assert len(alarms) / pairs < 0.01


# What is injected, by name: what it does to the table, and by which metrics (or kinds of change) it may be told.

Injection = tuple[Callable[[Random, pl.DataFrame], pl.DataFrame], set[str]]
_SHIFTS = {"psi", "ks", "wasserstein"}


def _half_a_deviation(_random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("number") + 0.5)


def _fifth_moved(random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    moved = random.permutation(len(frame)) < 0.2 * len(frame)
    return frame.with_columns(pl.col("number") + pl.Series(3.0 * moved))


def _new_category(random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    new = pl.Series(random.permutation(len(frame)) < 0.2 * len(frame))
    return frame.with_columns(pl.when(new).then(pl.lit("new")).otherwise("category").alias("category"))


def _null_burst(random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    burst = pl.Series(random.permutation(len(frame)) < 0.1 * len(frame))
    return frame.with_columns(pl.when(~burst).then("number").alias("number"))


def _new_code(random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    new = pl.Series(random.permutation(len(frame)) < 0.2 * len(frame))
    return frame.with_columns(pl.when(new).then(25).otherwise("code").alias("code"))


def _fell_back(random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    fell = pl.Series(random.permutation(len(frame)) < 0.2 * len(frame))
    return frame.with_columns(pl.when(fell).then(pl.date(1970, 1, 1)).otherwise("day").alias("day"))


def _renamed(_random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"number": "number_new"})


def _retyped(_random: Random, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("number").cast(pl.String))


_INJECTED: dict[str, Injection] = {
    "mean + 0.5 std": (_half_a_deviation, _SHIFTS),
    "20 % moved by 3 std": (_fifth_moved, _SHIFTS),
    "new category": (_new_category, {"unseen_ratio"}),
    "new code": (_new_code, {"unseen_ratio"}),
    "1970": (_fell_back, {"earlier_ratio"}),
    "null burst": (_null_burst, {"null_ratio"}),
    "rename": (_renamed, {"renamed"}),
    "type": (_retyped, {"type"}),
}


@pytest.mark.parametrize("baseline", BaselineKind)
@pytest.mark.parametrize("strategy", Strategy)
def test_what_is_injected_is_found_by_its_name(baseline: BaselineKind, strategy: Strategy) -> None:
    settings = DriftSettings(baseline=baseline, strategy=strategy).for_table(_TABLE, Thresholds())
    missed = dict.fromkeys(_INJECTED, 0)
    cases = 0
    for number in range(10 if _ALL else 1):
        random = np.random.default_rng(number)
        store = _eight_weeks(random, settings)
        for _ in range(10):
            cases += 1
            for name, (inject, names) in _INJECTED.items():
                current = profiled(inject(random, _frame(random, 500)))
                missed[name] += not names & _told(store, settings, current, kind=baseline)
    assert {name: count for name, count in missed.items() if count / cases > 0.01} == {}


def _told(store: MemoryStore, settings: TableSettings, current: TableProfile, *, kind: BaselineKind) -> set[str]:
    """Compare a ninth weekly run, and return the metrics and changes that are told of the columns injected into."""
    report = compared(current, store, settings, source="s", now=NOW + timedelta(weeks=8), run=Run(run_id="run-8"))
    assert report is not None
    assert report.baseline in ((kind,) if kind is not BaselineKind.AUTO else (BaselineKind.PINNED,))
    assert all(finding.baseline_run_ids for finding in report.findings)
    found = {finding.metric for finding in report.findings if finding.column in {"number", "category", "code", "day"}}
    return found | {change.kind.value for change in report.schema_changes}


def _eight_weeks(random: Random, settings: TableSettings) -> MemoryStore:
    """Store eight weekly runs of 500 rows, the first of which is pinned."""
    store = MemoryStore()
    for week in range(8):
        _store(store, settings, profiled(_frame(random, 500)), week)
    store.decide(Decision(kind=DecisionKind.PIN, source="s", table=_TABLE, at=NOW, profile_id="profile-0"))
    return store


def _store(store: MemoryStore, settings: TableSettings, profile: TableProfile, week: int) -> None:
    at = NOW + timedelta(weeks=week)
    report = compared(profile, store, settings, source="s", now=at, run=Run(run_id=f"run-{week}"))
    store.save(
        StoredProfile(
            profile_id=f"profile-{week}",
            run_id=f"run-{week}",
            source="s",
            table=_TABLE,
            profiled_at=at,
            profile=profile,
            drift=report.as_dict() if report else {},
        )
    )


def _frame(random: Random, size: int, *, categories: int = 8) -> pl.DataFrame:
    """A table with a column of each sort."""
    return pl.DataFrame(
        {
            "number": random.normal(0, 1, size),
            "reading": np.where(random.random(size) < 0.05, math.nan, random.normal(0, 1, size)),
            "category": "c" + pl.Series(random.integers(0, categories, size)).cast(pl.String),
            "flag": random.random(size) < 0.3,
            "amount": pl.Series(random.poisson(4, size).tolist(), dtype=pl.Int64),
            "code": pl.Series((10 * random.integers(1, 6, size)).tolist(), dtype=pl.Int64),
            "day": pl.Series(random.integers(20_000, 20_060, size), dtype=pl.Int32).cast(pl.Date),
            "name": "n" + pl.Series(random.integers(0, 10**9, size)).cast(pl.String),
        }
    )
