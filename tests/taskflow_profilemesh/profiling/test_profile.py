"""The finished values answer simple questions by themselves."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

import taskflow_profilemesh.profiling
from taskflow_profilemesh.profiling import Distribution, Kind
from tests.taskflow_profilemesh.profiling.frames import profile_of, schema_of


def test_a_distribution_answers_in_both_directions() -> None:
    distribution = Distribution(points=(1.0, 2.0, 5.0), cumulative_ratio=(0.2, 0.5, 1.0))
    assert [distribution.quantile(share) for share in (0, 0.2, 0.21, 0.5, 1)] == [1.0, 1.0, 2.0, 2.0, 5.0]
    assert [distribution.share_at_most(value) for value in (0.9, 1, 4.9, 5, 6)] == [0.0, 0.2, 0.5, 1.0, 1.0]


def test_columns_are_found_by_name() -> None:
    profile = profile_of(pl.DataFrame({"a": [1, None]}), kinds={"a": Kind.INTEGER})
    column = profile.column("a")
    assert column is not None
    assert (column.null_ratio, column.value_count) == (0.5, 1)
    assert profile.column("b") is None
    assert schema_of({"a": Kind.INTEGER}).column("a") == column.schema
    assert schema_of({}).column("a") is None


def test_reading_a_profile_loads_neither_polars_nor_numpy() -> None:
    code = "import sys, taskflow_profilemesh.profiling; assert not {'polars', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_room_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        taskflow_profilemesh.profiling.__getattr__("Nothing")
