"""One table that every export is tested with, made by hand: 200 orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from taskflow_profilemesh.profiling.profile import Distinct
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.withheld import PersonalKind, ToldBy, Withheld
from taskflow_profilemesh.storage import StoredProfile
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.profiles import numbers, table, texts

ORDERS = TableRef("orders", "shop")
IDS = numbers("id", list(range(1, 201)), kind=Kind.INTEGER, minimum=1, maximum=200)
STATUS = texts("status", ["new"] * 150 + ["paid"] * 40, nulls=10)
QUANTITY = numbers("quantity", [2, 4] * 100, kind=Kind.INTEGER, minimum=2, maximum=4)
PRICE = numbers("price", [1.5, -0.5] * 100)
EMAIL = texts(
    "email",
    ["a@b.org"] * 200,
    minimum=None,
    maximum=None,
    withheld=Withheld(PersonalKind.EMAIL, ToldBy.NAME),
    distinct=Distinct(1, top=()),
)


def stored(**changes: object) -> StoredProfile:
    """The orders' profile, as a store gives it back."""
    profile = table(IDS, STATUS, QUANTITY, PRICE, EMAIL, ref=ORDERS, primary_key=("id",), comment="what was sold")
    return StoredProfile(
        profile_id="p1",
        run_id="r1",
        source="warehouse",
        table=ORDERS,
        profiled_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        profile=replace(profile, **changes),  # type: ignore[arg-type] # a profile's own fields
    )
