from __future__ import annotations

import pytest

from taskflow_profilemesh.amounts import amount, in_figures


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_234_567, "1,234,567 rows")])
def test_only_one_of_something_is_told_in_the_singular(count: int, said: str) -> None:
    assert amount(count, "row") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (99.97241, "99.9724"),
        (1500.5, "1,500.5"),
        (61_800_000.4, "61,800,000"),
        (-2_000_000.0, "-2,000,000"),
        (1e15, "1e+15"),
        (1e-7, "1e-07"),
    ],
)
def test_a_large_number_is_written_out_and_a_small_one_keeps_six_digits(value: float, said: str) -> None:
    assert in_figures(value) == said
