from __future__ import annotations

import pytest

from taskflow_profilemesh.profiling.profile import Distribution
from taskflow_profilemesh.report.overlay import overlay


def _even(low: float, high: float) -> Distribution:
    """Values spread evenly between two ends, five rows in each bin."""
    return Distribution((low, high), (0.01, 1.0), histogram=(5,) * 20)


def test_alone_a_distribution_keeps_its_own_bins() -> None:
    found = overlay(_even(0.0, 10.0))
    assert found is not None
    assert (found.low, found.high, found.baseline) == (0.0, 10.0, ())
    assert found.current == pytest.approx((0.05,) * 20)


def test_two_ranges_are_cut_into_the_same_bins() -> None:
    found = overlay(_even(0.0, 10.0), _even(10.0, 20.0))
    assert found is not None
    assert (found.low, found.high) == (0.0, 20.0)
    assert found.current == pytest.approx((0.1,) * 10 + (0.0,) * 10)
    assert found.baseline == pytest.approx((0.0,) * 10 + (0.1,) * 10)


def test_no_share_is_lost_where_bins_do_not_fit() -> None:
    found = overlay(_even(1.0, 4.7), _even(-3.0, 11.3))
    assert found is not None
    assert sum(found.current) == pytest.approx(1)
    assert sum(found.baseline) == pytest.approx(1)


def test_a_constant_stands_in_the_bin_that_holds_it() -> None:
    constant = Distribution((5.0,), (1.0,))
    found = overlay(_even(0.0, 10.0), constant)
    assert found is not None
    assert found.baseline.index(1.0) == 9
    assert sum(found.baseline) == 1
    lowest = overlay(_even(0.0, 10.0), Distribution((0.0,), (1.0,)))
    assert lowest is not None
    assert lowest.baseline[0] == 1


def test_what_has_no_width_is_not_drawn() -> None:
    assert overlay(None) is None
    assert overlay(Distribution((), ())) is None
    assert overlay(Distribution((5.0,), (1.0,)), Distribution((5.0,), (1.0,))) is None
    assert overlay(_even(-1.7e308, 1.7e308)) is None
