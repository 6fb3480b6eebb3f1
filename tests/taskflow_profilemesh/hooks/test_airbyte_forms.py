"""The ways in which people write down where Airbyte is and who asks, each through Airflow's own reading of it."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from airflow.providers_manager import ProvidersManager

from taskflow_profilemesh.airbyte.auth import Basic, Bearer, ClientCredentials
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.hooks.airbyte import AirbyteHook, TestedAirbyteHook
from tests.taskflow_profilemesh.airbyte.answers import PUBLIC, TOKEN, Airbyte, problem
from tests.taskflow_profilemesh.airflow_connections import connect

CLOUD = "https://api.airbyte.com/v1"
CLOUD_TOKEN = "https://api.airbyte.com/v1/applications/token"
IN_EXTRA = {"client_id": "id", "client_secret": "s/cret canary"}
CREDENTIALS = ClientCredentials("id", "s/cret canary")


@pytest.mark.parametrize("host", [CLOUD, "api.airbyte.com", "https://api.airbyte.com", "cloud.airbyte.com/api/v1"])
@pytest.mark.parametrize("conn_type", ["airbyte", "http", "profilemesh_airbyte"])
def test_cloud_is_known_in_every_form(monkeypatch: pytest.MonkeyPatch, host: str, conn_type: str) -> None:
    connect(monkeypatch, "cloud", conn_type=conn_type, host=host, extra=IN_EXTRA)
    settings = AirbyteHook("cloud").settings()
    assert (settings.address.public_base, settings.address.token_url) == (CLOUD, CLOUD_TOKEN)
    assert settings.address.config_base == "https://cloud.airbyte.com/api/v1"
    assert settings.auth == CREDENTIALS


@pytest.mark.parametrize("conn_type", ["airbyte", "http"])
@pytest.mark.parametrize(
    ("parts", "form"),
    [
        ({"login": "id", "password": "s/cret canary"}, "login and password"),
        ({"extra": IN_EXTRA}, "client_id and client_secret in the extra"),
        ({"extra": json.dumps(IN_EXTRA)}, "client_id and client_secret in the extra"),
        ({"login": "id", "extra": {"client_secret": "s/cret canary"}}, "login and client_secret in the extra"),
        (
            {"login": "id", "password": "s/cret canary", "extra": {"client_id": "x", "client_secret": "y"}},
            "login and password (those in the extra are not used)",
        ),
    ],
)
def test_credentials_stand_in_either_place_and_it_is_said_in_which(
    monkeypatch: pytest.MonkeyPatch, conn_type: str, parts: dict[str, object], form: str
) -> None:
    connect(monkeypatch, "shop", conn_type=conn_type, host="localhost:8000", **parts)
    settings = AirbyteHook("shop").settings()
    assert (settings.auth, settings.credentials_from) == (CREDENTIALS, form)


@pytest.mark.parametrize(
    ("uri", "base"),
    [
        ("airbyte://id:s%2Fcret%20canary@localhost:8000", "http://localhost:8000/api/public/v1"),
        ("airbyte://id:s%2Fcret%20canary@localhost:8000/api/public/v1", "http://localhost:8000/api/public/v1"),
        ("airbyte://id:s%2Fcret%20canary@api.airbyte.com/v1", CLOUD),
        ("airbyte://id:s%2Fcret%20canary@https%3A%2F%2Fapi.airbyte.com%2Fv1", CLOUD),
        ("https://id:s%2Fcret%20canary@api.airbyte.com/v1", CLOUD),
        ("https://id:s%2Fcret%20canary@airbyte.example.com", "https://airbyte.example.com/api/public/v1"),
        ("https://id:s%2Fcret%20canary@airbyte:8443/api/public/v1", "https://airbyte:8443/api/public/v1"),
        ("http://id:s%2Fcret%20canary@airbyte.example.com/https", "https://airbyte.example.com/api/public/v1"),
        ("http://localhost:8000/?client_id=id&client_secret=s%2Fcret%20canary", "http://localhost:8000/api/public/v1"),
        (
            "airbyte://localhost:8000/?client_id=id&client_secret=s%2Fcret%20canary",
            "http://localhost:8000/api/public/v1",
        ),
    ],
)
def test_a_connection_may_be_written_as_a_uri(monkeypatch: pytest.MonkeyPatch, uri: str, base: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", uri)
    settings = AirbyteHook("shop").settings()
    assert (settings.address.public_base, settings.auth) == (base, CREDENTIALS)
    assert settings.address.token_url == f"{base}/applications/token"


def test_another_way_to_log_in_says_where_it_is_from(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "bearer", host="localhost", extra={"token": "abc"})
    connect(monkeypatch, "basic", host="localhost", login="me", password="pw", extra={"auth": "basic"})
    connect(monkeypatch, "nobody", host="localhost")
    bearer, basic, nobody = (AirbyteHook(name).settings() for name in ("bearer", "basic", "nobody"))
    assert (bearer.auth, bearer.credentials_from) == (Bearer("abc"), "token in the extra")
    assert (basic.auth, basic.credentials_from) == (Basic("me", "pw"), "login and password")
    assert nobody.credentials_from is None


def test_the_test_and_the_log_say_which_form_was_used_and_no_secret(
    airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connect(monkeypatch, "shop", conn_type="http", host=airbyte.url, extra=IN_EXTRA)
    airbyte.on("POST", f"{PUBLIC}/applications/token", TOKEN)
    airbyte.paged(f"{PUBLIC}/workspaces", {"workspaceId": "w", "name": "Main"})
    with caplog.at_level(logging.INFO):
        worked, message = AirbyteHook("shop").test_connection()
    assert worked
    told = "client credentials, from client_id and client_secret in the extra"
    assert told in message
    assert any(told in record.getMessage() for record in caplog.records)
    assert "canary" not in message + caplog.text


@pytest.mark.filterwarnings("ignore:ProvidersManager.hooks is deprecated")  # Airflow's own call
def test_our_own_type_has_a_test_that_fails_with_wrong_credentials(
    airbyte: Airbyte, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "shop", conn_type="profilemesh_airbyte", host=airbyte.url, login="id", password="wrong")
    airbyte.on("POST", f"{PUBLIC}/applications/token", problem(400, "Bad Request", "Invalid client id or token"))
    from airflow.models.connection import Connection

    made: Any = Connection(conn_id="shop", conn_type="profilemesh_airbyte")
    hook = made.get_hook()
    assert type(hook) is TestedAirbyteHook
    worked, message = made.test_connection()
    assert not worked
    assert message.startswith("The credentials (client credentials, from login and password) failed")


@pytest.mark.filterwarnings("ignore:ProvidersManager.hooks is deprecated")  # 2.11 has no other
def test_the_type_airbyte_stays_the_other_providers() -> None:
    """The day this fails, the type of our own is no longer needed."""
    manager: Any = ProvidersManager
    found = manager().hooks["airbyte"]
    assert found is not None
    assert found.hook_class_name == "airflow.providers.airbyte.hooks.airbyte.AirbyteHook"


def test_a_type_that_is_none_of_these_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "shop", conn_type="mysql", host="localhost", extra=IN_EXTRA)
    with pytest.raises(InvalidOption):
        AirbyteHook("shop").settings()
