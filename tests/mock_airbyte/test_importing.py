"""`mock-airbyte import`: a running Airbyte becomes a seed file, without its secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mock_airbyte import MockAirbyte
from mock_airbyte.cli import main
from mock_airbyte.seeding import plant, read_seed
from tests.mock_airbyte.shops import connected


def _import(mock: MockAirbyte, capsys: pytest.CaptureFixture[str], *, secret: str) -> tuple[int, str, str]:
    code = main(["import", "--from", mock.url, "--client-id", mock.client_id, "--client-secret", secret])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_mock_is_copied_into_another_with_its_ids_and_without_its_secrets(
    mock_airbyte: MockAirbyte, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connection_id = connected(mock_airbyte, tmp_path / "w.db", prefix="raw_")
    for _ in range(2):  # two of one name
        mock_airbyte.create_destination(
            "Lake", "postgres", host="h", port=1, database="d", username="u", password="canary"
        )
    code, seed, errors = _import(mock_airbyte, capsys, secret=mock_airbyte.client_secret)
    assert (code, "canary" in seed, "PASSWORD:-}" in seed) == (0, False, True)
    assert errors == "Left empty unless they are set: LAKE_PASSWORD, LAKE_PASSWORD_2.\n"
    (tmp_path / "seed.json").write_text(seed)
    copy = MockAirbyte(workspace=None)
    plant(copy.world, read_seed(tmp_path / "seed.json", {}))
    copied, original = copy.world.connection(connection_id), mock_airbyte.world.connection(connection_id)
    assert (copied.streams, copied.prefix, copied.source_id) == (original.streams, "raw_", original.source_id)
    ids = [one.actor_id for one in mock_airbyte.world.actors("destination")]
    assert [one.actor_id for one in copy.world.actors("destination")] == ids
    assert copy.workspace_id == mock_airbyte.workspace_id
    assert len(json.loads(seed)["destinations"]) == 3


def test_an_airbyte_that_cannot_be_read_is_said_so(
    mock_airbyte: MockAirbyte, capsys: pytest.CaptureFixture[str]
) -> None:
    code, seed, errors = _import(mock_airbyte, capsys, secret="canary")
    assert (code, seed, "The client id or its secret was refused" in errors, "canary" in errors) == (1, "", True, False)
