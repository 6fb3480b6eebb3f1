from __future__ import annotations

import pytest

from taskflow_profilemesh.airbyte.batching import State, hopeless, next_to_begin
from taskflow_profilemesh.airbyte.ordering import in_order
from taskflow_profilemesh.errors import InvalidOption

BATCH = in_order(
    ["a", "b", {"connection": "c", "depends_on": ["a", "b"]}, {"connection": "d", "depends_on": "c"}],
    on_conflict="fail",
)


def states(**changes: State) -> dict[str, State]:
    waiting: State = "waiting"
    return {**dict.fromkeys("abcd", waiting), **changes}


def test_what_depends_on_nothing_begins_first() -> None:
    assert next_to_begin(BATCH, states(), max_parallel=None) == ("a", "b")
    assert next_to_begin(BATCH, states(), max_parallel=1) == ("a",)


def test_no_more_than_the_limit_run_at_a_time() -> None:
    assert next_to_begin(BATCH, states(a="running"), max_parallel=1) == ()
    assert next_to_begin(BATCH, states(a="running"), max_parallel=2) == ("b",)


def test_a_sync_waits_for_all_that_it_depends_on() -> None:
    assert next_to_begin(BATCH, states(a="succeeded", b="running"), max_parallel=None) == ()
    assert next_to_begin(BATCH, states(a="succeeded", b="succeeded"), max_parallel=None) == ("c",)


@pytest.mark.parametrize("lost", ["failed", "interrupted"])
def test_what_depends_on_a_lost_sync_is_hopeless_and_so_is_what_depends_on_that(lost: State) -> None:
    assert hopeless(BATCH, states(a=lost)) == {"c": "a", "d": "c"}
    assert hopeless(BATCH, states(a="running", b="succeeded")) == {}


def test_a_dependency_that_is_no_name_is_refused() -> None:
    with pytest.raises(InvalidOption, match="depends_on"):
        in_order([{"connection": "a", "depends_on": 5}])
