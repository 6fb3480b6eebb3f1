from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskflow_profilemesh.drift.renames import column_similarity, name_similarity, renames
from taskflow_profilemesh.drift.schema_changes import renamed_columns
from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct, Precision
from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind
from tests.taskflow_profilemesh.profiles import numbers, renamed, retyped, table, texts

_RANDOM = np.random.default_rng(7)
_DELAYS = _RANDOM.normal(5, 30, 800).round()
_DISTANCES = _RANDOM.lognormal(6, 1, 800).round()


def _bare(name: str) -> ColumnProfile:
    return ColumnProfile(ColumnSchema(name, Kind.JSON, "jsonb"), Precision.EXACT, 900, 0)


def _flag(name: str, *, true_count: int) -> ColumnProfile:
    return ColumnProfile(
        ColumnSchema(name, Kind.BOOLEAN, "boolean"),
        Precision.EXACT,
        1000,
        0,
        distinct=Distinct(2),
        true_count=true_count,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("dep_delay", "departure_delay"), ("tailnum", "tail_number"), ("email", "customer_email"), ("userId", "user_id")],
)
def test_names_that_people_give_one_thing_are_alike(old: str, new: str) -> None:
    assert name_similarity(old, new) >= 0.7


@pytest.mark.parametrize(("old", "new"), [("origin", "dest"), ("dep_delay", "distance"), ("", "id"), ("名", "id")])
def test_names_of_different_things_are_not(old: str, new: str) -> None:
    assert name_similarity(old, new) < 0.6


def test_a_renamed_column_is_known_by_name_and_contents() -> None:
    old = [numbers("dep_delay", _DELAYS, nulls=9), numbers("distance", _DISTANCES)]
    new = [numbers("miles", _DISTANCES), numbers("departure_delay", _DELAYS + 1, nulls=12)]
    assert renames(old, new) == {"departure_delay": "dep_delay", "miles": "distance"}


def test_rich_and_equal_contents_are_enough() -> None:
    assert renames([numbers("a", _DELAYS)], [numbers("zzz", _DELAYS)]) == {"zzz": "a"}


def test_poor_contents_prove_nothing() -> None:
    assert renames([numbers("seats", [0.0, 1.0] * 400)], [numbers("flag", [0.0, 1.0] * 400)]) == {}


_ID, _PRICE = numbers("id", range(800)), numbers("price", _DISTANCES)
_SEATS, _STATES = numbers("seats", [0.0, 1.0] * 400), texts("state", ["new", "paid"] * 400)


def _renamed(before: list[ColumnProfile], after: list[ColumnProfile]) -> dict[str, str]:
    return renamed_columns(table(*before), table(*after))


def test_few_values_tell_a_column_that_stands_where_the_old_one_stood() -> None:
    after = [_ID, renamed(_SEATS, "places"), _PRICE, renamed(_STATES, "phase")]
    assert _renamed([_ID, _SEATS, _PRICE, _STATES], after) == {"places": "seats", "phase": "state"}
    flags = [_flag("is_late", true_count=300), _flag("delayed", true_count=301)]
    assert _renamed([_ID, flags[0]], [_ID, flags[1]]) == {"delayed": "is_late"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([_ID, _SEATS, _PRICE], [_ID, _PRICE, renamed(_SEATS, "places")]),  # elsewhere
        ([_ID, _SEATS, _PRICE], [_ID, numbers("places", [0.0, 1.0, 1.0, 1.0] * 200), _PRICE]),  # other contents
        ([_ID, _SEATS, _PRICE], [_ID, retyped(renamed(_SEATS, "places"), "real"), _PRICE]),  # declared otherwise
        ([_ID, numbers("zero", [0.0] * 800)], [_ID, numbers("none", [0.0] * 800)]),  # one value
        ([_ID, _SEATS], [_ID, renamed(_SEATS, "places"), numbers("other", [5.0] * 800)]),  # not alone
        ([_ID, _flag("late", true_count=0)], [_ID, _flag("big", true_count=0)]),  # never true
    ],
)
def test_few_values_prove_nothing_elsewhere_or_where_anything_else_differs(
    before: list[ColumnProfile], after: list[ColumnProfile]
) -> None:
    assert _renamed(before, after) == {}


def test_different_contents_under_unlike_names_are_different_columns() -> None:
    assert renames([numbers("dep_delay", _DELAYS)], [numbers("price", _DISTANCES)]) == {}


def test_a_column_of_another_kind_is_another_column() -> None:
    old = numbers("dep_delay", _DELAYS)
    assert renames([old], [retyped(renamed(old, "dep_delays"), "bigint", kind=Kind.INTEGER)]) == {}


def test_each_column_is_the_new_self_of_one_at_most() -> None:
    old = [numbers("delay", _DELAYS), numbers("delay_2", _DELAYS)]
    new = [numbers("the_delay", _DELAYS), numbers("the_delay_2", _DELAYS)]
    found = renames(old, new)
    assert sorted(found) == ["the_delay", "the_delay_2"]
    assert sorted(found.values()) == ["delay", "delay_2"]


def test_columns_of_which_nothing_is_known_need_names_that_are_very_much_alike() -> None:
    assert renames([_bare("payload")], [_bare("payloads")]) == {"payloads": "payload"}
    assert renames([_bare("payload")], [_bare("upload")]) == {}


def test_texts_are_known_by_their_lengths_and_frequent_values() -> None:
    old, new = texts("carrier", ["UA", "DL", "AA"] * 200), texts("airline", ["UA", "DL", "AA"] * 210)
    other = texts("airline", ["Newark", "La Guardia", "Kennedy"] * 200)
    assert column_similarity(old, new) > column_similarity(old, other) + 0.2
    assert column_similarity(old, replace(new, distinct=Distinct(3))) < column_similarity(old, new)


def test_texts_without_frequent_values_are_not_told_apart_by_them() -> None:
    old, new = texts("a", ["x", "yy"]), texts("a", ["x", "yy"])
    bare = [replace(column, distinct=Distinct(2)) for column in (old, new)]
    assert column_similarity(*bare) == 1.0


def test_booleans_are_known_by_their_share_of_true() -> None:
    old, new, other = (_flag("is_late", true_count=count) for count in (300, 310, 900))
    assert column_similarity(old, new) > column_similarity(old, other) + 0.1


def test_columns_of_nulls_are_known_by_being_null() -> None:
    assert column_similarity(numbers("note", [], nulls=9), numbers("notes", [], nulls=9)) > 0.9
