from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from taskflow_profilemesh.drift.distances import Bin, Steps, decile_bins, psi, widest_gap
from taskflow_profilemesh.profiling.profile import Distribution
from tests.taskflow_profilemesh.profiles import distribution, distributions

_samples = st.lists(st.integers(-20, 20), min_size=1, max_size=60)


def test_the_bins_lie_between_the_baselines_deciles() -> None:
    bins = decile_bins(distribution(range(1, 101)), distribution(range(51, 151)))
    assert len(bins) == 10
    assert [item.baseline_share for item in bins] == pytest.approx([0.1] * 10)
    assert [item.current_share for item in bins] == pytest.approx([0, 0, 0, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.6])
    assert bins[9].baseline_from == pytest.approx(0.9)


def test_deciles_that_fall_on_one_value_are_one_edge() -> None:
    bins = decile_bins(distribution([0] * 8 + [5, 9]), distribution([0] * 4 + [1, 5, 9, 9, 9, 9]))
    assert [(item.baseline_share, item.current_share) for item in bins] == [
        (0.8, 0.4),
        (pytest.approx(0.1), pytest.approx(0.2)),
        (pytest.approx(0.1), pytest.approx(0.4)),
    ]


def test_the_psi_of_two_bins_by_hand() -> None:
    # 100 values each, 50:50 becomes 20:80. Smoothed: 50.5/101 = .5 and 20.5/101, 80.5/101.
    first, second = 20.5 / 101, 80.5 / 101
    expected = (first - 0.5) * math.log(first / 0.5) + (second - 0.5) * math.log(second / 0.5)
    found = psi((Bin(0.0, 0.5, 0.2), Bin(0.5, 0.5, 0.8)), baseline_count=100, current_count=100)
    assert found == pytest.approx(expected)
    assert found == pytest.approx(0.406, abs=5e-4)


def test_the_psi_stays_finite_where_a_bin_is_empty() -> None:
    # 10 values each, all of them move. Smoothed: 10.5/11 and 0.5/11, twice (10/11) · ln 21.
    found = psi((Bin(0.0, 1.0, 0.0), Bin(1.0, 0.0, 1.0)), baseline_count=10, current_count=10)
    assert found == pytest.approx(2 * (10 / 11) * math.log(21))


def test_the_psi_with_many_values_is_the_textbooks() -> None:
    before, after = [0.1] * 10, [0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.15, 0.15]
    textbook = sum((q - p) * math.log(q / p) for p, q in zip(before, after, strict=True))
    bins = tuple(Bin(0.1 * i, p, q) for i, (p, q) in enumerate(zip(before, after, strict=True)))
    assert psi(bins, baseline_count=10**9, current_count=10**9) == pytest.approx(textbook, rel=1e-6)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of SciPy's p-value, which nobody asked for
@given(before=_samples, after=_samples)
def test_the_widest_gap_is_scipys_ks_statistic(before: list[int], after: list[int]) -> None:
    expected = stats.ks_2samp(before, after, method="asymp").statistic
    assert widest_gap(Steps.of(distribution(before), distribution(after))).ks == pytest.approx(expected, abs=1e-12)


@given(before=_samples, after=_samples)
def test_a_bin_holds_the_share_of_the_values_in_it(before: list[int], after: list[int]) -> None:
    bins = decile_bins(distribution(before), distribution(after))
    ordered = sorted(before)
    edges = sorted(
        {ordered[-(-len(before) * tenth // 10) - 1] for tenth in range(1, 10)}
    )  # the ceiling of n · tenth / 10
    limits = [-math.inf, *edges, math.inf]
    for item, low, high in zip(bins, limits[:-1], limits[1:], strict=True):
        assert item.baseline_share == pytest.approx(np.mean([low < value <= high for value in before]))
        assert item.current_share == pytest.approx(np.mean([low < value <= high for value in after]))


@given(item=distributions(), count=st.integers(1, 10**9))
def test_a_distribution_is_at_no_distance_from_itself(item: Distribution, count: int) -> None:
    assert psi(decile_bins(item, item), baseline_count=count, current_count=count) == 0.0
    assert widest_gap(Steps.of(item, item)).ks == 0.0


@given(before=distributions(), after=distributions(), n=st.integers(1, 10**9), m=st.integers(1, 10**9))
def test_distances_are_finite_and_never_negative(before: Distribution, after: Distribution, n: int, m: int) -> None:
    assert 0 <= psi(decile_bins(before, after), baseline_count=n, current_count=m) < math.inf
    assert 0 <= widest_gap(Steps.of(before, after)).ks <= 1
