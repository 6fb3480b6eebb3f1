from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.drift.declared_types import DeclaredType


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("numeric(12,2)", "numeric", (12, 2)),
        ("NUMERIC ( 12 , 2 )", "numeric", (12, 2)),
        ("character varying(4)", "character varying", (4,)),
        ("timestamp(6) with time zone", "timestamp with time zone", (6,)),
        ("int(11)  unsigned", "int unsigned", (11,)),
        ("enum('a','b')", "enum('a','b')", ()),
        ("text", "text", ()),
    ],
)
def test_a_type_is_a_name_and_arguments(text: str, name: str, arguments: tuple[int, ...]) -> None:
    assert DeclaredType.parse(text) == DeclaredType(name, arguments)


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ("integer", "bigint", True),
        ("bigint", "integer", False),
        ("int", "integer", True),
        ("real", "double precision", True),
        ("varchar(4)", "varchar(8)", True),
        ("varchar(8)", "varchar(4)", False),
        ("varchar(8)", "text", True),
        ("char(8)", "varchar(4)", False),
        ("text", "varchar(8)", False),
        ("varchar", "varchar(8)", False),
        ("json", "text", True),
        ("numeric(12,2)", "numeric(14,2)", True),
        ("numeric(12,2)", "numeric(12,4)", False),
        ("numeric(12,2)", "numeric(14,4)", True),
        ("numeric(12,2)", "numeric", True),
        ("numeric(12)", "numeric(12,2)", False),
        ("integer", "text", False),
        ("uuid", "text", False),
        ("uuid", "uuid", True),
    ],
)
def test_a_type_fits_into_another_that_holds_all_its_values(before: str, after: str, fits: bool) -> None:  # noqa: FBT001 -- a column of the table above
    assert DeclaredType.parse(before).fits_into(DeclaredType.parse(after)) is fits


@given(st.text(max_size=30))
def test_any_text_is_a_type_that_fits_into_itself(text: str) -> None:
    assert DeclaredType.parse(text).fits_into(DeclaredType.parse(text))
