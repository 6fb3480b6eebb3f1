from __future__ import annotations

from pathlib import Path

import pytest

from taskflow_profilemesh.events.dataset_names import DatasetName, synced_dataset, table_dataset
from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.tables import TableRef

ORDERS = TableRef("orders", "shop")


@pytest.mark.parametrize(
    ("url", "namespace", "name"),
    [
        ("postgresql://u:canary-42@db.example:5433/sales", "postgres://db.example:5433", "sales.shop.orders"),
        (
            "postgresql://u:canary-42@db.example/sales?sslmode=require",
            "postgres://db.example:5432",
            "sales.shop.orders",
        ),
        ("postgresql://u:canary-42@[::1]/sales", "postgres://[::1]:5432", "sales.shop.orders"),
        ("postgresql://u@/sales?host=/var/run/postgresql", "postgres://localhost:5432", "sales.shop.orders"),
        ("postgresql://u:canary-42@db.example", "postgres://db.example:5432", "shop.orders"),
        ("mysql://u:canary-42@db.example/sales", "mysql://db.example:3306", "shop.orders"),
        ("snowflake://u:canary-42@org-acct/sales/raw?warehouse=w", "snowflake://org-acct", "sales.shop.orders"),
    ],
)
def test_a_table_of_a_server_is_named_by_the_specification_and_without_login(
    url: str, namespace: str, name: str
) -> None:
    assert table_dataset(DatabaseAddress.from_url(url), ORDERS) == DatasetName(namespace, name)


def test_a_mysql_table_without_a_database_of_its_own_is_in_that_of_the_connection() -> None:
    address = DatabaseAddress.from_url("mysql://u@db.example/sales")
    assert table_dataset(address, TableRef("orders")).name == "sales.orders"


def test_a_sqlite_table_is_in_its_file_wherever_the_worker_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    address = DatabaseAddress.from_url("sqlite:///my shop.db")
    assert table_dataset(address, TableRef("orders")) == (f"sqlite://{tmp_path}/my%20shop.db", "orders")


def test_a_synced_table_is_named_by_the_server_and_the_connection() -> None:
    page = "https://airbyte.example:8000/workspaces/w/connections/c/timeline?jobId=7"
    assert synced_dataset(page, "c", "shop.orders") == ("airbyte://airbyte.example:8000", "c.shop.orders")
