from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.events import safe_json, safe_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        (1.5, 1.5),
        (True, True),
        (None, None),
        ("a\x00b", "a\\u0000b"),
        ("\ud800", "\\ud800"),
        ("größe 😀", "größe 😀"),
        (Decimal("1.20"), "1.20"),
        (date(2026, 1, 2), "2026-01-02"),
        (b"secret", "6 bytes"),
        ((1, [2.0, {"a": float("inf")}]), [1, [2.0, {"a": None}]]),
        ({"k\x00": {1}}, {"k\\u0000": [1]}),
    ],
)
def test_a_value_becomes_json_that_any_database_takes(value: object, expected: object) -> None:
    assert safe_json(value) == expected


def test_a_text_is_capped_at_256_characters() -> None:
    assert safe_text("x" * 256) == "x" * 256
    assert safe_text("x" * 257) == "x" * 255 + "…"


_any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=400)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _any_text | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(_any_text, inner) | st.tuples(inner),
    max_leaves=10,
)


@given(_anything)
def test_anything_becomes_strict_json_that_stays_as_it_is(value: object) -> None:
    safe = safe_json(value)
    text = json.dumps(safe, allow_nan=False, ensure_ascii=False)
    assert "\x00" not in text
    assert json.loads(text.encode()) == safe == safe_json(safe)
