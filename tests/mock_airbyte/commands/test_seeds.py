"""`workspaces export` and `workspaces import`: from one mock into another."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mock_airbyte import Auth, MockAirbyte
from tests.mock_airbyte.api import Api, Json
from tests.mock_airbyte.commands.conftest import Tell
from tests.mock_airbyte.shops import connected

SNOWFLAKE = {
    "host": "h",
    "credentials": {"auth_type": "OAuth", "client_secret": "canary-1"},
    "url": "x://u:canary-2@h/d",
}


def _fill(mock: MockAirbyte, warehouse: Path) -> None:
    """Two workspaces whose things have the same names, a tag, a namespace, an unknown type, settings, a substitute."""
    api = Api(mock)
    mock.control.plant(
        {"substitutes": {"destination-snowflake": {"type": "sqlite", "configuration": {"destination_path": "x.db"}}}}
    )
    other = mock.create_workspace("Other")
    tag = api.post("/tags", {"name": "nightly", "color": "FF00AA", "workspaceId": mock.workspace_id})
    connection_id = connected(mock, warehouse, prefix="raw_", namespace_definition="custom_format")
    change = {"tags": [tag], "namespaceFormat": "a_${SOURCE_NAMESPACE}", "schedule": {"scheduleType": "manual"}}
    api.patch(f"/connections/{connection_id}", change)
    for name in ("Lake", "Shop ${not}"):
        mock.create_destination(name, "snowflake", workspace_id=other, **SNOWFLAKE)
    source = mock.create_source("Shop", "faker", workspace_id=other, count=1)
    lake = mock.create_destination("Warehouse", "sqlite", workspace_id=other, destination_path=str(warehouse))
    mock.create_connection(source, lake, name="Shop → Warehouse")
    webhook = {"enabled": True, "url": "http://127.0.0.1:9/canary-3"}
    api.patch(f"/workspaces/{other}", {"notifications": {"failure": {"webhook": webhook}}})


def _everything(mock: MockAirbyte) -> Json:
    api = Api(mock)
    found = {
        path: api.get(path)["data"] for path in ("/workspaces", "/sources", "/destinations", "/connections", "/tags")
    }
    for one in [*found["/sources"], *found["/destinations"], *found["/connections"]]:
        del one["createdAt"]
    return found


def test_an_export_imported_into_an_empty_mock_gives_the_same(
    tell: Tell, mock_airbyte: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(mock_airbyte, tmp_path / "w.db")
    told = tell("workspaces", "export")
    assert (told.code, "canary" in told.output + told.errors) == (0, False)
    needed = {
        "LAKE_CREDENTIALS_CLIENT_SECRET": "canary-1",
        "LAKE_URL": "canary-2",
        "SHOP_NOT_CREDENTIALS_CLIENT_SECRET": "canary-1",
        "SHOP_NOT_URL": "canary-2",
        "OTHER_FAILURE_WEBHOOK": "http://127.0.0.1:9/canary-3",
    }
    assert set(told.errors.removeprefix("It needs these environment variables: ").strip(".\n").split(", ")) == set(
        needed
    )
    assert told.output.startswith("# It needs these environment variables: ")
    file = tmp_path / "seed.yml"
    file.write_text(told.output)
    with MockAirbyte(auth=Auth(client_id="other")) as empty:
        refused = tell("workspaces", "import", file, "--url", empty.root_url)
        assert (refused.code, all(name in refused.errors for name in needed)) == (2, True)
        for name, value in needed.items():
            monkeypatch.setenv(name, value)
        told = tell("workspaces", "import", file, "--url", empty.root_url)
        assert (told.code, told.errors, "canary" in told.output) == (0, "", False)
        assert _everything(empty) == _everything(mock_airbyte)
        assert empty.world.actors("destination") != ()
        secrets = [one.configuration for one in empty.world.actors("destination")]
        assert secrets == [one.configuration for one in mock_airbyte.world.actors("destination")]
        assert empty.world.substitutes == mock_airbyte.world.substitutes
        again = tell("workspaces", "import", file, "--url", empty.root_url, "--json").data
        assert (again["created"], len(again["updated"])) == ([], 11)


def test_one_workspace_is_exported_by_its_name(tell: Tell, mock_airbyte: MockAirbyte, tmp_path: Path) -> None:
    _fill(mock_airbyte, tmp_path / "w.db")
    seed = tell("workspaces", "export", "Default Workspace", "--json").data
    assert {section: len(entries) for section, entries in seed.items()} == {
        "workspaces": 1,
        "tags": 1,
        "sources": 1,
        "destinations": 1,
        "connections": 1,
        "substitutes": 1,
    }
    (connection,) = seed["connections"]
    assert (connection["source"], connection["tags"]) == ("Shop", ["nightly"])
    assert connection["namespaceFormat"] == "a_${SOURCE_NAMESPACE}"
    assert tell("workspaces", "export", "Nowhere").code == 1


def test_an_export_needs_no_control_but_for_the_substitutes(tell: Tell) -> None:
    with MockAirbyte(control_token="the-token-of-control", auth=Auth(mode="none")) as mock:
        told = tell("workspaces", "export", "--url", mock.root_url)
        assert (told.code, "Substitutes are left out." in told.errors) == (0, True)
        assert yaml.safe_load(told.output)["workspaces"][0]["name"] == "Default Workspace"


@pytest.mark.parametrize("content", ["[", "sauces: []", "sources: [{name: '${NOT_SET_ANYWHERE}'}]"])
def test_a_file_that_makes_no_sense_is_wrong_usage(tell: Tell, tmp_path: Path, content: str) -> None:
    (tmp_path / "seed.yml").write_text(content)
    assert tell("workspaces", "import", tmp_path / "seed.yml").code == 2
    assert tell("workspaces", "import", tmp_path / "missing.yml").code == 2


def test_what_cannot_be_planted_is_an_error(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "seed.yml").write_text("sources: [{name: S, type: teapot}]")
    told = tell("workspaces", "import", tmp_path / "seed.yml")
    assert (told.code, "no such connector" in told.errors) == (1, True)
