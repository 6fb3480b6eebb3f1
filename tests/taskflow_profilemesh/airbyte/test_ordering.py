from __future__ import annotations

from typing import Any

import pytest

from taskflow_profilemesh.airbyte.ordering import in_order, lanes
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.errors import InvalidOption


def names(*entries: Any, **defaults: Any) -> list[str]:
    return [one.spec.connection for one in in_order(entries, **defaults)]


def test_a_connection_comes_after_those_it_depends_on() -> None:
    orders = {"connection": "orders", "depends_on": ["users", "products"]}
    assert names(orders, "users", {"connection": "products", "depends_on": "users"}) == ["users", "products", "orders"]


def test_connections_that_depend_on_nothing_keep_their_order() -> None:
    assert names("b", SyncSpec(connection="a"), {"connection": "c"}) == ["b", "a", "c"]


def test_options_of_the_group_apply_where_an_entry_says_nothing() -> None:
    plain, own, spec = in_order(
        ["a", {"connection": "b", "min_rows": 2}, SyncSpec(connection="c")], min_rows=1, timeout_seconds=5
    )
    assert [(one.spec.min_rows, one.spec.timeout_seconds) for one in (plain, own, spec)] == [
        (1, 5),
        (2, 5),
        (None, 3600),
    ]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "at least one connection"),
        ("users", "a list with at least one connection"),
        (["a", "a"], "each connection once"),
        (["users", {"connection": "orders", "depends_on": ["user"]}], r"Did you mean 'users'\?"),
        ([{"connection": "a", "depends_on": "a"}], "without circles"),
        ([{"connection": "a", "depends_on": "b"}, {"connection": "b", "depends_on": "a"}], "a → b → a|b → a → b"),
        ([{"connection": "a", "depends_on": [1]}], "a list of them"),
        ([{"connection": "a", "depend_on": "b"}], "depend_on"),
        ([{"depends_on": "b"}], "a connection's name or id"),
    ],
)
def test_a_group_that_cannot_be_is_refused_by_name(entries: Any, message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        in_order(entries)


def test_a_limit_deals_the_syncs_to_lanes() -> None:
    assert lanes("abcde", max_parallel=2) == (("a", "c"), ("b", "d"), ("c", "e"))
    assert lanes("abc", max_parallel=1) == (("a", "b"), ("b", "c"))
    assert lanes("abc", max_parallel=3) == lanes("abc", max_parallel=None) == ()


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "2"])
def test_a_limit_is_a_whole_number(limit: Any) -> None:
    with pytest.raises(InvalidOption, match="max_parallel"):
        lanes("abc", max_parallel=limit)
