"""Which columns look like personal data: the table of rules, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from taskflow_profilemesh.profiling.looks import JsonKey, JsonKeys, Looks, SemanticType, Shape
from taskflow_profilemesh.profiling.personal_data import kind_by_name, personal_kind, words_of
from taskflow_profilemesh.profiling.profile import ColumnProfile
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.withheld import PersonalKind, ToldBy
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.profiles import retyped, texts

ORDERS, CUSTOMERS = TableRef("orders", "shop"), TableRef("shop_customers", "public")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("customerEmail", "_customer_email_"),
        ("CUSTOMER_EMAIL", "_customer_email_"),
        ("customer-email 2", "_customer_email_"),
        ("IPAddress", "_ip_address_"),
        ("Ärztin", "_ärztin_"),
        ("7", "_7_"),
    ],
)
def test_a_name_is_read_as_its_words(name: str, words: str) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("email", Kind.TEXT, "email"),
        ("billingEmailAddress", Kind.TEXT, "email"),
        ("e_mail", Kind.TEXT, "email"),
        ("phone_number", Kind.INTEGER, "phone"),
        ("mobile", Kind.TEXT, "phone"),
        ("first_name", Kind.TEXT, "name"),
        ("lastname", Kind.TEXT, "name"),
        ("customer_name", Kind.TEXT, "name"),
        ("street", Kind.TEXT, "address"),
        ("date_of_birth", Kind.DATE, "birth_date"),
        ("born", Kind.DATE, "birth_date"),
        ("ssn", Kind.INTEGER, "national_number"),
        ("passport_no", Kind.TEXT, "national_number"),
        ("card_number", Kind.INTEGER, "card_number"),
        ("iban", Kind.TEXT, "bank_account"),
        ("account_number", Kind.INTEGER, "bank_account"),
        ("client_ip", Kind.TEXT, "ip_address"),
        ("password_hash", Kind.TEXT, "secret"),
        ("api_key", Kind.TEXT, "secret"),
        ("customer_id", Kind.INTEGER, "identifier"),
        ("session_id", Kind.TEXT, "identifier"),
        ("order_id", Kind.INTEGER, None),  # counts orders
        ("name", Kind.TEXT, None),  # of what, the table says
        ("product_name", Kind.TEXT, None),
        ("email_verified", Kind.TEXT, None),  # about the address
        ("has_phone", Kind.INTEGER, None),
        ("card_type", Kind.TEXT, None),
        ("email", Kind.BOOLEAN, None),
        ("email", Kind.INTEGER, None),
        ("phone", Kind.DATE, None),
        ("emaille", Kind.TEXT, None),
        ("description", Kind.TEXT, None),
        ("carrier", Kind.TEXT, None),
        ("status", Kind.TEXT, None),
    ],
)
def test_a_name_says_what_a_column_is(name: str, kind: Kind, told: str | None) -> None:
    assert kind_by_name(name, kind, ORDERS) == told


def test_a_name_in_a_table_of_people_is_theirs() -> None:
    assert kind_by_name("name", Kind.TEXT, CUSTOMERS) is PersonalKind.NAME
    assert kind_by_name("id", Kind.INTEGER, CUSTOMERS) is PersonalKind.IDENTIFIER


def _looking(column: ColumnProfile, *forms: tuple[str, float], semantic: SemanticType | None = None) -> ColumnProfile:
    shapes = tuple(Shape(form, ratio) for form, ratio in forms)
    return replace(column, looks=Looks(semantic, 1.0 if semantic else None, shapes, 64))


@pytest.mark.parametrize(
    ("values", "forms", "told"),
    [
        (["a@b.org", "none"], [("a", 0.9), ("a9@a.a", 0.1)], "email"),
        (["a@b.org", "none"], [("a", 0.96), ("a9@a.a", 0.04)], None),
        (["+49 30 1234567"], [("+9 9 9", 1.0)], "phone"),
        (["+1"], [("+9", 1.0)], None),
        (["4111 1111 1111 1111"], [("9 9 9 9", 0.8), ("a", 0.2)], "card_number"),
        (["4111111111111111"], [("9", 1.0)], "card_number"),
        (["123456789012"], [("9", 1.0)], None),
        (["DE89370400440532013000"], [("a9", 1.0)], "bank_account"),
        (["AB12"], [("a9", 1.0)], None),
        (["123-45-6789"], [("9-9-9", 1.0)], "national_number"),
        (["2024-01-01"], [("9-9-9", 1.0)], None),
    ],
)
def test_forms_say_what_the_values_are(values: list[str], forms: list[tuple[str, float]], told: str | None) -> None:
    found = personal_kind(_looking(texts("c1", values), *forms), ORDERS)
    assert found == (None if told is None else (told, ToldBy.VALUES))


@pytest.mark.parametrize(
    ("semantic", "told"),
    [("email", "email"), ("ip_address", "ip_address"), ("uuid", "identifier"), ("url", None), ("date", None)],
)
def test_semantic_types_say_what_the_values_are(semantic: str, told: str | None) -> None:
    found = personal_kind(_looking(texts("c1", ["x"]), semantic=SemanticType(semantic)), ORDERS)
    assert found == (None if told is None else (told, ToldBy.VALUES))


def test_a_declared_type_says_it_too() -> None:
    column = retyped(texts("c1", ["x"]), "uuid", kind=Kind.OTHER)
    assert personal_kind(column, ORDERS) == (PersonalKind.IDENTIFIER, ToldBy.VALUES)


def test_documents_are_as_personal_as_their_keys() -> None:
    document = retyped(texts("payload", ["{}"]), "jsonb", kind=Kind.JSON)
    with_keys = [
        replace(document, json_keys=JsonKeys((JsonKey(key, 0.5),), 1.0, 9)) for key in ("lastName", "total", "order_id")
    ]
    assert [personal_kind(column, ORDERS) for column in with_keys] == [(PersonalKind.NAME, ToldBy.VALUES), None, None]
