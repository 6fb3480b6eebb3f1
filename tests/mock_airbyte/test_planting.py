"""Seeds that are planted into a mock that holds something already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_airbyte import HandClock, MockAirbyte
from mock_airbyte.seeding import BadSeed, plant

ID = "44444444-4444-4444-8444-444444444444"
FAKE = {"name": "Fake", "type": "source-faker", "configuration": {"count": 1}}


@pytest.fixture
def seed(tmp_path: Path) -> dict[str, Any]:
    return {
        "sources": [FAKE],
        "destinations": [
            {"name": "W", "type": "sqlite", "configuration": {"destination_path": str(tmp_path / "w.db")}}
        ],
        "connections": [{"name": "C", "source": "Fake", "destination": "W", "tags": ["nightly"]}],
        "tags": [{"name": "nightly", "color": "FF00AA"}],
    }


def _names(mock: MockAirbyte) -> list[str]:
    return [one.name for one in mock.world.workspaces()]


def test_the_one_workspace_that_there_is_is_used(seed: dict[str, Any]) -> None:
    mock = MockAirbyte(workspace="Shop")
    mock.control.plant(seed)
    assert _names(mock) == ["Shop"]
    assert mock.world.connections()[0].workspace_id == mock.workspace_id


def test_of_several_workspaces_the_default_one_is_used_and_made_once(seed: dict[str, Any]) -> None:
    mock = MockAirbyte(workspace="Shop")
    mock.create_workspace("Office")
    for _ in range(2):
        mock.control.plant(seed)
    assert _names(mock) == ["Shop", "Office", "Default Workspace"]


def test_a_workspace_of_the_same_name_is_used(seed: dict[str, Any]) -> None:
    mock = MockAirbyte()
    mock.create_workspace("Office")
    mock.control.plant(seed | {"workspaces": [{"name": "Office"}]})
    assert _names(mock) == ["Default Workspace", "Office"]
    assert mock.world.actors("source")[0].workspace_id == mock.world.workspaces()[1].workspace_id


def test_a_seed_planted_twice_changes_what_is_there_and_keeps_ids_jobs_and_cursors(seed: dict[str, Any]) -> None:
    mock = MockAirbyte(clock=HandClock(), patience_seconds=30)
    planted = mock.control.plant(seed)
    assert [kind for kind, _ in planted.created] == ["tag", "source", "destination", "connection"]
    (before,) = mock.world.connections()
    assert mock.job(mock.sync(before.connection_id)).status == "succeeded"
    states = mock.world.states(before.connection_id)
    seed["sources"][0] = FAKE | {"configuration": {"count": 7}}
    seed["connections"][0]["prefix"] = "raw_"
    planted = mock.control.plant(seed)
    assert (planted.created, planted.updated[-1]) == ([], ("connection", "C"))
    (after,) = mock.world.connections()
    assert (after.connection_id, after.prefix, after.tag_ids) == (before.connection_id, "raw_", before.tag_ids)
    (source,) = mock.world.actors("source")
    assert (source.configuration, len(mock.jobs())) == ({"count": 7}, 1)
    assert mock.world.states(after.connection_id) == states
    mock.reset()
    assert ([one.name for one in mock.world.connections()], len(mock.app.registry.tags.all())) == (["C"], 1)
    mock.stop()


def test_what_is_there_can_be_connected(seed: dict[str, Any]) -> None:
    mock = MockAirbyte()
    mock.control.plant(seed)
    planted = plant(mock.world, {"connections": [{"name": "D", "source": "Fake", "destination": "W"}]})
    assert planted.created == [("connection", "D")]


def test_ids_say_which_of_several_is_meant(seed: dict[str, Any]) -> None:
    mock = MockAirbyte()
    seed["sources"] = [FAKE | {"id": ID}, FAKE | {"id": ID.replace("4", "5")}]
    with pytest.raises(BadSeed, match=f"Several sources have this name.*Give an id: {ID}"):
        mock.control.plant(seed)
    seed["connections"][0]["source"] = ID
    mock.control.plant(seed)
    assert mock.world.connections()[0].source_id == ID
    with pytest.raises(BadSeed, match="There are several of this name already"):
        mock.control.plant({"sources": [FAKE]})


def test_an_empty_workspace_gives_way_to_one_of_its_name_with_another_id(seed: dict[str, Any]) -> None:
    mock = MockAirbyte()
    workspaces = [{"name": "Default Workspace", "id": ID}]
    mock.control.plant(seed | {"workspaces": workspaces})
    assert [one.workspace_id for one in mock.world.workspaces()] == [ID]
    workspaces = [{"name": "Default Workspace", "id": ID.replace("4", "5")}]
    with pytest.raises(BadSeed, match=f"already, with another id .id={ID}"):
        mock.control.plant({"workspaces": workspaces})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sources": [FAKE, FAKE]}, "this name, or this id, twice"),
        ({"sources": [FAKE | {"id": ID}]}, "already, with another id"),
        ({"sources": [FAKE | {"type": "source-file"}]}, "one of another type"),
        ({"sources": [{"type": "faker"}]}, "lacks a name"),
        ({"sources": [FAKE | {"id": "7"}]}, "Invalid UUID"),
        ({"sources": FAKE}, "the value of sources must be a list"),
        ({"sources": [FAKE | {"workspace": "Nowhere"}]}, "no such workspace"),
        ({"connections": [{"source": "Fake", "destination": "W", "tags": ["daily"]}]}, "no such tag"),
        ({"tags": [{"name": "x", "color": "red"}]}, "hexadecimal"),
    ],
)
def test_what_cannot_be_planted_is_said(seed: dict[str, Any], more: dict[str, Any], said: str) -> None:
    mock = MockAirbyte()
    mock.control.plant(seed)
    with pytest.raises(BadSeed, match=said):
        mock.control.plant(more)


def test_an_unknown_type_is_taken_from_a_copy_and_not_from_a_typing_error() -> None:
    mock = MockAirbyte()
    with pytest.raises(BadSeed, match="no such connector"):
        mock.control.plant({"sources": [{"name": "S", "type": "source-salesforce"}]})
    mock.control.plant({"sources": [{"name": "S", "type": "source-salesforce", "id": ID}]})
    assert mock.world.actor("source", ID).connector == "salesforce"


def test_notification_settings_are_planted_and_a_webhook_without_an_address_is_off() -> None:
    mock = MockAirbyte()
    hook = {"webhook": {"enabled": True, "url": "http://127.0.0.1:9/x"}}
    nothing = {"webhook": {"enabled": True, "url": ""}}
    settings = {"failure": hook, "success": nothing}
    mock.control.plant({"workspaces": [{"name": "Default Workspace", "notifications": settings}]})
    told = mock.world.workspaces()[0].notifications
    assert (told["failure"]["webhook"]["enabled"], told["success"]["webhook"]["enabled"]) == (True, False)
