from __future__ import annotations

import pytest
from airflow.providers.common.compat.sdk import BaseOperator, dag

from taskflow_profilemesh.dags.names import id_of, ids_of


@pytest.mark.parametrize(
    ("name", "made"),
    [("users", "users"), ("shop.orders", "shop_orders"), ("Shop → Warehouse", "Shop_Warehouse"), ("→", "unnamed")],
)
def test_an_id_looks_like_the_name(name: str, made: str) -> None:
    assert id_of(name) == made


def test_names_that_would_look_alike_are_numbered() -> None:
    assert ids_of(["a.b", "a_b", "a b", "c"]) == ["a_b", "a_b_2", "a_b_3", "c"]


@pytest.mark.parametrize("name", ["x" * 300, "Ünïcode ✓ name", "a/b\\c"])
def test_airflow_takes_the_ids(name: str) -> None:
    @dag(schedule=None)
    def one() -> None:
        BaseOperator(task_id=id_of(name))

    assert len(one().tasks) == 1
