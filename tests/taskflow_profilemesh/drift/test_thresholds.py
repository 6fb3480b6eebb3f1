from __future__ import annotations

from typing import Any

import pytest

from taskflow_profilemesh.drift import Thresholds
from taskflow_profilemesh.errors import InvalidOption


def test_the_defaults_are_the_documented_ones() -> None:
    thresholds = Thresholds()
    assert (thresholds.psi_warn, thresholds.psi_fail, thresholds.minimum_rows) == (0.1, 0.25, 500)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"psi_warn": 0.3}, "psi_warn"),
        ({"nulls_fail": 0.01}, "nulls_warn"),
        ({"ks_warn": -0.1}, "ks_warn"),
        ({"rows_lost_warn": float("nan")}, "rows_lost_warn"),
        ({"psi_fail": "0.5"}, "psi_fail"),
        ({"ks_warn": None}, "ks_warn"),
        ({"minimum_rows": True}, "minimum_rows"),
        ({"alpha": "0.1"}, "alpha"),
        ({"alpha": 0.0}, "alpha"),
        ({"alpha": 1.0}, "alpha"),
    ],
)
def test_thresholds_that_cannot_be_meant_are_refused(options: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidOption, match=f"option='{named}'"):
        Thresholds(**options)


def test_some_thresholds_may_be_given_by_name() -> None:
    assert Thresholds.from_mapping({"psi_warn": 0.2, "minimum_rows": 50}) == Thresholds(psi_warn=0.2, minimum_rows=50)


def test_an_unknown_threshold_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InvalidOption, match="Did you mean 'psi_warn'"):
        Thresholds.from_mapping({"psi_wan": 0.2})
