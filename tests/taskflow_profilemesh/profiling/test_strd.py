"""NIST's Statistical Reference Datasets: certified digits, however the rows are split."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest

from taskflow_profilemesh.profiling.moments import MomentState
from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers
from tests.taskflow_profilemesh.profiling.strd import DATASETS, pi_digits


def moments(values: tuple[float, ...], parts: int) -> MomentState:
    pieces = np.array_split(np.array(values), parts)
    return reduce(MomentState.combine, (MomentState.of(SortedNumbers.of(piece)) for piece in pieces))


def digits(found: float, certified: float) -> float:
    """The log relative error: how many digits agree."""
    return 15.0 if found == certified else -math.log10(abs(found - certified) / abs(certified))


def test_the_datasets_have_as_many_observations_as_published() -> None:
    counts = {name: len(data.values) for name, data in DATASETS.items()}
    assert counts == {
        "Lew": 200,
        "Lottery": 218,
        "Mavro": 50,
        "Michelso": 100,
        "PiDigits": 5000,
        "NumAcc1": 3,
        "NumAcc2": 1001,
        "NumAcc3": 1001,
        "NumAcc4": 1001,
    }


def test_the_digits_of_pi_are_pis() -> None:
    assert "".join(f"{digit:.0f}" for digit in pi_digits(20)) == "31415926535897932384"
    assert pi_digits(1000)[956] == 8.0  # the one that NIST's data has otherwise


@pytest.mark.parametrize("parts", [1, 2, 7])
@pytest.mark.parametrize("name", DATASETS)
def test_certified_digits(name: str, parts: int) -> None:
    data = DATASETS[name]
    got = moments(data.values, parts)
    assert got.mean_value is not None
    assert got.std is not None
    assert digits(got.mean_value, data.mean) >= 13
    assert digits(got.std, data.std) >= data.digits


@pytest.mark.parametrize("parts", [1, 5])
def test_the_digits_that_doubles_lose_are_lost_before_anything_is_computed(parts: int) -> None:
    values = DATASETS["NumAcc4"].values  # 10000000.1 is no double
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    std = math.sqrt(sum((value - mean) ** 2 for value in exact) / (len(exact) - 1))
    got = moments(values, parts).std
    assert got is not None
    assert digits(got, std) >= 13
