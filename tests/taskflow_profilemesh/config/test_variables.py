from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.config.document import Document
from taskflow_profilemesh.config.variables import fill_in
from taskflow_profilemesh.errors import InvalidConfig

ENVIRON = {"USER": "ann", "PW": "p$w${USER}", "BLANK": ""}


def _filled(data: object) -> object:
    return fill_in(Document(data=data), ENVIRON)


def test_variables_are_filled_in_wherever_a_text_stands() -> None:
    data = {"url": "pg://${USER}:${PW}@h/${USER}", "list": ["${USER}", {"deep": ("${BLANK}", 5, None, True)}]}
    assert _filled(data) == {"url": "pg://ann:p$w${USER}@h/ann", "list": ["ann", {"deep": ["", 5, None, True]}]}


def test_a_value_is_not_looked_at_again_and_a_doubled_dollar_is_one() -> None:
    assert _filled(["${PW}", "$${USER}", "$USER", "${USER", "5 $"]) == [
        "p$w${USER}",
        "${USER}",
        "$USER",
        "${USER",
        "5 $",
    ]


def test_keys_are_left_as_they_are() -> None:
    assert _filled({"${USER}": 1}) == {"${USER}": 1}


def test_a_variable_that_is_not_set_is_named_with_its_place() -> None:
    with pytest.raises(InvalidConfig, match=r"key='a\[1\]', got='\$\{NOBODY\}', .*variable that is set"):
        _filled({"a": ["x", "${USER} ${NOBODY}"]})


def test_data_that_holds_itself_is_filled_once() -> None:
    data: list[object] = ["${USER}"]
    data.append(data)
    filled = _filled(data)
    assert isinstance(filled, list)
    assert filled[0] == "ann"
    assert filled[1] is filled


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_data_without_variables_is_unchanged(data: object) -> None:
    if "${" not in repr(data):
        assert _filled(data) == data
