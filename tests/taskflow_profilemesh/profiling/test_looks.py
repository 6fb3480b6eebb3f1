"""What texts and documents look like."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.profiling import Kind, Precision
from taskflow_profilemesh.profiling.json_keys import top_keys
from taskflow_profilemesh.profiling.looks import JsonKey, JsonKeys, Looks, SemanticType, Shape
from taskflow_profilemesh.profiling.semantic_types import type_code, type_codes
from taskflow_profilemesh.profiling.shapes import shape
from tests.taskflow_profilemesh.profiling.frames import column_of

EXAMPLES: dict[SemanticType, list[str]] = {
    SemanticType.UUID: ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
    SemanticType.EMAIL: ["a@b.co", "first.last+tag@mail.example.museum", "o'hara@xn--bcher-kva.example"],
    SemanticType.URL: ["https://example.com", "s3://bucket/key?x=1", "postgresql+psycopg://u@h/db"],
    SemanticType.IP_ADDRESS: ["10.0.0.1", "192.168.0.0/16", "2001:db8::1", "::1"],
    SemanticType.DATE: ["2024-02-29"],
    SemanticType.DATETIME: ["2024-02-29T12:00:00Z", "2024-02-29 12:00", "2024-02-29 12:00:00.123+02:00"],
    SemanticType.INTEGER: ["0", "-17", "+5", "123456789012345678901234567890"],
    SemanticType.DECIMAL: ["0.5", "-17.25", "1e9", "2.5E-3"],
    SemanticType.JSON: ['{"a": 1}', "[]", " [1,\n2] "],
}
NOTHING = [
    "",
    " ",
    "a b@c.de",
    "a@b",
    "www.example.com",
    "10.0.0.256",
    "1:2",
    "2023-02-29",
    "2024-02-29T25:00",
    "007",
    "1.",
    ".5",
    "١٢",
    "{a}",
    "[" * 3000 + "]" * 3000,
    "+49 30 1234567",
    "DE",
    "x" * 5000,
]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_column_of_a_type_is_told(kind: SemanticType) -> None:
    looks = column_of(pl.Series(EXAMPLES[kind] * 10), kind=Kind.TEXT).looks
    assert looks is not None
    assert (looks.semantic_type, looks.semantic_ratio, looks.precision) == (kind, 1.0, Precision.EXACT)
    assert looks.sampled_rows == 10 * len(EXAMPLES[kind])


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_certain_is_not_told(text: str) -> None:
    assert type_code(text) == 0


ODD = [*NOTHING, "a.b", "ab.12", "a@b.co\0c@d.co", "a\0b", "1\0002", "x" * 35 + "\0"]
_columns = st.sampled_from([*EXAMPLES.values(), [*ODD, *(texts[0] for texts in EXAMPLES.values())]])


@given(_columns.flatmap(lambda texts: st.lists(st.sampled_from(texts), min_size=1)))
def test_a_column_that_is_looked_at_in_one_pass_has_the_types_of_its_texts_one_by_one(texts: list[str]) -> None:
    assert type_codes(texts) == [type_code(text) for text in texts]


def test_a_few_strangers_are_put_up_with() -> None:
    for strangers, expected in ((5, SemanticType.INTEGER), (6, None)):
        values = [*map(str, range(100 - strangers)), *["?"] * strangers, None]
        looks = column_of(pl.Series(values), kind=Kind.TEXT).looks
        assert looks is not None
        assert looks.semantic_type is expected
        assert looks.semantic_ratio == (0.95 if expected else None)
        assert looks.sampled_rows == 100


def test_whole_numbers_among_decimals_are_decimals() -> None:
    looks = column_of(pl.Series(["1", "2.5"] * 10), kind=Kind.TEXT).looks
    assert looks is not None
    assert looks.semantic_type is SemanticType.DECIMAL


def test_a_few_values_are_too_few() -> None:
    looks = column_of(pl.Series(["a@b.co"] * 9), kind=Kind.TEXT).looks
    assert looks == Looks(None, None, (Shape("a@a.a", 1.0),), 9, Precision.EXACT)
    assert column_of(pl.Series([None], dtype=pl.String), kind=Kind.TEXT).looks is None


@pytest.mark.parametrize(
    ("text", "form"),
    [("user17@de.example.com", "a9@a.a.a"), ("AB-0123/x", "a-9/a"), ("Ærø ١٢", "a 9"), ("", ""), ("-" * 99, "-" * 64)],
)
def test_a_form_shows_neither_letter_nor_digit(text: str, form: str) -> None:
    assert shape(text) == form


def test_the_frequent_forms_come_first() -> None:
    looks = column_of(pl.Series(["a1", "b2", "c", "d-e"] * 3 + ["z9"]), kind=Kind.TEXT).looks
    assert looks is not None
    assert looks.shapes == (Shape("a9", 7 / 13), Shape("a", 3 / 13), Shape("a-a", 3 / 13))


def test_many_rows_are_looked_at_as_a_sample() -> None:
    looks = column_of(pl.Series(map(str, range(60_000))), kind=Kind.TEXT).looks
    assert looks is not None
    assert (looks.semantic_type, looks.sampled_rows, looks.precision) == (
        SemanticType.INTEGER,
        256,
        Precision.SAMPLED,
    )


def test_the_keys_of_documents_are_told_with_their_shares() -> None:
    documents = ['{"a": 1, "b": {"c": 2}}', '{"a": null, "a": 2}', "[1]", "7", None, '{"a"']
    found = column_of(pl.Series(documents), kind=Kind.JSON).json_keys
    assert found == JsonKeys((JsonKey("a", 0.4), JsonKey("b", 0.2)), 0.4, 5, Precision.EXACT)
    assert column_of(pl.Series([None], dtype=pl.String), kind=Kind.JSON).json_keys is None


def test_the_keys_of_many_documents_are_sampled_and_capped() -> None:
    documents = [f'{{"{"k" * 99}": 1, "only{number}": 2}}' for number in range(60_000)]
    found = column_of(pl.Series(documents), kind=Kind.JSON).json_keys
    assert found is not None
    assert (len(found.keys), found.sampled_rows, found.precision) == (20, 128, Precision.SAMPLED)
    assert found.keys[0] == JsonKey("k" * 64, 1.0)


def test_what_is_too_long_or_too_deep_is_not_read() -> None:
    assert top_keys('{"a": "' + "x" * 5000 + '"}') is None
    assert top_keys('{"a":' + "[" * 2000 + "]" * 2000 + "}") in (None, ("a",))


def test_other_columns_have_no_looks() -> None:
    column = column_of(pl.Series([b"a"]), kind=Kind.BINARY)
    assert (column.looks, column.json_keys) == (None, None)
    assert column_of(pl.Series(["a"]), kind=Kind.OTHER).looks is not None
