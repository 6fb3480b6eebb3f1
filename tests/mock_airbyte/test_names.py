from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_airbyte.destinations.names import column_names, identifier, namespace


@dataclass(frozen=True)
class _Settings:
    namespace_definition: str = "destination"
    namespace_format: str | None = None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Users", "Users"),
        ("order-items", "order_items"),
        ("2024 sales", "_2024_sales"),
        ("Größe", "Gro_e"),
        ("a.b", "a_b"),
    ],
)
def test_whatever_is_no_letter_or_digit_becomes_an_underscore(name: str, expected: str) -> None:
    assert identifier(name) == expected


def test_a_long_name_keeps_its_beginning_and_gets_a_hash() -> None:
    first, second = identifier("x" * 70), identifier("x" * 71)
    assert first.startswith("x" * 54 + "_")
    assert len(first) == 63
    assert first != second


@given(st.text(min_size=1))
def test_every_name_fits_and_starts_with_no_digit(name: str) -> None:
    safe = identifier(name)
    assert len(safe) <= 63
    assert not safe[0].isdigit()


@given(st.lists(st.text(alphabet="aA-_ .1", min_size=1, max_size=4), unique=True, max_size=12))
def test_columns_never_share_a_name(names: list[str]) -> None:
    given_names = column_names(names)
    assert list(given_names) == names
    assert len({name.lower() for name in given_names.values()}) == len(names)


def test_a_column_whose_name_is_taken_is_numbered() -> None:
    assert column_names(["a b", "a-b", "a.b"]) == {"a b": "a_b", "a-b": "a_b_1", "a.b": "a_b_2"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (_Settings(), "public"),
        (_Settings("source"), "shop"),
        (_Settings("custom_format", "raw_${SOURCE_NAMESPACE}"), "raw_shop"),
        (_Settings("custom_format", None), "public"),
        (_Settings("custom_format", "fixed-name"), "fixed_name"),
    ],
)
def test_the_namespace_follows_the_connection(settings: _Settings, expected: str) -> None:
    assert namespace(settings, "shop", default="public") == expected


def test_a_stream_without_namespace_lands_in_the_default_one() -> None:
    assert namespace(_Settings("source"), None, default="public") == "public"
