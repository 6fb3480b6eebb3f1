from __future__ import annotations

import json
from pathlib import Path

import pytest

from taskflow_profilemesh.demo.warehouse import postgres_account, sqlite_warehouse


def test_a_sqlite_warehouse_is_one_file_for_everybody(tmp_path: Path) -> None:
    warehouse = sqlite_warehouse(tmp_path)
    file = str(tmp_path / "warehouse.db")
    assert warehouse.destination == {"destination_path": file}
    assert json.loads(warehouse.airflow_connection) == {"conn_type": "sqlite", "host": file}


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("postgresql://postgres@127.0.0.1:5433/postgres", ("127.0.0.1", 5433, "postgres", "")),
        ("postgresql://me:p%40ss@db/x", ("db", 5432, "me", "p@ss")),
        ("postgresql://postgres@%2FTmp%2FData/postgres", ("/Tmp/Data", 5432, "postgres", "")),
    ],
)
def test_a_postgres_url_is_read_with_its_socket_folder_and_escapes(url: str, account: tuple[object, ...]) -> None:
    found = postgres_account(url)
    assert (found.host, found.port, found.user, found.password) == account
