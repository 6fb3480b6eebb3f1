from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.tables import TableRef

_names = st.text(min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flights", TableRef("flights")),
        ("public.flights", TableRef("flights", "public")),
        ('"my.schema"."a ""b"""', TableRef('a "b"', "my.schema")),
        ("My Table", TableRef("My Table")),
    ],
)
def test_a_name_is_read_as_people_write_it(text: str, expected: TableRef) -> None:
    assert TableRef.parse(text) == expected


@pytest.mark.parametrize("text", ["", ".", "a.", "a.b.c", 'a"b', '"open'])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match=r"table or schema\.table"):
        TableRef.parse(text)


@given(name=_names, schema=st.none() | _names)
def test_printing_and_parsing_are_inverse(name: str, schema: str | None) -> None:
    table = TableRef(name, schema)
    assert TableRef.parse(str(table)) == table
