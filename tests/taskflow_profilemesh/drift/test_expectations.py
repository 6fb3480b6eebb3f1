from __future__ import annotations

import numpy as np
import polars as pl

from taskflow_profilemesh.drift.expectations import Expectation, ExpectationKind, check, suggest
from taskflow_profilemesh.profiling.profile import TableProfile
from tests.taskflow_profilemesh.drift.engine import profiled

Kind = ExpectationKind


def _orders(seed: int, *, rows: int = 200, **changes: pl.Series) -> TableProfile:
    random = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "id": pl.Series(random.permutation(10**6)[:rows]),
            "state": pl.Series(random.choice(["new", "paid", "sent"], rows)),
            "price": random.uniform(0, 100, rows),
            "note": pl.Series([None if seed % 2 and row < 3 else f"n{row}" for row in range(rows)]),
        }
    )
    return profiled(frame.with_columns(**changes))


def _seven() -> list[TableProfile]:
    return [_orders(seed) for seed in range(7)]


def test_what_always_held_is_suggested_with_its_evidence() -> None:
    found = {(one.kind, one.column): one for one in suggest(_seven())}
    assert {(Kind.NOT_NULL, "id"), (Kind.UNIQUE, "id"), (Kind.RANGE, "price"), (Kind.ROW_COUNT, None)} <= found.keys()
    assert found[Kind.ALLOWED_VALUES, "state"].values == ("new", "paid", "sent")
    assert (Kind.NOT_NULL, "note") not in found
    assert (Kind.ALLOWED_VALUES, "note") not in found
    assert found[Kind.NOT_NULL, "id"].evidence == "It held in 7 profiles of 1,400 rows together."
    low, high = found[Kind.RANGE, "price"].low, found[Kind.RANGE, "price"].high
    assert low == 0.0
    assert high is not None
    assert 105 < high < 111


def test_few_profiles_suggest_nothing() -> None:
    assert suggest(_seven()[:4]) == ()
    assert suggest(_seven()[:4], least=4)


def test_values_that_still_come_are_not_all_that_are_allowed() -> None:
    newest = _orders(9, state=pl.Series(["new"] * 190 + ["lost"] * 10))
    assert Kind.ALLOWED_VALUES not in {one.kind for one in suggest([newest, *_seven()])}


def _grown(day: int) -> TableProfile:
    """An append-only table on that day: a hundred rows more each day."""
    ids = pl.int_range(0, 1000 + 100 * day, eager=True)
    seconds = pl.Series([1_770_000_000 + 86_400 * row // 100 for row in range(len(ids))])
    return profiled(pl.DataFrame({"id": ids, "no": ids + 7, "epoch": seconds, "price": ids % 90}))


def test_a_table_that_goes_on_growing_meets_what_is_expected() -> None:
    suggested = suggest([_grown(day) for day in reversed(range(7))])
    assert {one.column for one in suggested if one.kind is Kind.RANGE} == {"price"}
    assert {outcome.met for outcome in check(suggested, _grown(365))} == {True}
    (rows,) = (one for one in suggested if one.kind is Kind.ROW_COUNT)
    assert rows.high is None


def test_a_table_that_only_grew_is_not_expected_to_shrink() -> None:
    suggested = suggest([_grown(day) for day in reversed(range(7))])
    (told,) = (outcome for outcome in check(suggested, _orders(1)) if outcome.expectation.kind is Kind.ROW_COUNT)
    assert told.met is False
    assert told.sentence.startswith("The table has 200 rows; ")
    assert told.sentence.endswith(" or more are usual.")
    assert told.expected == told.expectation.low


def test_an_end_that_is_left_out_is_open() -> None:
    ends = [(0.0, None), (50.0, None), (None, 100.0), (None, 50.0)]
    given = [Expectation(kind=Kind.RANGE, column="price", low=low, high=high, profiles=1, rows=1) for low, high in ends]
    assert [outcome.met for outcome in check(given, _orders(1))] == [True, False, True, False]


def test_a_number_of_rows_may_have_an_upper_end_alone() -> None:
    given = Expectation(kind=Kind.ROW_COUNT, column=None, high=150.0, profiles=1, rows=1)
    (outcome,) = check([given], _orders(1))
    assert (outcome.met, outcome.expected) == (False, 150.0)
    assert outcome.sentence == "The table has 200 rows; 150 or fewer are usual."


def test_a_profile_like_the_others_meets_what_is_expected() -> None:
    assert {outcome.met for outcome in check(suggest(_seven()), _orders(20))} == {True}


def test_a_profile_unlike_the_others_says_which_expectation_it_misses() -> None:
    odd = _orders(
        20,
        rows=50,
        id=pl.Series([None, *[7] * 49]),
        state=pl.Series(["new"] * 40 + ["lost"] * 10),
        price=pl.Series([200.0] * 50),
    )
    missed = {
        (outcome.expectation.kind, outcome.expectation.column)
        for outcome in check(suggest(_seven()), odd)
        if outcome.met is False
    }
    assert missed == {
        (Kind.ROW_COUNT, None),
        (Kind.NOT_NULL, "id"),
        (Kind.UNIQUE, "id"),
        (Kind.ALLOWED_VALUES, "state"),
        (Kind.RANGE, "price"),
    }
    sentences = " ".join(outcome.sentence for outcome in check(suggest(_seven()), odd))
    assert "other than the allowed values in 20.00% of its values" in sentences
    assert "lost" not in sentences


def test_a_column_that_is_gone_says_nothing() -> None:
    gone = profiled(pl.DataFrame({"id": [1, 2, 3]}))
    outcomes = {(one.expectation.kind, one.expectation.column): one.met for one in check(suggest(_seven()), gone)}
    assert outcomes[Kind.RANGE, "price"] is None
