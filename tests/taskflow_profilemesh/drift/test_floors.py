from __future__ import annotations

import math

import pytest
from scipy import stats

from taskflow_profilemesh.drift.floors import (
    chi_square_quantile,
    chi_square_tail,
    count_floor,
    ks_floor,
    psi_floor,
    sampling,
    share_floor,
)


@pytest.mark.parametrize("alpha", [0.5, 0.05, 1e-4, 1e-12])
def test_the_chi_square_quantile_is_scipys(alpha: float) -> None:
    for degrees in range(1, 201):
        assert chi_square_quantile(alpha, degrees) == pytest.approx(stats.chi2.isf(alpha, degrees), rel=1e-9)


@pytest.mark.parametrize("degrees", [1, 2, 9, 10, 99])
def test_the_chi_square_tail_is_scipys(degrees: int) -> None:
    for value in (0.0, 0.1, 1.0, 10.0, 100.0, 500.0):
        assert chi_square_tail(value, degrees) == pytest.approx(stats.chi2.sf(value, degrees), rel=1e-9)


def test_two_samples_vary_as_the_smaller_of_them() -> None:
    assert sampling(500, 500) == 0.004
    assert sampling(100, 10**9) == pytest.approx(0.01)


def test_the_floor_of_a_psi_over_ten_bins_of_500_values_each() -> None:
    assert psi_floor([0.1] * 10, variation=0.004, bound=0.0, alpha=1e-4) == pytest.approx(33.7199 * 0.004, rel=1e-5)


def test_one_bin_has_no_psi_and_no_floor() -> None:
    assert psi_floor([1.0], variation=0.004, bound=0.01, alpha=1e-4) == 0.0


def test_a_profile_that_is_less_precise_widens_the_floors() -> None:
    by_chance = 33.7199 * 0.004
    # Each of ten bins of a tenth may be off by 2 · .01, which feigns 10 · .02² / .1 = .04.
    expected = (math.sqrt(by_chance) + math.sqrt(0.04)) ** 2
    assert psi_floor([0.1] * 10, variation=0.004, bound=0.01, alpha=1e-4) == pytest.approx(expected, rel=1e-5)
    assert ks_floor(variation=0.004, bound=0.01, alpha=1e-4) == pytest.approx(0.1407 + 0.01, abs=1e-4)


def test_a_bin_that_is_nearly_empty_widens_the_floor_by_no_more_than_its_error() -> None:
    assert psi_floor([1.0, 0.0], variation=0.0, bound=0.01, alpha=1e-4) == pytest.approx(0.0004 + 0.02)


def test_the_floors_of_shares_and_counts_are_3_9_standard_errors() -> None:
    assert share_floor(0.5, variation=0.004, alpha=1e-4) == pytest.approx(3.8906 * math.sqrt(0.25 * 0.004), rel=1e-4)
    assert count_floor(variation=0.02, alpha=1e-4) == pytest.approx(3.8906 * math.sqrt(0.02), rel=1e-4)
