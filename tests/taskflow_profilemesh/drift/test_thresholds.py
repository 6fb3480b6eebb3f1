from __future__ import annotations

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
        ({"alpha": 0.0}, "alpha"),
        ({"alpha": 1.0}, "alpha"),
    ],
)
def test_thresholds_that_cannot_be_meant_are_refused(options: dict[str, float], named: str) -> None:
    with pytest.raises(InvalidOption, match=f"option='{named}'"):
        Thresholds(**options)  # type: ignore[arg-type]  # mypy cannot know which option a name is
