"""PyAirbyte 0.71.3 against a served mock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.environments import Client
from tests.conformance.served import Served, served, shop_seed

pytestmark = [pytest.mark.conformance, pytest.mark.postgres, pytest.mark.timeout(1200)]  # the first one installs
_ROWS = {"users": 50, "products": 100, "purchases": 50}


def test_it_connects_lists_and_gets(pyairbyte: Client, mock: Served) -> None:
    seen = pyairbyte.answer("pyairbyte", "look_around", **mock.arguments())
    assert seen == {
        "valid": True,
        "connections": ["Shop to Warehouse"],
        "sources": ["Shop"],
        "destinations": ["Warehouse"],
        "workspaces": ["Conformance"],
        "connection": ["Shop to Warehouse", list(_ROWS), ""],
        "checks": [True, True],
        "password": "**********",
    }


def test_it_syncs_and_sees_the_attempt_with_its_log(pyairbyte: Client, mock: Served) -> None:
    begun = datetime.now(UTC) - timedelta(seconds=1)  # the API counts whole seconds
    result = pyairbyte.answer("pyairbyte", "run_sync", **mock.arguments())
    assert (result["status"], result["records"], result["previous"]) == ("succeeded", sum(_ROWS.values()), True)
    assert result["bytes"] > result["records"]
    (attempt,) = result["attempts"]
    assert (attempt["id"], attempt["status"], attempt["records"]) == (0, "succeeded", result["records"])
    assert begun <= datetime.fromisoformat(result["started"]) <= datetime.fromisoformat(attempt["created"])
    for stream, rows in _ROWS.items():
        assert f"{rows} records of stream '{stream}'" in attempt["log"]


def test_it_raises_when_a_sync_fails_and_sees_the_failed_attempt(
    pyairbyte: Client, tmp_path: Path, destination: dict[str, Any]
) -> None:
    nowhere = {**destination, "configuration": destination["configuration"] | {"database": "there_is_no_such_one"}}
    with served(tmp_path, shop_seed(nowhere)) as mock:
        result = pyairbyte.answer("pyairbyte", "fail", **mock.arguments())
    assert result["status"] == "failed"
    assert set(result["attempts"]) == {"failed"}


def test_it_reads_the_rows_from_postgres(pyairbyte: Client, mock: Served) -> None:
    read = pyairbyte.answer("pyairbyte", "read_rows", **mock.arguments())
    assert (read["cache"], read["table"], read["rows"]) == ("PostgresCache", "users", _ROWS)
    assert read["columns"][:4] == [
        "_airbyte_raw_id",
        "_airbyte_extracted_at",
        "_airbyte_meta",
        "_airbyte_generation_id",
    ]
    assert read["ids"] == list(range(1, 51))


def test_it_deploys_syncs_changes_and_deletes(pyairbyte: Client, mock: Served, destination: dict[str, Any]) -> None:
    configuration = destination["configuration"]
    done = pyairbyte.answer("pyairbyte", "deploy", configuration=configuration, **mock.arguments())
    assert done == {
        "records": 10,
        "rows": 10,
        "name": "Renamed",
        "prefix": "other_",
        "streams": ["users", "products"],
        "enabled": False,
        "left": [1, 1],
    }


def test_it_is_refused_a_second_sync_and_cancels_the_first(pyairbyte: Client, slow_mock: Served) -> None:
    seen = pyairbyte.answer("pyairbyte", "cancel", **slow_mock.arguments())
    assert seen == {"before": "running", "refused": 409, "after": "cancelled"}


def test_it_is_told_that_its_secret_is_wrong(pyairbyte: Client, mock: Served) -> None:
    said = pyairbyte.answer("pyairbyte", "wrong_secret", **mock.arguments())
    assert "connected" not in said
    assert "400" in said or "client" in said.lower()
