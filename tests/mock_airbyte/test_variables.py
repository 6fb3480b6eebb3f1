from __future__ import annotations

import pytest

from mock_airbyte.variables import UnsetVariable, escaped, filled


def test_variables_are_filled_in_wherever_they_stand() -> None:
    value = {"a": ["x-${ONE}-${TWO:-2}", 3], "b": None}
    assert filled(value, {"ONE": "1"}) == {"a": ["x-1-2", 3], "b": None}


def test_airbytes_own_placeholder_stays() -> None:
    assert filled("a_${SOURCE_NAMESPACE}", {"SOURCE_NAMESPACE": "no"}) == "a_${SOURCE_NAMESPACE}"


def test_all_that_are_not_set_are_named_at_once() -> None:
    with pytest.raises(UnsetVariable, match="names=ONE, TWO"):
        filled(["${ONE} ${TWO}", {"k": "${ONE}"}], {})


@pytest.mark.parametrize(
    "text",
    [
        "${ONE}",
        "$${ONE}",
        "$$${ONE:-x}",
        "cost: $5",
        "${SOURCE_NAMESPACE}",
        "$${SOURCE_NAMESPACE}",
        "${not a variable}",
    ],
)
def test_what_is_escaped_comes_back_as_it_was(text: str) -> None:
    assert filled(escaped(text), {}) == text
