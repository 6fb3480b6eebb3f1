"""What a profile without personal values still says, and what it no longer does. Expected numbers are made by hand."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from taskflow_profilemesh.drift import compare
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.profiling.looks import Looks, SemanticType
from taskflow_profilemesh.profiling.privacy import SHOW_ALL, Privacy, withheld_columns
from taskflow_profilemesh.profiling.profile import ColumnProfile, Distribution, TableProfile, TopValue
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.withheld import Method, PersonalKind, ToldBy, Withheld
from taskflow_profilemesh.profiling.withholding import comparable, without_values
from tests.taskflow_profilemesh.profiles import numbers, table, texts

PRIVACY = Privacy()
KEYED = Privacy(hash_key="a secret of tests")
EMAILS = ["ann@shop.org"] * 3 + ["bob@shop.org"] * 2 + ["eve@mail.example"]


def _shown(profile: TableProfile, privacy: Privacy = PRIVACY, *, earlier: TableProfile | None = None) -> TableProfile:
    return without_values(profile, withheld_columns(profile, privacy, earlier=earlier), privacy, salt="db/flights")


def _only(profile: TableProfile) -> ColumnProfile:
    return profile.columns[0]


def _top(profile: TableProfile) -> list[tuple[str, int]]:
    distinct = _only(profile).distinct
    assert distinct is not None
    return [(top.value, top.count) for top in distinct.top]


def test_texts_go_and_what_counts_stays() -> None:
    before = table(texts("email", EMAILS, nulls=2))
    after = _only(_shown(before))
    assert (after.minimum, after.maximum) == (None, None)
    changed = {
        field.name for field in fields(after) if getattr(after, field.name) != getattr(_only(before), field.name)
    }
    assert changed == {"minimum", "maximum", "distinct", "withheld"}
    assert after.distinct is not None
    assert after.distinct.count == 3
    assert [top.count for top in after.distinct.top] == [3, 2, 1]
    assert "shop" not in repr(after)


def test_the_profile_says_that_values_are_withheld_and_why() -> None:
    reason = _only(_shown(table(texts("email", EMAILS)))).withheld
    assert reason == Withheld(PersonalKind.EMAIL, ToldBy.NAME)
    assert reason.sentence(shows_extremes=False) == "values withheld: its name says email"


def test_hashes_of_equal_values_are_equal_in_every_profile_of_a_table() -> None:
    one, two = (_top(_shown(table(texts("email", values)))) for values in (EMAILS, ["bob@shop.org"]))
    assert re.fullmatch("hidden:[0-9a-f]{6}", two[0][0])
    assert two[0][0] == one[1][0]


def test_hashes_of_other_tables_and_other_keys_are_others() -> None:
    profile = table(texts("email", ["bob@shop.org"]))
    withheld = withheld_columns(profile, PRIVACY)
    hashes = {
        _top(_shown(profile))[0],
        _top(_shown(profile, KEYED))[0],
        _top(without_values(profile, withheld, PRIVACY, salt="db/orders"))[0],
    }
    assert len(hashes) == 3


def test_masks_are_forms_whose_counts_are_added() -> None:
    profile = _shown(table(texts("email", EMAILS)), Privacy(method=Method.MASK))
    assert _top(profile) == [("a@a.a", 6)]


def test_dropped_values_leave_nothing() -> None:
    assert _top(_shown(table(texts("email", EMAILS)), Privacy(method=Method.DROP))) == []


def test_numbers_of_people_are_known_in_steps_of_two_digits() -> None:
    cards = [4111_1111_1111_1111, 4119_0000_0000_0000, 5500_0000_0000_0004]
    after = _only(_shown(table(numbers("card_number", cards, kind=Kind.INTEGER))))
    assert (after.minimum, after.maximum) == (None, None)
    assert after.distribution == Distribution((4.1e15, 5.5e15), (2 / 3, 1.0))
    assert after.numbers is not None
    assert after.numbers.mean == pytest.approx(sum(cards) / 3)


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([0.0, 7.0, 99.0, 101.0, 119.0], (0.0, 7.0, 99.0, 100.0, 110.0)),
        ([-119.0, -101.0, -7.0], (-120.0, -110.0, -7.0)),
    ],
)
def test_rounding_keeps_the_order(values: list[float], points: tuple[float, ...]) -> None:
    found = _only(_shown(table(numbers("phone", values)))).distribution
    assert found is not None
    assert found.points == points


def test_dates_of_birth_are_known_by_the_year() -> None:
    days = [float((date(1990, 5, 1) - date(1970, 1, 1)).days), float((date(1990, 9, 1) - date(1970, 1, 1)).days)]
    column = replace(numbers("date_of_birth", days, kind=Kind.DATE), minimum=date(1990, 5, 1), maximum=date(1990, 9, 1))
    after = _only(_shown(table(column)))
    assert (after.minimum, after.maximum, after.time_span) == (None, None, None)
    assert after.distribution == Distribution((20 * 365.25,), (1.0,))


def test_ids_that_count_people_keep_their_extremes() -> None:
    after = _only(_shown(table(numbers("customer_id", [1.0, 2.0, 3.0], kind=Kind.INTEGER))))
    assert (after.minimum, after.maximum) == (1.0, 3.0)
    assert all(value.startswith("hidden:") for value, _ in _top(table(after)))


@pytest.mark.parametrize("pattern", ["email", "EMAIL", "flights.email", "public.flights.email", "*mail", "*"])
def test_what_is_allowed_is_shown(pattern: str) -> None:
    profile = table(texts("email", EMAILS))
    assert _shown(profile, Privacy(allow_values=(pattern,))) == profile


def test_a_pattern_of_another_table_allows_nothing() -> None:
    assert withheld_columns(table(texts("email", EMAILS)), Privacy(allow_values=("orders.email",)))


def test_what_is_hidden_is_hidden_even_where_everything_is_allowed() -> None:
    privacy = Privacy(allow_values=("*",), hide_values=("note*",))
    reason = _only(_shown(table(texts("notes", ["x"])), privacy)).withheld
    assert reason == Withheld(PersonalKind.LISTED, ToldBy.OPTION)


def test_values_that_looked_personal_once_stay_withheld() -> None:
    column = texts("c1", EMAILS)
    looking = replace(column, looks=Looks(SemanticType.EMAIL, 0.95, (), 64))
    earlier = _shown(table(looking))
    reason = _only(_shown(table(column), earlier=earlier)).withheld
    assert reason == Withheld(PersonalKind.EMAIL, ToldBy.EARLIER)
    assert _only(_shown(table(column), Privacy(allow_values=("c1",)), earlier=earlier)).withheld is None


def test_a_name_that_is_no_longer_personal_is_shown_again() -> None:
    """A name is judged each time: only values are judged by a sample."""
    earlier = _shown(table(texts("note", ["x"])), Privacy(hide_values=("note",)))
    assert _only(_shown(table(texts("note", ["x"])), earlier=earlier)).withheld is None


def test_a_plain_baseline_is_compared_as_if_it_were_withheld() -> None:
    before = table(texts("email", EMAILS))
    baseline, current = comparable(before, _shown(before), PRIVACY, salt="db/flights")
    assert baseline == current


def test_a_withheld_baseline_is_compared_with_what_is_now_allowed() -> None:
    plain = table(texts("email", EMAILS))
    baseline, current = comparable(_shown(plain), plain, SHOW_ALL, salt="db/flights")
    assert baseline == current


@pytest.mark.parametrize("other", [KEYED, Privacy(method=Method.MASK)])
def test_values_that_are_named_in_other_ways_are_not_compared(other: Privacy) -> None:
    plain = table(texts("email", EMAILS))
    baseline, current = comparable(_shown(plain), _shown(plain, other), other, salt="db/flights")
    assert _top(baseline) == _top(current) == []


def test_a_growing_number_of_accounts_is_still_known_for_a_counter() -> None:
    """Its extremes are withheld; its distribution still tells, and it is not judged."""
    before, after = (
        _shown(table(numbers("account_number", list(range(1000, 1000 + count)), kind=Kind.INTEGER)))
        for count in (2000, 2600)
    )
    assert not [finding for finding in compare(before, after).findings if finding.column == "account_number"]


def test_a_distribution_that_moves_is_found_without_its_values() -> None:
    before, after = (
        _shown(table(numbers("phone", [float(start + 7 * n % 1000) for n in range(1000)]))) for start in (3000, 8000)
    )
    assert [finding.column for finding in compare(before, after).findings] == ["phone"]


def test_nothing_is_found_between_a_profile_and_itself() -> None:
    profile = _shown(table(texts("email", EMAILS * 200), numbers("phone", [float(n) for n in range(1200)])))
    assert compare(profile, profile).findings == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"allow_valus": []}, "Did you mean 'allow_values'"),
        ({"method": "rot13"}, "one of hash, mask, drop"),
        ({"allow_values": [1]}, "names of columns"),
        ({"hide_values": 7}, "names of columns"),
        ({"hash_key": "short"}, "16 characters"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        Privacy.from_mapping(options)


def test_a_key_is_repeated_nowhere() -> None:
    secret = "a canary of sixteen"
    privacy = Privacy.from_mapping({"hash_key": secret})
    shown = _shown(table(texts("email", EMAILS)), privacy)
    assert secret not in repr(privacy) + privacy.stamp + repr(shown)
    assert _only(shown).withheld == Withheld(PersonalKind.EMAIL, ToldBy.NAME, Method.HASH, privacy.key_id)


def test_one_text_is_one_pattern() -> None:
    assert Privacy.from_mapping({"allow_values": "email"}).allow_values == ("email",)


def test_a_column_of_booleans_has_nothing_to_withhold() -> None:
    column = replace(numbers("ok", [1.0]), true_count=1)
    booleans = replace(column, schema=replace(column.schema, kind=Kind.BOOLEAN))
    assert _shown(table(booleans), Privacy(hide_values=("ok",))).columns == (booleans,)


def test_top_values_are_ordered_by_count_and_name() -> None:
    column = texts("email", ["x"])
    assert column.distinct is not None
    top = (TopValue("a1", 1), TopValue("b", 1), TopValue("a2", 1))
    shown = _shown(table(replace(column, distinct=replace(column.distinct, top=top))), Privacy(method=Method.MASK))
    assert _top(shown) == [("a9", 2), ("a", 1)]
