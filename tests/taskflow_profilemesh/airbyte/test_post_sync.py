from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.airbyte.models import Connection, Destination, Stream
from taskflow_profilemesh.airbyte.post_sync import identifier, java_hash, table_of
from taskflow_profilemesh.tables import TableRef

POSTGRES = Destination(kind="postgres", default_namespace="lake")


def connection(definition: str = "destination", template: str | None = None, prefix: str = "") -> Connection:
    return Connection(
        connection_id="c",
        name="Shop",
        workspace_id="w",
        destination_id="d",
        status="active",
        namespace_definition=definition,
        namespace_format=template,
        prefix=prefix,
    )


@pytest.mark.parametrize(
    ("pipe", "namespace", "expected"),
    [
        (connection(), "sales", "lake.users"),
        (connection(prefix="raw_"), None, "lake.raw_users"),
        (connection("source"), "sales", "sales.users"),
        (connection("source"), None, "lake.users"),
        (connection("custom_format", "dwh_${SOURCE_NAMESPACE}"), "sales", "dwh_sales.users"),
        (connection("customformat", "dwh_${SOURCE_NAMESPACE}"), "sales", "dwh_sales.users"),
        (connection("custom_format", "${SOURCE_NAMESPACE}"), None, "lake.users"),
        (connection("custom_format", "my schema"), None, "my_schema.users"),
    ],
)
def test_a_stream_lands_where_its_connection_says(pipe: Connection, namespace: str | None, expected: str) -> None:
    assert str(table_of(Stream(name="users", namespace=namespace), pipe, POSTGRES)) == expected


def test_a_postgres_without_a_schema_writes_to_public() -> None:
    assert table_of(Stream(name="users"), connection(), Destination(kind="postgres")) == TableRef("users", "public")


def test_sqlite_has_no_schemas() -> None:
    destination = Destination(kind="sqlite", default_namespace="main")
    assert table_of(Stream(name="users", namespace="sales"), connection("source"), destination) == TableRef("users")


def test_where_nobody_tells_the_schema_it_is_unknown() -> None:
    assert table_of(Stream(name="users"), connection(), None) == TableRef("users")
    assert table_of(Stream(name="users", namespace="sales"), connection("source"), None) == TableRef("users", "sales")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("users", "users"),
        ("Order Items", "Order_Items"),
        ("a-b.c/d", "a_b_c_d"),
        ("2024_sales", "_2024_sales"),
        ("Ärger", "Arger"),
        ("a" * 63, "a" * 63),
    ],
)
def test_a_name_is_made_safe(name: str, expected: str) -> None:
    assert identifier(name) == expected


def test_a_long_name_keeps_its_start_and_eight_digits_of_its_hash() -> None:
    name = "a" * 64
    assert identifier(name) == "a" * 54 + "_" + str(java_hash(name))[-8:]
    assert len(identifier(name)) == 63


@pytest.mark.parametrize(("text", "value"), [("", 0), ("a", 97), ("hello", 99162322), ("polygenelubricants", -(2**31))])
def test_the_hash_is_java_s(text: str, value: int) -> None:
    assert java_hash(text) == value


@given(name=st.text(min_size=1, max_size=200))
def test_every_name_is_safe_and_short_enough(name: str) -> None:
    made = identifier(name)
    assert len(made) <= 63
    assert all(letter == "_" or (letter.isascii() and letter.isalnum()) for letter in made)
    assert not made[:1].isdigit()
    assert identifier(made) == made
