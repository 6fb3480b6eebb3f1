from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from taskflow_profilemesh.events.assets import profiled_table, synced_tables, table_uri
from taskflow_profilemesh.events.json_text import size_in_bytes
from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.storage import StoredProfile
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.profiles import numbers, table

ORDERS = TableRef("orders", "shop")
SALES = DatabaseAddress.from_url("postgresql://u:canary-42@db.example:5433/sales")


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("postgresql://u:canary-42@db.example:5433/sales", "postgres://db.example:5433/sales/shop/orders"),
        ("postgresql://u:canary-42@db.example/sales", "postgres://db.example:5432/sales/shop/orders"),
        ("mysql://u:canary-42@db.example/sales", "mysql://db.example:3306/shop/orders"),
        ("snowflake://u:canary-42@org-acct/sales/raw?warehouse=w", "snowflake://org-acct/sales/shop/orders"),
        ("sqlite:////srv/my shop.db", "sqlite:///srv/my%20shop.db/orders"),
    ],
)
def test_an_assets_uri_is_that_of_airflows_own_providers_without_login(url: str, uri: str) -> None:
    assert table_uri(DatabaseAddress.from_url(url), ORDERS) == uri


def test_a_slash_or_a_dot_in_a_name_stays_in_its_part_of_the_uri() -> None:
    assert table_uri(SALES, TableRef("a/b.c", "x y")) == "postgres://db.example:5433/sales/x%20y/a%2Fb.c"


def test_a_profiled_table_tells_its_size_its_drift_and_where_its_profile_is() -> None:
    drift = {"severity": "medium", "findings": [{}, {}], "schema_changes": [{}], "detected": True}
    news = profiled_table(SALES, _stored(drift=drift))
    assert news.extra == {
        "table": "shop.orders",
        "row_count": 3,
        "column_count": 1,
        "profile_id": "p1",
        "exact": True,
        "drift_severity": "medium",
        "findings": 2,
        "schema_changes": 1,
    }
    assert size_in_bytes(news.extra) < 1024


def test_a_first_profile_has_no_drift_to_tell() -> None:
    extra = profiled_table(SALES, _stored()).extra
    assert (extra["drift_severity"], extra["findings"], extra["schema_changes"]) == (None, 0, 0)


@pytest.mark.parametrize(
    ("uri", "name", "expected"),
    [
        ("postgres://db.example:5433/sales/shop/orders", "whatever", True),
        ("postgres://db.example:5433/sales/sho%70/orders", "whatever", True),
        ("postgres://db.example:5433/sales/shop/orders2", "orders", False),
        ("postgres://elsewhere:5433/sales/shop/orders", "orders", False),
        ("shop.orders", "shop.orders", True),
        (None, "shop.orders", True),
        (None, None, False),
    ],
)
def test_a_profiled_table_is_known_by_its_whole_uri_or_by_its_own_name(
    *, uri: str | None, name: str | None, expected: bool
) -> None:
    assert profiled_table(SALES, _stored()).is_about(uri=uri, name=name) is expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("postgres://any.example:5432/sales/shop/orders", True),
        ("airbyte://airbyte.example:8000/c/shop.orders", True),
        ("airbyte://elsewhere/c/shop.orders", False),
        ("postgres://any.example:5432/sales/crm/orders", False),
        ("shop/orders", False),
    ],
)
def test_a_synced_table_is_known_by_the_end_of_any_uri_for_only_airbyte_knows_its_database(
    *, uri: str, expected: bool
) -> None:
    (news,) = synced_tables(_synced(["shop.orders"], 7))
    assert news.is_about(uri=uri, name="x") is expected


def test_a_synced_table_tells_the_rows_of_all_streams_that_wrote_to_it() -> None:
    (news,) = synced_tables(_synced(["shop.orders", "shop.orders"], 7))
    assert news.uri == "airbyte://airbyte.example:8000/c/shop.orders"
    assert news.extra == {
        "table": "shop.orders",
        "rows_synced": 14,
        "job_id": 9,
        "connection_id": "c",
        "connection_name": "Shop → Warehouse",
    }


def test_a_synced_table_with_an_unknown_count_has_an_unknown_total() -> None:
    (news,) = synced_tables(_synced(["shop.orders"], None))
    assert news.extra["rows_synced"] is None


def test_a_sync_on_an_unknown_server_tells_of_no_table() -> None:
    assert synced_tables(_synced(["shop.orders"], 7) | {"url": None}) == ()


def _stored(**changes: Any) -> StoredProfile:
    profile = table(numbers("id", [1, 2, 3]), ref=ORDERS)
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return StoredProfile(
        profile_id="p1", run_id="r", source="warehouse", table=ORDERS, profiled_at=moment, profile=profile, **changes
    )


def _synced(tables: list[str], rows: int | None) -> dict[str, Any]:
    return {
        "url": "https://u:canary-42@airbyte.example:8000/workspaces/w/connections/c/timeline?jobId=9",
        "job_id": 9,
        "connection_id": "c",
        "connection_name": "Shop → Warehouse",
        "tables": list(dict.fromkeys(tables)),
        "streams": [{"table": one, "rows_synced": rows} for one in tables],
    }
