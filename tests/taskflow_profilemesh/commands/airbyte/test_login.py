"""Which server `profilemesh airbyte` asks, and as whom."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.cli import main
from tests.taskflow_profilemesh.commands.airbyte.server import variables

Capture = pytest.CaptureFixture[str]
CANARY = "s3cret-canary"


def test_status_of_a_server_that_refuses_the_login_ends_with_1(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRBYTE_CLIENT_SECRET", CANARY)
    assert main(["airbyte", "status"]) == 1
    out, err = capsys.readouterr()
    assert "not accepted" in out
    assert "Airbyte refused the credentials" in err
    assert CANARY not in out + err


def test_a_connection_of_airflows_environment_is_enough(
    server: MockAirbyte, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in variables(server):
        monkeypatch.delenv(name)
    login = f"{server.client_id}:{server.client_secret}"
    monkeypatch.setenv("AIRFLOW_CONN_MESH", server.root_url.replace("http://", f"airbyte://{login}@"))
    assert main(["airbyte", "status", "--conn-id", "mesh"]) == 0
    monkeypatch.setenv("AIRFLOW_CONN_AIRBYTE_DEFAULT", os.environ["AIRFLOW_CONN_MESH"])
    assert main(["airbyte", "status"]) == 0
    assert "accepted" in capsys.readouterr().out


def test_options_go_before_the_environment_and_a_secret_may_stand_in_a_file(
    server: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name in variables(server):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    secret = tmp_path / "secret"
    secret.write_text(f"{server.client_secret}\n")
    login = ["--url", server.root_url, "--client-id", server.client_id]
    assert main(["airbyte", "status", *login, "--client-secret-file", str(secret)]) == 0
    assert main(["airbyte", "status", *login, "--client-secret", server.client_secret]) == 0
    assert server.client_secret not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--client-secrt", CANARY],
        [f"--client-secre={CANARY}"],
        ["--client-secret-file", CANARY],
        ["--conn-id", "mesh", "--client-secret", CANARY],
        ["--client-secret", CANARY, "--client-secret-file", "x"],
    ],
)
def test_a_secret_that_is_given_wrongly_is_not_repeated(arguments: list[str], capsys: Capture) -> None:
    with suppress(SystemExit):
        assert main(["airbyte", "status", *arguments]) == 1
    assert CANARY not in "".join(capsys.readouterr())


def test_no_server_at_all_is_told_with_every_way_to_name_one(
    server: MockAirbyte, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRBYTE_API_URL")
    assert main(["airbyte", "status"]) == 1
    err = capsys.readouterr().err
    assert all(word in err for word in ("--url", "AIRBYTE_API_URL", "--conn-id", "AIRFLOW_CONN_AIRBYTE_DEFAULT"))
