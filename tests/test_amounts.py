from __future__ import annotations

import pytest

from taskflow_profilemesh.amounts import amount


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_234_567, "1,234,567 rows")])
def test_only_one_of_something_is_told_in_the_singular(count: int, said: str) -> None:
    assert amount(count, "row") == said
