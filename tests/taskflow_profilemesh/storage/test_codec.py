from __future__ import annotations

import json
import zlib
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.errors import StoreTooNew
from taskflow_profilemesh.profiling.profile import Numbers, TableProfile
from taskflow_profilemesh.profiling.scope import Counted, Scope
from taskflow_profilemesh.profiling.withheld import Method, PersonalKind, ToldBy, Withheld
from taskflow_profilemesh.storage.codec import SCHEMA_VERSION, decode_profile, encode_profile, pack, unpack
from tests.taskflow_profilemesh.profiles import numbers, table, table_profiles, texts

_DOCUMENTS = Path(__file__).with_name("documents")


@given(table_profiles(everything=True))
def test_a_profile_survives_the_store_unchanged(profile: TableProfile) -> None:
    assert decode_profile(unpack(pack(encode_profile(profile)))) == profile


@pytest.mark.parametrize(
    "value",
    [
        3,
        3.0,
        2**70,
        "a\x00b",
        Decimal("1.20"),
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001 -- a column without a zone holds such
        datetime(2026, 1, 2, tzinfo=UTC),
        time(23, 59, 59, 1),
        float("inf"),
    ],
)
def test_a_value_keeps_its_type(value: object) -> None:
    profile = table(numbers("a", [1.0], minimum=value))
    back = decode_profile(unpack(pack(encode_profile(profile)))).columns[0].minimum
    assert (type(back), back, str(back)) == (type(value), value, str(value))


def test_a_document_is_strict_json_even_with_nan_in_it() -> None:
    column = numbers("a", [1.0])
    assert column.numbers is not None
    odd = replace(column, numbers=replace(column.numbers, mean=float("nan")))
    text = json.dumps(encode_profile(table(odd)), allow_nan=False)
    back = decode_profile(json.loads(text)).columns[0].numbers
    assert back is not None
    assert back.mean != back.mean  # NaN is the one number that is not itself


def test_what_has_its_default_takes_no_room() -> None:
    column = encode_profile(table(texts("a", ["x"])))["profile"]["columns"][0]
    assert "numbers" not in column
    assert "error" not in column


def test_a_document_of_a_newer_version_is_refused() -> None:
    document = encode_profile(table(numbers("a", [1.0]))) | {"schema_version": SCHEMA_VERSION + 1}
    with pytest.raises(StoreTooNew, match=f"found_version={SCHEMA_VERSION + 1}"):
        decode_profile(document, store="sqlite:///x.db")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"schema_version": "1", "profile": {}},
        {"schema_version": 0, "profile": {}},
        {"schema_version": 1},
        {"schema_version": 1, "profile": {"row_count": 1}},
        {"schema_version": 1, "profile": {"unheard_of": 1}},
        {"schema_version": 1, "profile": 7},
        {"schema_version": 1, "profile": {"$": "date", "value": "2026-01-01"}},
        {"schema_version": 1, "profile": {"$": "color", "value": "red"}},
        {"schema_version": 1, "profile": {"$": "decimal", "value": "red"}},
    ],
)
def test_what_is_no_profile_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the document h"):
        decode_profile(document)


@pytest.mark.parametrize("data", [b"", b"{}", zlib.compress(b"[1]"), zlib.compress(b"{"), zlib.compress(b"\xff")])
def test_bytes_that_are_no_document_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"bytes|Expecting|decode"):
        unpack(data)


def test_a_document_never_holds_nan_unnoticed() -> None:
    with pytest.raises(ValueError, match="JSON"):
        pack({"psi": float("nan")})


def test_a_value_of_an_unknown_type_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="cannot hold a complex"):
        encode_profile(table(numbers("a", [1.0], minimum=1j)))


@given(st.sampled_from(sorted(_DOCUMENTS.glob("profile_v*.json"))))
def test_documents_of_every_version_can_be_read(path: Path) -> None:
    profile = decode_profile(json.loads(path.read_text()))
    column = profile.column("dep_delay")
    assert column is not None
    assert column.numbers == Numbers(2.5, 1.5, 2.25, None, 0.125, Decimal("10.00"), 1, 2, 3, 4)


def test_keys_comments_and_the_part_of_a_table_survive() -> None:
    path = _DOCUMENTS / "profile_v4.json"
    document = json.loads(path.read_text())
    profile = decode_profile(document)
    assert profile.schema.unique_keys == (("carrier", "day"), ("time_hour",))
    assert (profile.schema.comment, profile.schema.columns[0].comment) == ("what left New York", "minutes")
    assert profile.columns[0].counted == Counted(11, 3, has_extremes=True)
    assert profile.scope == Scope("distance > 5", "day", ("2013-01-01", "2013-01-02"))
    assert profile.columns[0].distinct is not None
    assert profile.columns[0].distinct.is_rounded
    assert profile.columns[0].withheld == Withheld(PersonalKind.EMAIL, ToldBy.VALUES, Method.MASK, "0a1b2c3d")
    assert encode_profile(profile) == document


def test_what_an_older_document_does_not_know_is_unknown() -> None:
    schema = decode_profile(json.loads((_DOCUMENTS / "profile_v1.json").read_text())).schema
    assert schema.unique_keys is None
    assert schema.comment is None


def test_a_change_of_the_profile_values_asks_for_a_new_schema_version() -> None:
    """When this fails: raise SCHEMA_VERSION, write the new fields down here, and add a document of the version."""
    assert SCHEMA_VERSION == 4
    assert _shape(TableProfile) == json.loads((_DOCUMENTS / "shape_v4.json").read_text())


def _shape(kind: object) -> object:
    """The names of a value's fields, and of the values inside them."""
    inner = [member for member in get_args(kind) if member is not type(None)]
    if inner:
        return _shape(inner[0])
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name: _shape(hints[field.name]) for field in fields(kind)}
    return "value"
