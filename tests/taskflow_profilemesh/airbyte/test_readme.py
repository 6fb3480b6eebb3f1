"""What the README says about syncs is what the code does: options, result, and the client's example."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.airbyte.spec import OPTIONS
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
SYNC = README.partition("## `@airbyte_sync`")[2].partition("\n## ")[0]
CELL = r"(?:`(?P<default>[^`]+)`|(?P<number>\d+)|–|[^|]*)"


def rows() -> dict[str, str | None]:
    """Return the default of each option in the table, as it is written."""
    found: dict[str, str | None] = {}
    for line in SYNC.splitlines():
        if match := re.match(rf"\| (?P<names>`[^|]+`) \| {CELL} \|", line):
            for name in re.findall(r"`(\w+)`", match["names"]):
                found[name] = match["default"] or match["number"]
    return found


def test_every_option_is_in_the_table_with_its_default() -> None:
    task = AirbyteSyncOperator(task_id="sync", connection="Shop")
    assert set(rows()) == {*OPTIONS, "conn_id", "deferrable", "asynchronous"}
    for name in set(rows()) - {"deferrable", "connection"}:
        value = getattr(task, name)
        assert rows()[name] == (None if value is None else str(value)), name


def test_the_result_has_the_keys_that_are_shown_and_the_client_does_what_its_example_says(
    mock_airbyte: MockAirbyte, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = mock_airbyte.create_source("Shop", "mock-inline", streams=[{"name": "orders", "rows": [{"id": 1}]}])
    warehouse = mock_airbyte.create_destination("W", "sqlite", destination_path=str(tmp_path / "w.db"))
    mock_airbyte.create_connection(source, warehouse, name="Shop → Warehouse")
    (example,) = re.findall(r"```python\n(.*?)```", SYNC, flags=re.DOTALL)
    for written, ours in {
        "http://localhost:8000": mock_airbyte.root_url,
        "client-id": mock_airbyte.client_id,
        "client-secret": mock_airbyte.client_secret,
    }.items():
        example = example.replace(f'"{written}"', f'"{ours}"')
    names: dict[str, object] = {}
    exec(example, names)
    result = names["result"].as_dict()  # type: ignore[attr-defined] # a SyncResult
    (shown,) = re.findall(r"```\n(\{.*?\})\n```", SYNC, flags=re.DOTALL)
    assert "Shop → Warehouse None" in capsys.readouterr().out
    assert list(result) == list(json.loads(shown))
    assert list(result["streams"][0]) == list(json.loads(shown)["streams"][0])
