from __future__ import annotations

import asyncio

import pytest
from airflow.providers.common.compat.sdk import AirflowNotFoundException

from taskflow_profilemesh.airbyte.auth import Basic, Bearer, ClientCredentials
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.hooks.airbyte import AirbyteHook
from tests.taskflow_profilemesh.airbyte.answers import PUBLIC, TOKEN, Airbyte, problem
from tests.taskflow_profilemesh.airflow_connections import connect

TOKEN_PATH = f"{PUBLIC}/applications/token"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIRBYTE_API_URL", "AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_CONNECTION_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIRFLOW_VAR_AIRBYTE_URL", "")


def test_a_connection_gives_address_and_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(
        monkeypatch, "shop", host="localhost", port=8000, login="id", password="secret", schema="v1/applications/token"
    )
    settings = AirbyteHook("shop").settings()
    assert settings.address.token_url == "http://localhost:8000/api/public/v1/applications/token"
    assert settings.auth == ClientCredentials("id", "secret")


@pytest.mark.parametrize(
    ("host", "port", "pages"),
    [
        ("http://localhost", 8000, "http://localhost:8000"),
        ("http://localhost:9000/api", 8000, "http://localhost:9000"),
        ("https://h.example/api/public/v1", None, "https://h.example"),
    ],
)
def test_a_port_given_apart_is_used_unless_the_address_has_one(
    monkeypatch: pytest.MonkeyPatch, host: str, port: int | None, pages: str
) -> None:
    connect(monkeypatch, "shop", host=host, port=port)
    assert AirbyteHook("shop").settings().address.pages == pages


def test_a_connection_of_another_type_is_refused_before_its_password_is_sent_anywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(monkeypatch, "warehouse", conn_type="postgres", host="localhost", port=5432, login="me", password="canary")
    with pytest.raises(InvalidOption, match="got='postgres', expected='an Airflow connection of type airbyte'"):
        AirbyteHook("warehouse").settings()


def test_a_connection_written_as_a_url_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", "http://id:secret@localhost:8000")
    settings = AirbyteHook("shop").settings()
    assert (settings.address.pages, settings.auth) == ("http://localhost:8000", ClientCredentials("id", "secret"))


def test_a_bearer_token_may_stand_in_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", host="localhost", extra={"token": "abc"})
    assert AirbyteHook("shop").settings().auth == Bearer("abc")


def test_the_default_connection_may_be_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_AIRBYTE_DEFAULT", raising=False)
    monkeypatch.setenv("AIRFLOW_VAR_AIRBYTE_URL", "localhost:8000")
    monkeypatch.setenv("AIRFLOW_VAR_AIRBYTE_USERNAME", "me")
    monkeypatch.setenv("AIRFLOW_VAR_AIRBYTE_PASSWORD", "pw")
    assert AirbyteHook().settings().auth == Basic("me", "pw")


def test_the_default_connection_may_be_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRBYTE_API_URL", "localhost:8000")
    monkeypatch.setenv("AIRBYTE_CONNECTION_ID", "Shop")
    hook = AirbyteHook()
    assert hook.settings().address.pages == "http://localhost:8000"
    assert hook.default_connection() == "Shop"


def test_a_connection_that_was_named_and_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRBYTE_API_URL", "localhost:8000")
    with pytest.raises(AirflowNotFoundException):
        AirbyteHook("shp").settings()


def test_the_connection_is_found_without_blocking_too(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", host="localhost:8000")
    assert asyncio.run(AirbyteHook("shop").async_settings()) == AirbyteHook("shop").settings()


def test_secrets_are_masked_percent_encoded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.common.compat.sdk import redact

    connect(monkeypatch, "shop", host="localhost", login="id", password="p@ss/word canary")
    AirbyteHook("shop").settings()
    assert redact("p@ss/word canary and p%40ss%2Fword%20canary") == "*** and ***"


def test_the_test_logs_in_and_names_a_workspace(airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", host=airbyte.url, login="id", password="secret")
    airbyte.on("POST", TOKEN_PATH, TOKEN)
    airbyte.paged(f"{PUBLIC}/workspaces", {"workspaceId": "w", "name": "Main"})
    worked, message = AirbyteHook("shop").test_connection()
    assert worked
    assert "workspaces: Main" in message


def test_the_test_says_that_the_credentials_failed_even_after_they_worked(
    airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "shop", host=airbyte.url, login="id", password="canary")
    airbyte.on("POST", TOKEN_PATH, TOKEN, problem(400, "Bad Request", "Invalid client id or token"))
    airbyte.paged(f"{PUBLIC}/workspaces", {"workspaceId": "w", "name": "Main"})
    assert AirbyteHook("shop").test_connection()[0]
    worked, message = AirbyteHook("shop").test_connection()
    assert not worked
    assert message.startswith("The credentials (client credentials, from login and password) failed: Airbyte refused")
    assert "canary" not in message


def test_the_test_says_that_no_workspace_can_be_seen(airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", host=airbyte.url)
    airbyte.paged(f"{PUBLIC}/workspaces")
    assert AirbyteHook("shop").test_connection() == (
        False,
        "The workspaces failed: none is accepted but may see no workspace.",
    )


@pytest.mark.parametrize("host", ["two words", "http://[::1", "airbyte..example.com"])
def test_the_test_says_that_the_address_is_none(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    connect(monkeypatch, "shop", host=host)
    worked, message = AirbyteHook("shop").test_connection()
    assert not worked
    assert message.startswith("The address failed")
